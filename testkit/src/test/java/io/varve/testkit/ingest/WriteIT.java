package io.varve.testkit.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.ConnectionException;
import io.varve.ConstraintException;
import io.varve.DataException;
import io.varve.DeadlineException;
import io.varve.MappingException;
import io.varve.Varve;
import io.varve.VarveException;
import io.varve.ingest.TableWriter;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Dimension;
import io.varve.model.Json;
import io.varve.model.Measure;
import io.varve.model.QualifiedName;
import io.varve.model.Row;
import io.varve.model.Table;
import io.varve.model.Time;
import io.varve.model.TimeSeries;
import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.TimeZone;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Large, interleaved, parallel and failing loads. */
@ExtendWith(DatabaseExtension.class)
class WriteIT {

  private static final Instant START = Instant.parse("2024-01-01T00:00:00Z");
  private static final int CHUNKS = 40;

  private final TestDatabase database;
  private final Varve varve;

  WriteIT(TestDatabase database) {
    this.database = database;
    this.varve = database.connect();
  }

  @TimeSeries(table = "readings", chunk = "1 day")
  record Reading(
      @Time Instant time,
      @Dimension int device,
      @Measure double value,
      @Measure @Nullable Json note) {}

  @BeforeEach
  void create() {
    varve.schema().create(Table.of(Reading.class));
  }

  @AfterEach
  void drop() {
    try (varve) {
      varve.schema().drop(QualifiedName.parse("readings"));
    }
  }

  /** Row after row in another chunk. */
  private static Reading interleaved(int index) {
    Instant day = START.plus(index % CHUNKS, ChronoUnit.DAYS);
    return new Reading(day.plusMillis(index / CHUNKS), index, index, null);
  }

  private static Iterator<Reading> rows(int count, IntFunction<Reading> row) {
    return IntStream.range(0, count).mapToObj(row).iterator();
  }

  private TableWriter<Reading> writer() {
    return varve.table(Reading.class);
  }

  @Test
  void aMillionRowsInterleavedOverFortyChunksArrive() throws SQLException {
    int rows = 1_000_000;

    assertThat(writer().insertAll(rows(rows, WriteIT::interleaved)).written()).isEqualTo(rows);

    assertThat(value("select count(distinct device) || ' ' || sum(value)::bigint from readings"))
        .isEqualTo("1000000 499999500000");
    assertThat(value("select count(distinct tableoid) || ' ' || count(*) from readings"))
        .isEqualTo("40 1000000");
  }

  @Test
  void theRowTheServerRefusesIsNamedThoughChunksInterleave() throws SQLException {
    execute("alter table readings add constraint no_bad_luck check (value <> 223344)");

    assertThatThrownBy(() -> writer().insertAll(rows(300_000, WriteIT::interleaved)))
        .isInstanceOfSatisfying(
            ConstraintException.class, e -> assertThat(e.sqlState()).contains("23514"))
        .hasMessageStartingWith("inserting into readings, row 223344: ")
        .hasMessageContaining("no_bad_luck");
    assertThat(value("select count(*) from readings")).isEqualTo("0");
    assertThat(writer().insert(interleaved(1)).written()).isEqualTo(1);
  }

  @Test
  void aRefusedRowStopsTheLoadSoon() throws SQLException {
    execute("alter table readings add constraint no_bad_luck check (value <> 13)");
    List<Integer> offered = new ArrayList<>();

    assertThatThrownBy(
            () ->
                writer()
                    .insertAll(
                        rows(
                            5_000_000,
                            index -> {
                              offered.add(index);
                              return new Reading(START.plusMillis(index), index, index, null);
                            })))
        .isInstanceOf(ConstraintException.class)
        .hasMessageStartingWith("inserting into readings, row 13: ");
    assertThat(offered).hasSizeLessThan(2_000_000);
  }

  @Test
  void theColumnTheServerCannotReadIsNamed() {
    List<Reading> rows =
        List.of(
            new Reading(START, 1, 1, new Json("{}")),
            new Reading(START.plus(3, ChronoUnit.DAYS), 2, 2, new Json("{broken")),
            new Reading(START, 3, 3, null));

    assertThatThrownBy(() -> writer().insertAll(rows))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("inserting into readings, row 1, column \"note\": ")
        .hasMessageNotContaining("broken");
  }

