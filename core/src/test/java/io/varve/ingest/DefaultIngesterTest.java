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
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
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

  private static <T extends Record> Ingester<T> ingester(
      Class<T> rows, IngesterOptions<T> options, Function<IngestBatch<T>, WriteResult> writer) {
    return DefaultIngester.open(
        Table.of(rows),
        options,
        new AnsweringWriter<>(Table.of(rows), writer, forgotten -> {}),
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
            AnsweringWriter::all);
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
        ingester(Tick.class, IngesterOptions.<Tick>defaults().workers(1), AnsweringWriter::all);
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
            AnsweringWriter::all);
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
            AnsweringWriter::all);
    for (int i = 0; i < 1000; i++) {
      ingester.put(tick(i));
    }
    IngestStats stats = ingester.flush();
    assertThat(stats.written()).isPositive();
    assertThat(stats.batches()).isGreaterThan(1);
    assertThat(stats.written() + stats.dropped()).isEqualTo(1000);
    ingester.close();
  }

  @Test
  void rowsOfOneSeriesGoToOneWorker() {
    Set<String> lanes = ConcurrentHashMap.newKeySet();
    Ingester<Bytes> ingester =
        ingester(
            Bytes.class,
            IngesterOptions.<Bytes>defaults().workers(8).linger(LONG),
            batch -> {
              lanes.add(batch.id().substring(0, batch.id().lastIndexOf('/')));
              return AnsweringWriter.all(batch);
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
            AnsweringWriter::all);
    CompletionStage<RowOutcome> stage = ingester.put(tick(0));
    assertThat(ingester.close(ChronoUnit.FOREVER.getDuration()).isEmpty()).isTrue();
    assertThat(stage.toCompletableFuture()).isDone();
  }

  @Test
  void aStageMayPutTheNextRow() throws Exception {
    Ingester<Tick> ingester =
        ingester(
            Tick.class,
            IngesterOptions.<Tick>defaults().workers(1).batchRows(10).queueBytes(2048),
            AnsweringWriter::all);
    for (int i = 0; i < 200; i++) {
      int next = 1000 + i;
      ingester
          .put(tick(i))
          .thenRun(() -> IntStream.range(0, 20).forEach(j -> ingester.put(tick(next + j))));
    }
    ingester.flush();
    ingester.close();
    assertThat(ingester.stats().written()).isEqualTo(200 + 200 * 20);
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
    flush.join(200);
    assertThat(flush.isAlive()).as("rows taken before the flush are not settled").isTrue();
    lane.settle(5);
    flush.join();
  }

  @Test
  void whoIsInterruptedWhileClosingWaitsForNoWorker() throws Exception {
    Set<Thread> writing = ConcurrentHashMap.newKeySet();
    CountDownLatch answered = new CountDownLatch(1);
    Ingester<Tick> ingester =
        ingester(
            Tick.class,
            IngesterOptions.<Tick>defaults().workers(2).linger(Duration.ZERO),
            batch -> {
              writing.add(Thread.currentThread());
              while (answered.getCount() > 0) {
                LockSupport.parkNanos(1_000_000); // whoever is given up is interrupted
              }
              return AnsweringWriter.all(batch);
            });
    for (int i = 0; writing.size() < 2; i++) {
      ingester.put(new Tick(START, i, 1));
      Thread.onSpinWait();
    }
    CompletableFuture<Remainder<Tick>> left = new CompletableFuture<>();
    Thread closing = new Thread(() -> left.complete(ingester.close(LONG)));
    closing.start();
    closing.interrupt();
    assertThat(left.get().isEmpty()).isFalse();
    answered.countDown();
  }

  @Test
  void aStageThatWouldWaitForItselfIsRefused() throws Exception {
    Ingester<Tick> ingester =
        ingester(Tick.class, IngesterOptions.<Tick>defaults().linger(LONG), AnsweringWriter::all);
    CompletableFuture<Void> flushed =
        ingester.put(tick(0)).thenRun(ingester::flush).toCompletableFuture();
    CompletableFuture<Void> closed =
        ingester.put(tick(0)).thenRun(ingester::close).toCompletableFuture();
    ingester.flush();
    assertThatThrownBy(flushed::join).hasRootCauseInstanceOf(IllegalStateException.class);
    assertThatThrownBy(closed::join).hasRootCauseInstanceOf(IllegalStateException.class);
    ingester.close();
  }
}
