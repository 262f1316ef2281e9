package io.varve.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.model.Dimension;
import io.varve.model.Measure;
import io.varve.model.Table;
import io.varve.model.Time;
import io.varve.model.TimeSeries;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class DefaultIngesterTest {

  private static final Instant START = Instant.parse("2024-01-01T00:00:00Z");
  private static final Duration LONG = Duration.ofMinutes(30);

  @TimeSeries(table = "ticks", chunk = "1 day")
  record Tick(@Time Instant time, @Dimension int device, @Measure double value) {
    @Override
    public int device() {
      if (device < 0) {
        throw new IllegalStateException("no device");
      }
      return device;
    }
  }

  @TimeSeries(table = "bytes", chunk = "1 day")
  record Bytes(@Time Instant time, @Dimension byte[] device, @Measure double value) {}

  private static <T> WriteResult all(IngestBatch<T> batch) {
    return new WriteResult(batch.rows().size(), 0, List.of());
  }

  private static <T extends Record> Ingester<T> ingester(
      Class<T> rows, IngesterOptions<T> options, DefaultIngester.BatchWriter<T> writer) {
    return new DefaultIngester<>(
        Table.of(rows),
        options,
        writer,
        worker -> {
          Thread thread = new Thread(worker, "worker");
          thread.setDaemon(true);
          return thread;
        });
  }

  private static Tick tick(int i) {
    return new Tick(START.plusSeconds(i), 1, 1);
  }

  @Test
  void aStageThatInterruptsItsThreadStopsNothing() throws Exception {
    Ingester<Tick> ingester =
        ingester(
            Tick.class,
            IngesterOptions.<Tick>defaults().workers(1).linger(LONG),
            (batch, before, retried) -> all(batch));
    ingester.put(tick(0)).thenRun(() -> Thread.currentThread().interrupt());
    ingester.flush();
    CompletionStage<RowOutcome> second = ingester.put(tick(1));
    Remainder<Tick> left = ingester.close(Duration.ofSeconds(5));
    assertThat(left.unwritten().size() + ingester.stats().written()).isEqualTo(2);
    assertThat(second.toCompletableFuture()).isDone();
  }

  @Test
  void aRowThatCannotBeReadTakesNoRoom() {
    Ingester<Tick> ingester =
        ingester(
            Tick.class,
            IngesterOptions.<Tick>defaults().workers(1),
            (batch, before, retried) -> all(batch));
    assertThatThrownBy(() -> ingester.put(new Tick(START, -1, 1)))
        .isInstanceOf(RuntimeException.class);
    assertThat(ingester.stats().waitingBytes()).isZero();
    ingester.close();
  }

  @Test
  void aFullQueueIsWrittenWithoutLingering() {
    Ingester<Tick> ingester =
        ingester(
            Tick.class,
            IngesterOptions.<Tick>defaults().workers(1).linger(LONG).queueBytes(4096),
            (batch, before, retried) -> all(batch));
    for (int i = 0; i < 100; i++) {
      assertThat(ingester.offer(tick(i), Duration.ofSeconds(2))).as("row %d", i).isPresent();
    }
    ingester.close();
  }

  @Test
  void aFullQueueOfAnIdleIngesterDropsNothing() {
    Ingester<Tick> ingester =
        ingester(
            Tick.class,
            IngesterOptions.<Tick>defaults()
                .workers(1)
                .linger(LONG)
                .queueBytes(4096)
                .overflow(OverflowPolicy.DROP_OLDEST),
            (batch, before, retried) -> all(batch));
    for (int i = 0; i < 1000; i++) {
      ingester.put(tick(i));
    }
    IngestStats stats = ingester.flush();
    assertThat(stats.written()).isPositive();
    assertThat(stats.batches()).isGreaterThan(1);
    ingester.close();
  }

  @Test
  void rowsOfOneSeriesGoToOneWorker() {
    Set<String> lanes = ConcurrentHashMap.newKeySet();
    Ingester<Bytes> ingester =
        ingester(
            Bytes.class,
            IngesterOptions.<Bytes>defaults().workers(8).linger(LONG),
            (batch, before, retried) -> {
              lanes.add(batch.id().substring(0, batch.id().lastIndexOf('/')));
              return all(batch);
            });
    IntStream.range(0, 100)
        .forEach(i -> ingester.put(new Bytes(START.plusSeconds(i), new byte[] {1, 2}, i)));
    ingester.flush();
    assertThat(lanes).hasSize(1);
    ingester.close();
  }

  @Test
  void anEndlessTimeoutClosesToo() {
    Ingester<Tick> ingester =
        ingester(
            Tick.class,
            IngesterOptions.<Tick>defaults().workers(1).linger(LONG),
            (batch, before, retried) -> all(batch));
    CompletionStage<RowOutcome> stage = ingester.put(tick(0));
    try {
      ingester.close(ChronoUnit.FOREVER.getDuration());
    } catch (ArithmeticException e) {
      assertThat(ingester.close(Duration.ofSeconds(1)).isEmpty()).isTrue();
    }
    assertThat(stage.toCompletableFuture()).isDone();
  }

  @Test
  void aStageMayPutTheNextRow() throws Exception {
    Ingester<Tick> ingester =
        ingester(
            Tick.class,
            IngesterOptions.<Tick>defaults().workers(1).batchRows(10).queueBytes(2048),
            (batch, before, retried) -> all(batch));
    for (int i = 0; i < 200; i++) {
      int next = 1000 + i;
      ingester
          .put(tick(i))
          .thenRun(() -> IntStream.range(0, 20).forEach(j -> ingester.put(tick(next + j))));
    }
    assertThat(ingester.stats().offered()).isPositive();
  }

  @Test
  void flushWaitsForRowsInFlightThoughLaterOnesAreDropped() throws Exception {
    IngestLane<String> lane = new IngestLane<>(new IngestLane.Limits(5, 1_000, 0));
    for (int i = 0; i < 5; i++) {
      lane.add(new IngestBatch.Waiting<>("early", 1, System.nanoTime(), new CompletableFuture<>()));
    }
    lane.take(rows -> {});
    long target = lane.hurry();
    for (int i = 0; i < 5; i++) {
      lane.add(new IngestBatch.Waiting<>("late", 1, System.nanoTime(), new CompletableFuture<>()));
      lane.removeOldest();
    }
    Thread flush =
        new Thread(
            () -> {
              try {
                lane.awaitSettled(target);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    flush.start();
    flush.join(TimeUnit.SECONDS.toMillis(1));
    assertThat(flush.isAlive()).as("rows taken before the flush are not settled").isTrue();
    flush.interrupt();
  }
}