  @Test
  void aRowRefusedBeforeItIsSentIsNamedAndLeavesNothing() throws SQLException {
    assertThatThrownBy(
            () ->
                writer()
                    .insertAll(
                        rows(
                            100_000,
                            index ->
                                new Reading(
                                    START.plusNanos(index == 99_999 ? 1 : 0), index, 0, null))))
        .isInstanceOf(MappingException.class)
        .hasMessage(
            "inserting into readings, row 99999: column \"time\" of readings:"
                + " 2024-01-01T00:00:00.000000001Z is finer than a microsecond, PostgreSQL's"
                + " precision; truncate it first: truncatedTo(ChronoUnit.MICROS)");
    assertThatThrownBy(() -> writer().insertAll(Collections.singletonList(null)))
        .isInstanceOf(MappingException.class)
        .hasMessage("inserting into readings, row 0: null; expected a row");
    assertThat(value("select count(*) from readings")).isEqualTo("0");
  }

  @Test
  void oneRowAtATimeMakesItsChunksAndIsRefusedAlike() throws SQLException {
    for (int i = 0; i < 5; i++) {
      assertThat(writer().insert(interleaved(i)).written()).isEqualTo(1);
    }
    assertThat(varve.schema().chunks(QualifiedName.parse("readings"))).hasSize(5);
    assertThatThrownBy(() -> writer().insert(new Reading(Instant.MAX, 1, 1, null)))
        .isInstanceOf(MappingException.class)
        .hasMessage(
            "inserting into readings: column \"time\" of readings: the time is infinite, which no"
                + " chunk can hold");
    execute("alter table readings add constraint no_bad_luck check (value <> 13)");
    assertThatThrownBy(() -> writer().insert(new Reading(START, 1, 13, null)))
        .isInstanceOf(ConstraintException.class)
        .hasMessageStartingWith("inserting into readings: ")
        .hasMessageContaining("no_bad_luck");
    assertThat(value("select count(*) from readings")).isEqualTo("5");
  }

  @Test
  void aFailingIteratorKeepsItsExceptionAndSaysWhere() throws SQLException {
    IllegalStateException failure = new IllegalStateException("the source is gone");

    assertThatThrownBy(
            () ->
                writer()
                    .insertAll(
                        rows(
                            200_000,
                            index -> {
                              if (index == 150_000) {
                                throw failure;
                              }
                              return interleaved(index);
                            })))
        .isSameAs(failure)
        .hasSuppressedException(
            new IllegalStateException(
                "inserting into readings: row 150000 could not be fetched, nothing was written"));
    assertThat(value("select count(*) from readings")).isEqualTo("0");
    assertThat(writer().insert(interleaved(1)).written()).isEqualTo(1);
  }

  @Test
  void rowsATriggerDiscardsAreNoticed() throws SQLException {
    execute(
        """
        create or replace function discard() returns trigger language plpgsql as
        $$ begin return case when new.value = 5 then null else new end; end $$
        """,
        "create trigger discard before insert on readings for each row execute function discard()");

    assertThatThrownBy(() -> writer().insertAll(rows(10, i -> new Reading(START, i, i, null))))
        .isInstanceOf(ConstraintException.class)
        .hasMessage(
            "inserting into readings: the server stored 9 of 10 rows; expected all: does a trigger"
                + " of the table discard rows?");
    assertThat(value("select count(*) from readings")).isEqualTo("0");
  }

  @Test
  void anInterruptedThreadStopsAndStaysInterrupted() throws SQLException {
    assertThatThrownBy(
            () ->
                writer()
                    .insertAll(
                        rows(
                            200_000,
                            index -> {
                              if (index == 100_000) {
                                Thread.currentThread().interrupt();
                              }
                              return interleaved(index);
                            })))
        .isInstanceOf(DeadlineException.class)
        .hasMessage(
            "inserting into readings: the thread was interrupted at row 100001, nothing was"
                + " written");
    assertThat(Thread.interrupted()).isTrue();
    assertThat(value("select count(*) from readings")).isEqualTo("0");
    assertThat(writer().insert(interleaved(1)).written()).isEqualTo(1);
  }

