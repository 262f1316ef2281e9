package io.varve.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.ConstraintException;
import io.varve.ErrorCode;
import io.varve.MappingException;
import io.varve.Preset;
import io.varve.Setting;
import io.varve.Varve;
import io.varve.ingest.IngestStats;
import io.varve.ingest.Ingester;
import io.varve.ingest.IngesterOptions;
import io.varve.ingest.TableWriter;
import io.varve.ingest.WriteListener;
import io.varve.ingest.WriteMode;
import io.varve.ingest.WriteOptions;
import io.varve.ingest.WriteResult;
import io.varve.model.Dimension;
import io.varve.model.Measure;
import io.varve.model.Table;
import io.varve.model.Time;
import io.varve.model.TimeSeries;
import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every call and every batch is told of once, with the numbers its caller gets. */
@ExtendWith(DatabaseExtension.class)
final class WriteListenerContract {

  private static final Instant START = Instant.parse("2024-01-01T00:00:00Z");
  private static final Duration PAUSE = Duration.ofMillis(5);

  @TimeSeries(
      table = "heard",
      chunk = "1 day",
      key = {"device", "time"})
  record Heard(@Time Instant time, @Dimension String device, @Measure double value) {}

  /** Keeps what it is told, and then throws what it is told to. */
  private static final class Recorder implements WriteListener {
    final Queue<Written> written = new ConcurrentLinkedQueue<>();
    final Queue<Failed> failed = new ConcurrentLinkedQueue<>();
    volatile boolean broken;

    @Override
    public void written(Written call) {
      written.add(call);
      fail();
    }

    @Override
    public void failed(Failed call) {
      failed.add(call);
      fail();
    }

    private void fail() {
      if (broken) {
        throw new AssertionError("a listener that fails");
      }
    }
  }

  private final TestDatabase database;
  private final Recorder recorder = new Recorder();
  private Varve varve;
  private TableWriter<Heard> writer;

  WriteListenerContract(TestDatabase database) {
    this.database = database;
  }

  @BeforeEach
  void create() throws SQLException {
    varve =
        Varve.builder(Preset.DEVELOPMENT)
            .set(Setting.URL, database.url())
            .set(Setting.USER, database.user())
            .set(Setting.PASSWORD, database.password())
            .writeListener(recorder)
            .connect();
    varve.schema().create(Table.of(Heard.class));
    Sql.execute(database, "alter table heard add constraint positive check (value >= 0)");
    writer = varve.table(Heard.class);
  }

  @AfterEach
  void drop() throws SQLException {
    Sql.execute(database, "delete from varve_internal.batch where writer = current_user");
    Sql.dropHypertables(varve);
    varve.close();
  }

  private static Heard row(int i, double value) {
    return new Heard(START.plusSeconds(i), "d" + i % 5, value);
  }

  private static List<Heard> rows(int count) {
    return IntStream.range(0, count).mapToObj(i -> row(i, 1)).toList();
  }

  private long count() throws SQLException {
    return count("heard");
  }

  private long count(String from) throws SQLException {
    return Long.parseLong(Sql.value(database, "select count(*) from " + from));
  }

  /** The one call told of since the last time this was asked. */
  private WriteListener.Written onlyWritten() {
    assertThat(recorder.failed).isEmpty();
    assertThat(recorder.written).hasSize(1);
    return recorder.written.remove();
  }

  private WriteListener.Failed onlyFailed() {
    assertThat(recorder.written).isEmpty();
    assertThat(recorder.failed).hasSize(1);
    return recorder.failed.remove();
  }

  private void assertTold(WriteMode mode, WriteResult result) {
    WriteListener.Written told = onlyWritten();
    assertThat(told.table()).isEqualTo(Table.of(Heard.class).name());
    assertThat(told.mode()).isEqualTo(mode);
    assertThat(told.result()).isEqualTo(result);
    assertThat(told.attempts()).isEqualTo(1);
    assertThat(told.duration()).isPositive();
  }

