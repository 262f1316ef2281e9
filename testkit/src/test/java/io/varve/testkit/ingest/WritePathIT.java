package io.varve.testkit.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.ConstraintException;
import io.varve.Preset;
import io.varve.Setting;
import io.varve.Varve;
import io.varve.VarveException;
import io.varve.ingest.DeadLetter;
import io.varve.ingest.Ingester;
import io.varve.ingest.IngesterOptions;
import io.varve.ingest.RowFailure;
import io.varve.ingest.TableWriter;
import io.varve.ingest.WriteOptions;
import io.varve.ingest.WriteResult;
import io.varve.model.Dimension;
import io.varve.model.Measure;
import io.varve.model.Table;
import io.varve.model.Time;
import io.varve.model.TimeSeries;
import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.OwnedServer;
import io.varve.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Corners of the write path. */
@ExtendWith(DatabaseExtension.class)
final class WritePathIT {

  private static final Instant START = Instant.parse("2024-01-01T00:00:00Z");

  @TimeSeries(
      table = "keyed",
      chunk = "1 day",
      key = {"device", "time"})
  record Keyed(
      @Time Instant time,
      @Dimension String device,
      @Measure double value,
      @Measure @Nullable String note) {}

  @TimeSeries(
      table = "other",
      chunk = "1 day",
      key = {"device", "time"})
  record Other(@Time Instant time, @Dimension String device, @Measure double value) {}

  @TimeSeries(
      table = "listed",
      chunk = "1 day",
      key = {"device", "time"})
  record Listed(@Time Instant time, @Dimension String device, @Measure List<Double> samples) {}

  @TimeSeries(table = "counted", chunk = "1000000000000000")
  record Counted(@Time long time, @Dimension String device, @Measure double value) {}

  @TimeSeries(
      table = "numbered",
      chunk = "1 day",
      key = {"device", "time"})
  record Numbered(@Time Instant time, @Dimension String device, @Measure long number) {}

  private final TestDatabase database;
  private Varve varve;
  private TableWriter<Keyed> writer;

  WritePathIT(TestDatabase database) {
    this.database = database;
  }

  @BeforeEach
  void create() {
    varve = database.connect();
    varve.schema().create(Table.of(Keyed.class));
    writer = varve.table(Keyed.class);
  }

  @AfterEach
  void drop() throws SQLException {
    varve.schema().hypertables().forEach(table -> varve.schema().drop(table.name()));
    execute(
        "drop table if exists devices",
        "delete from varve_internal.batch where writer = current_user",
        "delete from varve_internal.captured",
        "delete from varve_internal.invalidation");
    varve.close();
  }

  private void execute(String... statements) throws SQLException {
    execute(database, statements);
  }

