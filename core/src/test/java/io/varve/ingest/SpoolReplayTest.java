package io.varve.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.DeadlineException;
import io.varve.ingest.IngestBatch.Waiting;
import io.varve.model.Dimension;
import io.varve.model.Measure;
import io.varve.model.Table;
import io.varve.model.Time;
import io.varve.model.TimeSeries;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SpoolReplayTest {

  @TimeSeries(table = "ticks", chunk = "1 day")
  record Tick(@Time Instant time, @Dimension int device, @Measure double value) {}

  private static final Table<Tick> TICKS = Table.of(Tick.class);

  @TempDir private Path home;

  private final AtomicInteger attempts = new AtomicInteger();

  /** The first attempts hang until they are broken off, as at a connection that died in silence. */
  private WriteResult hangTwice(IngestBatch<Tick> batch) {
    if (attempts.incrementAndGet() <= 2) {
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new DeadlineException("interrupted", null, e);
      }
    }
    return AnsweringWriter.all(batch);
  }

  @Test
  void anAttemptThatHangsIsMadeAgain() throws InterruptedException {
    IngesterOptions<Tick> options =
        IngesterOptions.<Tick>defaults()
            .write(WriteOptions.<Tick>append().deadLetters(letter -> {}))
            .spool(SpoolOptions.in(home));
    ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
    IngestCounters counters = new IngestCounters();
    try (Spool<Tick> spool = Spool.open(TICKS, options).orElseThrow()) {
      Tick tick = new Tick(Instant.EPOCH, 1, 1);
      Waiting<Tick> row = new Waiting<>(tick, 0, 0, new CompletableFuture<>());
      spool.append(spool.image(new IngestBatch<>("one", List.of(row))));
      SpoolReplay<Tick> replay =
          new SpoolReplay<>(
              spool,
              new AnsweringWriter<>(TICKS, this::hangTwice, forgotten -> {}),
              new TimeLimit(timer, "inserting into ticks"),
              Duration.ofMillis(20),
              counters,
              Thread::new);
      replay.start();
      while (!spool.isEmpty()) {
        Thread.onSpinWait();
      }
      assertThat(replay.stop(Duration.ofSeconds(5).toNanos())).isTrue();
    } finally {
      timer.shutdownNow();
    }
    assertThat(attempts).hasValue(3);
    assertThat(counters.written.sum()).isEqualTo(1);
    assertThat(counters.retries.sum()).isEqualTo(2);
  }
}