  @Test
  void aKilledConnectionLeavesNothingAndThePoolIsWell() throws SQLException {
    for (int killed : List.of(500, 50_000, 199_999)) {
      assertThatThrownBy(
              () ->
                  writer()
                      .insertAll(
                          rows(
                              200_000,
                              index -> {
                                if (index == killed) {
                                  killWriters();
                                }
                                return interleaved(index);
                              })))
          .isInstanceOfSatisfying(
              VarveException.class,
              e -> {
                assertThat(e).isInstanceOf(ConnectionException.class);
                assertThat(e.isRetryable()).isTrue();
                assertThat(e.inDoubt()).isFalse();
              })
          .hasMessageStartingWith("inserting into readings");
      assertThat(value("select count(*) from readings")).isEqualTo("0");
      for (int i = 0; i < 5; i++) {
        assertThat(varve.health().toString()).isNotEmpty();
        assertThat(writer().insert(interleaved(i)).written()).isEqualTo(1);
      }
      execute("truncate readings");
    }
  }

  private void killWriters() {
    try {
      execute(
          """
          select pg_terminate_backend(pid, 10000) from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid()
            and backend_type = 'client backend' and state <> 'idle'
          """);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void eightWritersIntoTheSameNewChunksDoNotDisturbEachOther() throws Exception {
    int writers = 8;
    int rows = 20_000;
    ExecutorService threads = Executors.newFixedThreadPool(writers);
    try {
      List<Callable<Long>> tasks = new ArrayList<>();
      for (int i = 0; i < writers; i++) {
        int shift = i * 7;
        tasks.add(
            () -> writer().insertAll(rows(rows, index -> interleaved(index + shift))).written());
      }
      for (Future<Long> result : threads.invokeAll(tasks)) {
        assertThat(result.get()).isEqualTo(rows);
      }
    } finally {
      threads.shutdown();
    }
    assertThat(value("select count(*) from readings")).isEqualTo("160000");
    assertThat(varve.schema().chunks(QualifiedName.parse("readings"))).hasSize(CHUNKS);
  }

  @Test
  void strictDefaultIsolationDoesNotHideNewChunks() throws SQLException {
    String name = value("select current_database()");
    execute(
        "alter database \"%s\" set default_transaction_isolation = 'serializable'".formatted(name));
    try (Varve strict = database.connect()) {
      assertThat(strict.table(Reading.class).insertAll(rows(1_000, WriteIT::interleaved)).written())
          .isEqualTo(1_000);
    } finally {
      execute("alter database \"%s\" reset default_transaction_isolation".formatted(name));
    }
  }

  @Test
  void oddNamesAndZonesChangeNothing() throws SQLException {
    TimeZone zone = TimeZone.getDefault();
    QualifiedName name = new QualifiedName("Größe \"x\"", "ta.ble, line 3 '\"ü");
    Table<Row> table =
        Table.builder(name)
            .time("the \"Time\"", ColumnType.of(Kind.TIMESTAMPTZ))
            .dimension("select", ColumnType.of(Kind.TEXT))
            .measure("größe, %s $1 ?", ColumnType.of(Kind.DOUBLE))
            .chunk("1 day")
            .key("select", "the \"Time\"")
            .build();
    String database = value("select current_database()");
    execute("alter database \"%s\" set timezone = 'Pacific/Apia'".formatted(database));
    TimeZone.setDefault(TimeZone.getTimeZone("Asia/Kolkata"));
    try (Varve zoned = this.database.connect()) {
      zoned.schema().create(table);
      List<Row> rows =
          IntStream.range(0, 72)
              .mapToObj(
                  hour -> table.newRow(new Object[] {START.plus(hour, ChronoUnit.HOURS), "d", 1.0}))
              .toList();
      assertThat(zoned.table(table).insertAll(rows).written()).isEqualTo(72);
      assertThat(zoned.schema().chunks(name)).hasSize(3);
      assertThat(
              value(
                  "select min(extract(epoch from \"the \"\"Time\"\"\"))::bigint || ' ' || count(*)"
                      + " from "
                      + name.sql()))
          .isEqualTo(START.getEpochSecond() + " 72");
      assertThatThrownBy(() -> zoned.table(table).insertAll(rows.subList(50, 60)))
          .isInstanceOf(ConstraintException.class)
          .hasMessageStartingWith("inserting into " + name + ", row 0: ");
      zoned.schema().drop(name);
    } finally {
      TimeZone.setDefault(zone);
      execute("alter database \"%s\" reset timezone".formatted(database));
      execute("drop schema if exists \"Größe \"\"x\"\"\" cascade");
    }
  }

  private String value(String sql) throws SQLException {
    try (Connection connection = database.jdbc();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  private void execute(String... statements) throws SQLException {
    try (Connection connection = database.jdbc();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }
}