  @ParameterizedTest
  @EnumSource
  void oneRowIsOneCall(WriteMode mode) {
    assertTold(mode, writer.insert(row(1, 1), WriteOptions.of(mode)));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 50, 3_000})
  void manyRowsAreOneCall(int count) {
    assertTold(WriteMode.APPEND, writer.insertAll(rows(count)));
    assertTold(
        WriteMode.SKIP_DUPLICATES,
        writer.insertAll(rows(count + 10), WriteOptions.skipDuplicates()));
    assertTold(WriteMode.UPSERT, writer.insertAll(rows(count), WriteOptions.upsert()));
    assertTold(WriteMode.UPSERT, writer.insertAll(rows(count).iterator(), WriteOptions.upsert()));
  }

  @ParameterizedTest
  @ValueSource(ints = {50, 3_000})
  void refusedRowsAreInTheResult(int count) {
    List<Heard> rows = new ArrayList<>(rows(count));
    rows.set(7, row(7, -1));
    WriteResult result = writer.insertAll(rows, WriteOptions.<Heard>append().isolating());
    assertThat(result.failures()).hasSize(1);
    assertTold(WriteMode.APPEND, result);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 50, 3_000})
  void aRefusedCallIsTold(int count) throws SQLException {
    List<Heard> rows = new ArrayList<>(rows(count));
    rows.set(count - 1, row(count - 1, -1));
    assertThatThrownBy(() -> writer.insertAll(rows)).isInstanceOf(ConstraintException.class);
    WriteListener.Failed told = onlyFailed();
    assertThat(told.table()).isEqualTo(Table.of(Heard.class).name());
    assertThat(told.rows()).isEqualTo(count);
    assertThat(told.code()).contains(ErrorCode.CONSTRAINT);
    assertThat(told.inDoubt()).isFalse();
    assertThat(told.attempts()).isEqualTo(1);
    assertThat(count()).isZero();
  }

  @Test
  void aRefusedRowIsTold() {
    assertThatThrownBy(() -> writer.insert(row(1, -1))).isInstanceOf(ConstraintException.class);
    WriteListener.Failed told = onlyFailed();
    assertThat(told.rows()).isEqualTo(1);
    assertThat(told.error()).isInstanceOf(ConstraintException.class);
  }

  @Test
  void optionsTheTableRefusesAreTold() {
    assertThatThrownBy(() -> writer.insertAll(rows(3), WriteOptions.upsert("time")))
        .isInstanceOf(MappingException.class);
    WriteListener.Failed told = onlyFailed();
    assertThat(told.rows()).isEqualTo(3);
    assertThat(told.attempts()).isZero();
  }

  @Test
  void theCallersOwnExceptionIsToldWithTheRowsFetched() {
    IllegalStateException broken = new IllegalStateException("the source is broken");
    Iterable<Heard> source =
        () ->
            IntStream.range(0, 500)
                .mapToObj(
                    i -> {
                      if (i == 300) {
                        throw broken;
                      }
                      return row(i, 1);
                    })
                .iterator();
    assertThatThrownBy(() -> writer.insertAll(source)).isSameAs(broken);
    WriteListener.Failed told = onlyFailed();
    assertThat(told.rows()).isEqualTo(300);
    assertThat(told.error()).isSameAs(broken);
    assertThat(told.code()).isEmpty();
  }

  @Test
  void aSourceThatCannotBeginIsTold() {
    IllegalStateException closed = new IllegalStateException("the source is closed");
    Iterable<Heard> source =
        () -> {
          throw closed;
        };
    assertThatThrownBy(() -> writer.insertAll(source)).isSameAs(closed);
    assertThat(onlyFailed().rows()).isZero();
  }

  @Test
  void eachBatchOfAnIngesterIsToldBeforeItsStagesComplete() {
    IngesterOptions<Heard> options =
        IngesterOptions.<Heard>defaults()
            .write(WriteOptions.<Heard>skipDuplicates().isolating())
            .linger(Duration.ofMinutes(30))
            .batchRows(100);
    try (Ingester<Heard> ingester = varve.ingester(Table.of(Heard.class), options)) {
      List<CompletableFuture<Boolean>> told = new ArrayList<>();
      for (int i = 0; i < 1_000; i++) {
        told.add(
            ingester
                .put(row(i % 900, i == 77 ? -1 : 1))
                .thenApply(outcome -> !recorder.written.isEmpty())
                .toCompletableFuture());
      }
      IngestStats stats = ingester.flush();
      assertThat(told).allSatisfy(each -> assertThat(each).isCompletedWithValue(true));
      assertThat(recorder.failed).isEmpty();
      assertThat(recorder.written).hasSize((int) stats.batches());
      assertThat(recorder.written.stream().mapToLong(call -> call.result().written()).sum())
          .isEqualTo(stats.written());
      assertThat(recorder.written.stream().mapToLong(call -> call.result().skipped()).sum())
          .isEqualTo(stats.skipped())
          .isPositive();
      assertThat(recorder.written.stream().mapToLong(call -> call.result().failures().size()).sum())
          .isEqualTo(stats.refused())
          .isEqualTo(1);
    }
  }

  @Test
  @Timeout(60)
  void aBatchThatIsGivenUpIsToldOnceAndWhatWasNeverSentIsNot() throws SQLException {
    IngesterOptions<Heard> options =
        IngesterOptions.<Heard>defaults().linger(Duration.ofMinutes(30)).workers(1).batchRows(50);
    Ingester<Heard> ingester = varve.ingester(Table.of(Heard.class), options);
    try (Connection locker = database.jdbc();
        Statement statement = locker.createStatement()) {
      locker.setAutoCommit(false);
      statement.execute("lock table heard in access exclusive mode");
      rows(120).forEach(ingester::put);
      await(() -> count("pg_locks where not granted and relation = 'heard'::regclass") > 0);
      assertThat(ingester.close(Duration.ofMillis(100)).unwritten()).hasSize(120);
      await(() -> !recorder.failed.isEmpty());
      locker.rollback();
    }
    WriteListener.Failed told = onlyFailed();
    assertThat(told.rows()).isEqualTo(50);
    assertThat(told.inDoubt()).isFalse();
    assertThat(ingester.stats().failed()).isEqualTo(120);
    assertThat(count()).isZero();
  }

  private interface Condition {
    boolean holds() throws SQLException;
  }

  private static void await(Condition condition) throws SQLException {
    while (!condition.holds()) {
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  @Test
  void aListenerThatThrowsChangesNothing() throws SQLException {
    recorder.broken = true;
    assertTold(WriteMode.APPEND, writer.insert(row(1, 1)));
    assertTold(WriteMode.UPSERT, writer.insertAll(rows(500), WriteOptions.upsert()));
    assertThatThrownBy(() -> writer.insert(row(1, -1))).isInstanceOf(ConstraintException.class);
    assertThat(onlyFailed().code()).contains(ErrorCode.CONSTRAINT);
    try (Ingester<Heard> ingester = varve.ingester(Heard.class)) {
      ingester.put(row(1_000, 1));
      assertThat(ingester.flush().written()).isEqualTo(1);
    }
    assertThat(count()).isEqualTo(501);
  }
}
