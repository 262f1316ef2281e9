package io.varve.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ByteBudgetTest {

  @Test
  void whatFitsIsLetIn() {
    ByteBudget budget = new ByteBudget(100);
    assertThat(budget.tryAcquire(60)).isTrue();
    assertThat(budget.tryAcquire(41)).isFalse();
    assertThat(budget.tryAcquire(40)).isTrue();
    assertThat(budget.used()).isEqualTo(100);
    budget.release(60);
    assertThat(budget.tryAcquire(60)).isTrue();
  }

  @Test
  void whatIsTooLargeIsLetInAlone() {
    ByteBudget budget = new ByteBudget(100);
    assertThat(budget.tryAcquire(1_000)).isTrue();
    assertThat(budget.tryAcquire(1)).isFalse();
    budget.release(1_000);
    assertThat(budget.tryAcquire(1)).isTrue();
    assertThat(budget.tryAcquire(1_000)).isFalse();
  }

  @Test
  void whoFindsNoRoomInTimeIsTold() throws InterruptedException {
    ByteBudget budget = new ByteBudget(10);
    assertThat(budget.acquire(10, 0)).isTrue();
    assertThat(budget.acquire(1, TimeUnit.MILLISECONDS.toNanos(5))).isFalse();
  }

  @Test
  void manyThreadsAllGetThroughAndTheBoundHolds() throws InterruptedException {
    ByteBudget budget = new ByteBudget(7);
    AtomicLong most = new AtomicLong();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Thread thread =
          new Thread(
              () -> {
                for (int n = 0; n < 5_000; n++) {
                  acquire(budget, 1 + n % 3);
                  most.accumulateAndGet(budget.used(), Math::max);
                  budget.release(1 + n % 3);
                }
              });
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join(60_000);
      assertThat(thread.isAlive()).isFalse();
    }
    assertThat(budget.used()).isZero();
    assertThat(most.get()).isLessThanOrEqualTo(7);
  }

  private static void acquire(ByteBudget budget, long bytes) {
    try {
      assertThat(budget.acquire(bytes, Long.MAX_VALUE)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
