package io.varve.cli.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 1, unit = TimeUnit.MINUTES)
final class WorkersTest {

  @Test
  void oneDoesItsJobsInOrder() {
    List<Integer> done = Collections.synchronizedList(new ArrayList<>());
    try (Workers workers = new Workers(1)) {
      IntStream.range(0, 100).forEach(i -> workers.submit(() -> done.add(i)));
      workers.finish();
    }
    assertThat(done).isEqualTo(IntStream.range(0, 100).boxed().toList());
  }

  @Test
  void oneJobMoreThanThreadsIsUnderWay() {
    AtomicInteger begun = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    try (Workers workers = new Workers(2)) {
      for (int i = 0; i < 1_000; i++) {
        workers.submit(begun::decrementAndGet);
        most.accumulateAndGet(begun.incrementAndGet(), Math::max);
      }
      workers.finish();
    }
    assertThat(most.get()).isLessThanOrEqualTo(3);
  }

  @Test
  void theFirstFailureStopsAllAndIsThrown() {
    CountDownLatch failed = new CountDownLatch(1);
    AtomicBoolean interrupted = new AtomicBoolean();
    Workers workers = new Workers(2);
    try (workers) {
      workers.submit(
          () -> {
            try {
              failed.await();
              new CountDownLatch(1).await();
            } catch (InterruptedException e) {
              interrupted.set(true);
            }
          });
      assertThatThrownBy(
              () -> {
                workers.submit(
                    () -> {
                      failed.countDown();
                      throw new IllegalStateException("first");
                    });
                workers.finish();
              })
          .hasMessage("first");
      assertThatThrownBy(() -> workers.submit(() -> {})).hasMessage("first");
    }
    assertThat(interrupted).isTrue();
    assertThat(workers.isStopped()).isTrue();
  }
}