  private static void execute(TestDatabase database, String... statements) throws SQLException {
    try (Connection connection = database.jdbc();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private List<String> values(String sql) throws SQLException {
    try (Connection connection = database.jdbc();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      List<String> values = new ArrayList<>();
      while (result.next()) {
        values.add(String.valueOf(result.getString(1)));
      }
      return values;
    }
  }

  private static Keyed row(int i, String device, double value) {
    return new Keyed(START.plusSeconds(i), device, value, "n" + value);
  }

  private static List<Keyed> rows(int count) {
    return IntStream.range(0, count).mapToObj(i -> row(i, "d", 1)).toList();
  }

  @Test
  void aRefusedCallOnATableWithAnArrayIsNotReportedAsSkipped() {
    varve.schema().create(Table.of(Listed.class));
    List<Listed> rows =
        List.of(
            new Listed(START, "a", List.of(1.0)),
            new Listed(START, "b", List.of(2.0)),
            new Listed(START, "a", List.of(3.0)));
    assertThatThrownBy(() -> varve.table(Listed.class).insertAll(rows))
        .isInstanceOf(ConstraintException.class);
  }

  @Test
  void anIngesterDoesNotCountRowsAsSkippedThatADeferredConstraintRefuses() throws Exception {
    varve.schema().create(Table.of(Listed.class));
    execute(
        "create table devices (name text primary key)",
        "alter table listed add foreign key (device) references devices"
            + " deferrable initially deferred");
    try (Ingester<Listed> ingester =
        varve.ingester(
            Table.of(Listed.class),
            IngesterOptions.<Listed>defaults().retryBudget(Duration.ofSeconds(9)))) {
      ingester.put(new Listed(START, "a", List.of(1.0)));
      assertThat(ingester.flush().skipped()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 800})
  void rowsADeferredConstraintRefusesAreIsolated(int count) throws SQLException {
    execute(
        "create table devices (name text primary key)",
        "insert into devices values ('d')",
        "alter table keyed add foreign key (device) references devices"
            + " deferrable initially deferred");
    List<Keyed> rows = new ArrayList<>(rows(count));
    rows.set(1, row(1, "unknown", 1));
    WriteResult result = writer.insertAll(rows, WriteOptions.<Keyed>append().isolating());
    assertThat(result.failures()).extracting(RowFailure::index).containsExactly(1L);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 800})
  void rowsATriggerRaisesAgainstAreIsolated(int count) throws SQLException {
    execute(
        "create or replace function no_bad() returns trigger language plpgsql as $$ begin"
            + " if new.value < 0 then raise exception 'bad value'; end if; return new; end $$",
        "create trigger no_bad before insert on keyed for each row execute function no_bad()");
    List<Keyed> rows = new ArrayList<>(rows(count));
    rows.set(1, row(1, "d", -1));
    WriteResult result = writer.insertAll(rows, WriteOptions.<Keyed>append().isolating());
    assertThat(result.failures()).extracting(RowFailure::index).containsExactly(1L);
  }

  @ParameterizedTest
  @ValueSource(ints = {800, 2500})
  void aRowTooLargeForAPageIsTheOneThatIsRefused(int count) throws SQLException {
    execute("alter table keyed alter column note set storage plain");
    List<Keyed> rows = new ArrayList<>(rows(count));
    rows.set(10, new Keyed(START.plusSeconds(10), "d", 1, "x".repeat(9_000)));
    WriteResult result = writer.insertAll(rows, WriteOptions.<Keyed>append().isolating());
    assertThat(result.failures()).extracting(RowFailure::index).containsExactly(10L);
  }

  @Test
  void aBatchNameOfAnotherTableLosesNoRows() {
    varve.schema().create(Table.of(Other.class));
    writer.insertAll(rows(3), WriteOptions.<Keyed>append().batch("2026-03-01/7"));
    try {
      varve
          .table(Other.class)
          .insertAll(
              List.of(new Other(START, "d", 1)),
              WriteOptions.<Other>append().batch("2026-03-01/7"));
    } catch (VarveException e) {
      return;
    }
    assertThat(varve.from(Other.class).count()).isEqualTo(1);
  }

  @Test
  void aBatchNameWithOtherRowsLosesNoRows() {
    writer.insertAll(rows(3), WriteOptions.<Keyed>append().batch("b"));
    List<Keyed> others = IntStream.range(10, 20).mapToObj(i -> row(i, "d", 1)).toList();
    assertThatThrownBy(() -> writer.insertAll(others, WriteOptions.<Keyed>append().batch("b")))
        .isInstanceOf(VarveException.class);
  }

  private WriteResult whileAnotherTransactionStores(int count, WriteOptions<Keyed> options)
      throws Exception {
    writer.insert(row(10_000, "first", 1));
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try (Connection connection = database.jdbc();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      for (Keyed row : rows(count)) {
        statement.execute("insert into keyed values ('" + row.time() + "', 'd', 1, 'n')");
      }
      statement.execute(
          "insert into varve_internal.batch (id, relation, written, skipped, failed)"
              + " values ('late', 'keyed'::regclass, %d, 0, 0)".formatted(count));
      Future<WriteResult> repeated =
          threads.submit(() -> writer.insertAll(rows(count), options.batch("late")));
      awaitLock();
      connection.commit();
      return repeated.get();
    } finally {
      threads.shutdown();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 800})
  void aBatchAnotherTransactionIsAboutToStoreIsReturnedFromTheLedger(int count) throws Exception {
    assertThat(whileAnotherTransactionStores(count, WriteOptions.append()))
        .isEqualTo(new WriteResult(count, 0, List.of()));
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 800})
  void rowsAnotherTransactionIsAboutToStoreAreNoDeadLetters(int count) throws Exception {
    List<DeadLetter<Keyed>> letters = new ArrayList<>();
    WriteResult result =
        whileAnotherTransactionStores(
            count, WriteOptions.<Keyed>append().deadLetters(letters::add));
    assertThat(result).isEqualTo(new WriteResult(count, 0, List.of()));
    assertThat(letters).isEmpty();
  }

  @Test
  void closedIngestersLeaveNothingInTheLedger() throws SQLException {
    for (int i = 0; i < 3; i++) {
      try (Ingester<Keyed> ingester = varve.ingester(Keyed.class)) {
        ingester.put(row(i, "d", 1));
      }
    }
    assertThat(values("select id from varve_internal.batch")).isEmpty();
  }

  private void awaitLock() throws SQLException {
    while (values(
            "select 1 from pg_stat_activity where wait_event_type = 'Lock'"
                + " and datname = current_database()")
        .isEmpty()) {
      Thread.onSpinWait();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 800})
  void aSessionThatHasBecomeReadOnlyIsReplaced(int count) throws SQLException {
    writer.insert(row(100_000, "first", 1));
    writer.insert(row(0, "first", 1));
    try (Varve single =
        Varve.builder(Preset.DEVELOPMENT)
            .set(Setting.URL, database.url())
            .set(Setting.USER, database.user())
            .set(Setting.PASSWORD, database.password())
            .set(Setting.POOL_SIZE, "1")
            .set(Setting.RETRY_ATTEMPTS, "5")
            .connect()) {
      try (Connection connection = single.dataSource().getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("set session characteristics as transaction read only");
      }
      assertThat(single.table(Keyed.class).insertAll(rows(count)).written()).isEqualTo(count);
    }
  }

  private void ignoreCase() throws SQLException {
    execute(
        "create collation if not exists ignoring_case"
            + " (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
        "alter table keyed alter column device type text collate ignoring_case");
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 3000})
  void keysThatAreEqualIgnoringCaseAreResolvedBeforeTheStatement(int count) throws SQLException {
    ignoreCase();
    List<Keyed> rows = new ArrayList<>(rows(count));
    rows.add(row(0, "D", 2));
    WriteResult result = writer.insertAll(rows, WriteOptions.upsert());
    assertThat(result).isEqualTo(new WriteResult(count, 1, List.of()));
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 3000})
  void ofKeysEqualIgnoringCaseTheLastCounts(int count) throws SQLException {
    ignoreCase();
    for (String[] order : List.of(new String[] {"d", "D"}, new String[] {"D", "d"})) {
      execute("delete from keyed");
      List<Keyed> rows = new ArrayList<>();
      rows.add(row(0, order[0], 1));
      IntStream.range(1, count).forEach(i -> rows.add(row(i, "d", 1)));
      rows.add(row(0, order[1], 2));
      writer.insertAll(rows, WriteOptions.skipDuplicates());
      assertThat(values("select value::int from keyed where time = '" + START + "'"))
          .containsExactly("2");
    }
  }

  @Test
  void theLastCountsInAllColumnsAlsoWhereAnotherRowIsRefused() throws SQLException {
    execute(
        "create table devices (name text primary key)",
        "insert into devices values ('d')",
        "alter table keyed add foreign key (device) references devices");
    List<Keyed> rows =
        List.of(
            new Keyed(START, "d", 1, "first"),
            row(1, "unknown", 1),
            row(2, "d", 1),
            new Keyed(START, "d", 2, "last"));
    WriteResult result = writer.insertAll(rows, WriteOptions.<Keyed>upsert("value").isolating());
    assertThat(values("select note from keyed where time = '" + START + "'"))
        .containsExactly("last");
    assertThat(result.skipped()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 3000})
  void anUpsertThatIsRefusedNamesTheRow(int count) throws SQLException {
    execute("alter table keyed add constraint positive check (value >= 0)");
    List<Keyed> rows = new ArrayList<>(rows(count));
    rows.set(2, row(2, "d", -1));
    assertThatThrownBy(() -> writer.insertAll(rows, WriteOptions.upsert()))
        .hasMessageContaining("row 2");
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 3000})
  void whatATriggerMendsIsNotRefused(int count) throws SQLException {
    execute(
        "alter table keyed add constraint positive check (value >= 0)",
        "create or replace function mend() returns trigger language plpgsql as $$ begin"
            + " new.value := abs(new.value); return new; end $$",
        "create trigger mend before insert on keyed for each row execute function mend()");
    List<Keyed> rows = new ArrayList<>(rows(count));
    rows.set(2, row(2, "d", -1));
    WriteResult result = writer.insertAll(rows, WriteOptions.<Keyed>upsert().isolating());
    assertThat(result).isEqualTo(new WriteResult(count, 0, List.of()));
  }

  @Test
  void theLastInstantBeforeAMultipleBelongsToTheOneBefore() throws SQLException {
    long width = 3_600_000_000_000L;
    long time = 1_760_000_400_000_000_000L / width * width - 1;
    varve.schema().create(Table.of(Counted.class));
    varve.table(Counted.class).insert(new Counted(time - 5, "d", 1));
    execute("insert into varve_internal.captured values ('counted', " + width + ")");
    varve.table(Counted.class).insert(new Counted(time, "d", 1));
    assertThat(
            values(
                "select count(*) from varve_internal.invalidation where lo <= %d and hi > %d"
                    .formatted(time, time)))
        .containsExactly("1");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 7, 1000, 3_600_000_000_000L, Long.MAX_VALUE / 2, Long.MAX_VALUE})
  void oneRowIsRecordedLikeMany(long width) throws SQLException {
    varve.schema().create(Table.of(Counted.class));
    TableWriter<Counted> counted = varve.table(Counted.class);
    execute("insert into varve_internal.captured values ('counted', " + width + ")");
    long limit = 900_000_000_000_000_000L;
    for (long time : new long[] {-limit, -7, -1, 0, 1, width - 1, limit}) {
      Counted row = new Counted(Math.min(time, limit), "d", 1);
      counted.insertAll(List.of(row));
      counted.insert(row);
    }
    assertThat(
            values(
                "select count(*) from (select lo, hi from varve_internal.invalidation"
                    + " where source = 'counted'::regclass group by lo, hi having count(*) % 2 = 1) x"))
        .containsExactly("0");
    assertThat(values("select count(*) from varve_internal.invalidation")).doesNotContain("0");
  }

  @Test
  void singleRowsAreWrittenReadCommitted() throws SQLException {
    execute(
        "alter table keyed add column isolation text default"
            + " current_setting('transaction_isolation')",
        "do $$ begin execute format('alter database %I set default_transaction_isolation ="
            + " ''serializable''', current_database()); end $$");
    try (Varve strict = database.connect()) {
      strict.table(Keyed.class).insertAll(rows(3));
      TableWriter<Keyed> single = strict.table(Keyed.class);
      single.insert(row(10, "d", 1));
      single.insert(row(11, "d", 1));
    } finally {
      execute(
          "do $$ begin execute format('alter database %I reset default_transaction_isolation',"
              + " current_database()); end $$");
    }
    assertThat(values("select distinct isolation from keyed")).containsExactly("read committed");
  }

  @Test
  void anIdentityColumnIsTreatedAlikeHoweverManyRowsThereAre() throws SQLException {
    varve.schema().create(Table.of(Numbered.class));
    execute("alter table numbered alter column number add generated always as identity");
    List<String> outcomes = new ArrayList<>();
    for (int count : new int[] {3, 800}) {
      execute("delete from numbered");
      try {
        varve
            .table(Numbered.class)
            .insertAll(
                IntStream.range(0, count)
                    .mapToObj(i -> new Numbered(START.plusSeconds(i), "d", i))
                    .toList());
        outcomes.add("stored");
      } catch (VarveException e) {
        outcomes.add("refused");
      }
    }
    assertThat(outcomes.get(0)).isEqualTo(outcomes.get(1));
  }

  @Test
  void closingAnIngesterThatDoesNotRetryWritesWhatWaits() {
    IngesterOptions<Keyed> options =
        IngesterOptions.<Keyed>defaults().linger(Duration.ofMinutes(30)).retryBudget(Duration.ZERO);
    Ingester<Keyed> ingester = varve.ingester(Table.of(Keyed.class), options);
    rows(4_000).forEach(ingester::put);
    ingester.close();
    assertThat(ingester.stats().written()).isEqualTo(4_000);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 50, 800})
  void aTriggerForEachStatementHearsOfRows(int count) throws SQLException {
    execute(
        "create table if not exists heard (at timestamptz default now())",
        "delete from heard",
        "create or replace function hear() returns trigger language plpgsql as $$ begin"
            + " insert into heard default values; return null; end $$",
        "create trigger hear after insert on keyed for each statement execute function hear()");
    writer.insertAll(rows(count));
    assertThat(values("select count(*) from heard")).doesNotContain("0");
  }

  @Test
  void rowsATriggerDiscardsAreNotCountedAsSkipped() throws SQLException {
    execute(
        "create or replace function discard() returns trigger language plpgsql as $$ begin"
            + " if new.value < 0 then return null; end if; return new; end $$",
        "create trigger discard before insert on keyed for each row execute function discard()");
    assertThatThrownBy(
            () -> writer.insertAll(List.of(row(0, "d", 1), row(1, "d", -1)), WriteOptions.upsert()))
        .isInstanceOf(ConstraintException.class);
  }

  @Test
  void batchesOfARoleThatIsGoneCanBeRemoved() throws SQLException {
    try (OwnedServer server = OwnedServer.start("18");
        Varve owner = server.connect()) {
      owner.schema().create(Table.of(Keyed.class));
      execute(
          server,
          "create role w",
          "set role w; insert into varve_internal.batch (id, relation, written, skipped, failed)"
              + " values ('b', 1, 0, 0, 0); reset role",
          "drop role w",
          "delete from varve_internal.batch");
    }
  }

  @Test
  void whoMayInsertAndReadTheKeyMaySkipManyDuplicates() throws SQLException {
    try (OwnedServer server = OwnedServer.start("18");
        Varve owner = server.connect()) {
      owner.schema().create(Table.of(Keyed.class));
      owner.table(Keyed.class).insertAll(List.of(row(0, "d", 1), row(90_000, "d", 1)));
      execute(
          server,
          "create role w login password 'w'",
          "grant insert, select (device, time) on keyed to w",
          "select varve.sync_chunk_grants('keyed')");
      try (Varve other =
          Varve.builder(Preset.DEVELOPMENT)
              .set(Setting.URL, server.url())
              .set(Setting.USER, "w")
              .set(Setting.PASSWORD, "w")
              .connect()) {
        List<Keyed> many = new ArrayList<>(rows(3000));
        many.add(row(90_000, "d", 1));
        assertThat(
                other
                    .table(Keyed.class)
                    .insertAll(rows(3), WriteOptions.skipDuplicates())
                    .skipped())
            .isEqualTo(1);
        assertThat(
                other.table(Keyed.class).insertAll(many, WriteOptions.skipDuplicates()).skipped())
            .isEqualTo(4);
      }
    }
  }

  @Test
  void whoMayMergeIntoTheTableMayMergeManyRowsOfOneChunk() throws SQLException {
    try (OwnedServer server = OwnedServer.start("18");
        Varve owner = server.connect()) {
      owner.schema().create(Table.of(Keyed.class));
      owner.table(Keyed.class).insert(row(0, "d", 1));
      execute(
          server,
          "create role w login password 'w'",
          "grant select, insert, update on keyed to w",
          "select varve.sync_chunk_grants('keyed')");
      try (Varve other =
          Varve.builder(Preset.DEVELOPMENT)
              .set(Setting.URL, server.url())
              .set(Setting.USER, "w")
              .set(Setting.PASSWORD, "w")
              .connect()) {
        assertThat(other.table(Keyed.class).insertAll(rows(3), WriteOptions.upsert()).written())
            .isEqualTo(3);
        assertThat(other.table(Keyed.class).insertAll(rows(3000), WriteOptions.upsert()).written())
            .isEqualTo(3000);
      }
    }
  }
}
