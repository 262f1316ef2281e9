package io.varve.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.varve.CapacityException;
import io.varve.ConnectionException;
import io.varve.InDoubtException;
import io.varve.model.Dimension;
import io.varve.model.Measure;
import io.varve.model.Table;
import io.varve.model.Time;
import io.varve.model.TimeSeries;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SpoolingIngesterTest {

  private static final Instant START = Instant.parse("2024-01-01T00:00:00Z");
  private static final Duration LONG = Duration.ofMinutes(30);

  /** Not a number: cannot be read. */
  @TimeSeries(table = "notes", chunk = "1 day")
  record Note(@Time Instant time, @Dimension String device, @Measure double value) {
    @Override
    public double value() {
      if (Double.isNaN(value)) {
        throw new IllegalStateException("no value");
      }
      return value;
    }
  }

  private static final Note UNREADABLE = new Note(START, "d", Double.NaN);

  private final List<Thread> threads = new CopyOnWriteArrayList<>();
  private final List<String> forgotten = new CopyOnWriteArrayList<>();

  @TempDir private Path home;

  private static Note note(int i) {
    return new Note(START.plusSeconds(i), "d", i);
  }

  private IngesterOptions<Note> options(Duration after, Consumer<DeadLetter<Note>> sink) {
    return IngesterOptions.<Note>defaults()
        .write(WriteOptions.<Note>append().deadLetters(sink))
        .workers(1)
        .linger(Duration.ZERO)
        .spool(SpoolOptions.in(home.resolve("spool")).maxBytes(1L << 20).after(after));
  }

  private Ingester<Note> ingester(
      IngesterOptions<Note> options, Function<IngestBatch<Note>, WriteResult> writer) {
    return DefaultIngester.open(
        Table.of(Note.class),
        options,
        new AnsweringWriter<>(Table.of(Note.class), writer, forgotten::addAll),
        task -> {
          Thread thread = new Thread(task, "ingest");
          thread.setDaemon(true);
          threads.add(thread);
          return thread;
        });
  }

  private static void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
    }
  }

  private static ConnectionException away() {
    return new ConnectionException("the server is away", "08006", null);
  }

  @Test
  void aBatchThatWasSpooledKeepsItsNameThoughItsCommitIsAnsweredLater() throws Exception {
    Set<String> sent = ConcurrentHashMap.newKeySet();
    CountDownLatch writing = new CountDownLatch(1);
    Ingester<Note> ingester =
        ingester(
            options(LONG, letter -> {}),
            batch -> {
              if (!sent.add(batch.id())) {
                throw away(); // replayed
              }
              writing.countDown();
              await(batch.settled()::get);
              return AnsweringWriter.all(batch);
            });
    ingester.put(note(0));
    writing.await();
    assertThat(ingester.close(Duration.ofMillis(1)).spooled()).isEqualTo(1);
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(forgotten).isEmpty();
  }

  @Test
  void anInterruptDoesNotEndTheReplay() {
    Ingester<Note> ingester =
        ingester(
            options(Duration.ZERO, letter -> {}).batchRows(1),
            batch -> {
              Thread.currentThread().interrupt();
              return AnsweringWriter.all(batch);
            });
    ingester.put(note(0));
    ingester.put(note(1));
    ingester.flush();
    await(() -> ingester.stats().written() == 2);
    ingester.close();
  }

  @Test
  void theReplayIsNotWaitedForInItsOwnThread() {
    AtomicReference<Ingester<Note>> own = new AtomicReference<>();
    CompletableFuture<Throwable> refusal = new CompletableFuture<>();
    Ingester<Note> ingester =
        ingester(
            options(Duration.ZERO, letter -> {}),
            batch -> {
              refusal.complete(catchThrowable(() -> own.get().close()));
              return AnsweringWriter.all(batch);
            });
    own.set(ingester);
    ingester.put(note(0));
    assertThat(refusal.join()).isInstanceOf(IllegalStateException.class);
    ingester.close();
  }

  @Test
  void aBatchInDoubtStaysSoThoughTheSinkThrows() {
    Ingester<Note> ingester =
        ingester(
            options(
                LONG,
                letter -> {
                  throw new IllegalStateException("the sink is full");
                }),
            batch -> {
              batch.cancellation().failed(true);
              throw new InDoubtException("not answered", "08006", null);
            });
    CompletableFuture<RowOutcome> stage = ingester.put(UNREADABLE).toCompletableFuture();
    assertThatThrownBy(stage::join).hasCauseInstanceOf(InDoubtException.class);
    ingester.flush();
    assertThat(ingester.stats().inDoubt()).isEqualTo(1);
    assertThat(ingester.stats().failed()).isZero();
    ingester.close();
  }

  @Test
  void theSinkGetsARowOnceThoughTheSpoolIsFull() {
    List<DeadLetter<Note>> refused = new CopyOnWriteArrayList<>();
    Ingester<Note> ingester =
        ingester(
            options(Duration.ZERO, refused::add)
                .batchRows(2)
                .linger(LONG)
                .retryBudget(Duration.ofSeconds(1)),
            AnsweringWriter::all);
    CompletableFuture<RowOutcome> large =
        ingester.put(new Note(START, "d".repeat(2 << 20), 1)).toCompletableFuture();
    ingester.put(UNREADABLE);
    ingester.flush();
    assertThatThrownBy(large::join).hasCauseInstanceOf(CapacityException.class);
    assertThat(refused).hasSize(1);
    ingester.close();
  }

  @Test
  void whatCannotBeReadAgainIsNamed() throws Exception {
    AtomicBoolean away = new AtomicBoolean(true);
    Ingester<Note> ingester =
        ingester(
            options(Duration.ZERO, letter -> {}).batchRows(1),
            batch -> {
              if (away.get()) {
                throw away();
              }
              return AnsweringWriter.all(batch);
            });
    ingester.put(note(0));
    ingester.put(note(1));
    ingester.flush();
    damageTheEnd();
    away.set(false);
    await(() -> ingester.stats().written() == 1 && ingester.health().problem().isPresent());
    assertThat(ingester.health().problem().orElseThrow())
        .contains("00000001.spool cannot be read at byte ");
    ingester.close();
  }

  private void damageTheEnd() throws Exception {
    try (Stream<Path> files = Files.list(home.resolve("spool"));
        RandomAccessFile file =
            new RandomAccessFile(
                files.filter(path -> path.toString().endsWith(".spool")).findFirst().get().toFile(),
                "rw")) {
      file.seek(file.length() - 1);
      int last = file.read();
      file.seek(file.length() - 1);
      file.write(~last);
    }
  }
}
