package io.varve.testkit.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.CapacityException;
import io.varve.ConflictException;
import io.varve.DataException;
import io.varve.SchemaException;
import io.varve.Tier;
import io.varve.Varve;
import io.varve.jdbc.SqlErrors;
import io.varve.model.Chunk;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.model.QualifiedName;
import io.varve.model.Row;
import io.varve.model.Table;
import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TestDatabase;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Chunks where Varve keeps them itself. */
@ExtendWith(DatabaseExtension.class)
@TestInstance(Lifecycle.PER_CLASS)
final class ChunkIT {

  private static final long DAY = 86_400_000_000L;
  private static final QualifiedName CONDITIONS = QualifiedName.parse("conditions");

  private final TestDatabase database;
  private final Varve varve;
  private final Session session;

  ChunkIT(TestDatabase database) {
    this.database = database;
    this.varve = database.connect();
    this.session = Session.on(database);
  }

  @BeforeEach
  void create() {
    Assumptions.assumeTrue(
        varve.capabilities().tier() == Tier.PLAIN, "TimescaleDB makes chunks itself");
    create(Kind.TIMESTAMPTZ, "1 day");
  }

  @AfterEach
  void drop() throws SQLException {
    session.run(
        "RESET ALL",
        "SET client_min_messages = error",
        "DROP TABLE IF EXISTS conditions CASCADE",
        "DROP TABLE IF EXISTS loose CASCADE");
  }

  @AfterAll
  void close() throws SQLException {
    session.close();
    varve.close();
  }

  private void create(Kind time, String width) {
    varve
        .schema()
        .create(
            Table.builder(CONDITIONS)
                .time("ts", ColumnType.of(time))
                .dimension("device", ColumnType.of(Kind.TEXT))
                .measure("v", ColumnType.of(Kind.DOUBLE))
                .chunk(width)
                .build());
  }

  private void recreate(Kind time, String width) throws SQLException {
    session.run("DROP TABLE conditions");
    create(time, width);
  }

  private static String ensure(long time) {
    return "SELECT varve_internal.ensure_chunk('public.conditions', %d)".formatted(time);
  }

  private static String open(long time) {
    return "SELECT concat_ws(' ', chunk, range_start, range_end)"
        + " FROM varve_internal.open_chunk('public.conditions', %d)".formatted(time);
  }

  private List<String> ranges() {
    return varve.schema().chunks(CONDITIONS).stream()
        .map(chunk -> chunk.startText() + " .. " + chunk.endText())
        .toList();
  }

  // --- rows and chunks that do not fit

  @ParameterizedTest
  @ValueSource(strings = {"conditions", "conditions_20240229"})
  void rowWithoutAChunkAsksForOne(String target) throws SQLException {
    session.run(ensure(1_709_164_800_000_000L));
    String row = "INSERT INTO %s VALUES ('2024-03-02 00:00:00+00', 'a', 1)".formatted(target);

    assertThatThrownBy(() -> session.run(row))
        .isInstanceOfSatisfying(
            SQLException.class,
            e ->
                assertThat(SqlErrors.translate("writing", e))
                    .isInstanceOf(SchemaException.class)
                    .hasMessageEndingWith("(table \"%s\"); create the chunk first", target));
  }

  // --- where chunks begin and end

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          TIMESTAMPTZ | 7 days | 0                  | 1970-01-01 00:00:00+00 | 1970-01-08 00:00:00+00
          TIMESTAMPTZ | 7 days | -1                 | 1969-12-25 00:00:00+00 | 1970-01-01 00:00:00+00
          TIMESTAMPTZ | 1 hour | 1710054000000000   | 2024-03-10 07:00:00+00 | 2024-03-10 08:00:00+00
          TIMESTAMPTZ | 90 minutes | 5400000000     | 1970-01-01 01:30:00+00 | 1970-01-01 03:00:00+00
          TIMESTAMPTZ | 250 milliseconds | -1       | 1969-12-31 23:59:59.75+00 | 1970-01-01 00:00:00+00
          TIMESTAMPTZ | 7 days | -210866803200000000 | 4714-11-24 00:00:00+00 BC | 4714-11-27 00:00:00+00 BC
          TIMESTAMPTZ | 7 days | 9223372036854775806 | 294247-01-07 00:00:00+00 | infinity
          TIMESTAMPTZ | 40000000 days | 0           | 1970-01-01 00:00:00+00 | 111486-04-13 00:00:00+00
          TIMESTAMPTZ | 106751991 days | -1         | 4714-11-24 00:00:00+00 BC | 1970-01-01 00:00:00+00
          TIMESTAMP   | 1 day  | 1709164799999999   | 2024-02-28 00:00:00    | 2024-02-29 00:00:00
          TIMESTAMP   | 1 day  | 1709164800000000   | 2024-02-29 00:00:00    | 2024-03-01 00:00:00
          DATE        | 7 days | 19782              | 2024-02-29             | 2024-03-07
          DATE        | 7 days | -1                 | 1969-12-25             | 1970-01-01
          DATE        | 7 days | -2440588           | 4714-11-24 BC          | 4714-11-27 BC
          DATE        | 7 days | 2145042904         | 5874897-12-26          | 5874897-12-31
          BIGINT      | 1000   | -1                 | -1000                  | 0
          BIGINT      | 1000   | -9223372036854775808 | -9223372036854775808 | -9223372036854775000
          BIGINT      | 1000   | 9223372036854775806 | 9223372036854775000   | 9223372036854775807
          BIGINT      | 9223372036854775807 | -1    | -9223372036854775807   | 0
          """)
  void chunkIsAlignedToTheEpochAndClippedToTheType(
      Kind time, String width, long at, String start, String end) throws SQLException {
    recreate(time, width);
    for (String zone : new String[] {"UTC", "America/New_York", "Asia/Kathmandu"}) {
      session.run("SET TimeZone = '" + zone + "'", "SET DateStyle = 'ISO, DMY'", ensure(at));
    }

    assertThat(varve.schema().chunks(CONDITIONS)).hasSize(1);
    Chunk chunk = varve.schema().chunks(CONDITIONS).get(0);
    assertThat(chunk.startText()).isEqualTo(start);
    assertThat(chunk.endText()).isEqualTo(end);
    assertThat(at).isBetween(chunk.start(), chunk.end() - 1);
    session.run("SET TimeZone = 'Asia/Tokyo'");
    assertThat(session.text(open(at)))
        .isEqualTo(
            "%s.%s %d %d".formatted("public", chunk.name().name(), chunk.start(), chunk.end()));
  }

  @ParameterizedTest
  @CsvSource({
    "TIMESTAMPTZ, 1 day, 9223372036854775807",
    "TIMESTAMPTZ, 1 day, -9223372036854775808",
    "TIMESTAMP, 1 day, -210866803200000001",
    "DATE, 1 day, 2145042905",
    "DATE, 1 day, 9223372036854775807",
    "DATE, 1 day, -2440589",
    "BIGINT, 10, 9223372036854775807"
  })
  void timeThatFitsNoChunkIsRefused(Kind time, String width, long at) throws SQLException {
    recreate(time, width);
    assertThatThrownBy(() -> session.run(ensure(at)))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining(
            "time %d of hypertable public.conditions cannot be kept in a chunk: expected a finite %s"
                .formatted(at, ColumnType.of(time).sql()))
        .extracting(e -> ((SQLException) e).getSQLState())
        .isEqualTo("22008");
  }

  @Test
  void createChunksCoversTheSpanAndCountsWhatItMade() {
    assertThat(varve.schema().createChunks(CONDITIONS, DAY / 2, 3 * DAY + 1)).isEqualTo(4);
    assertThat(varve.schema().createChunks(CONDITIONS, 0, 3 * DAY)).isZero();
    assertThat(varve.schema().createChunks(CONDITIONS, 2 * DAY, 6 * DAY)).isEqualTo(2);
    assertThat(varve.schema().createChunks(CONDITIONS, 9 * DAY, 9 * DAY)).isZero();
    assertThat(ranges()).hasSize(6).startsWith("1970-01-01 00:00:00+00 .. 1970-01-02 00:00:00+00");
  }

  @Test
  void chunksOfAnotherWidthAreClippedToTheirNeighbours() throws SQLException {
    session.run(
        ensure(2 * DAY),
        ensure(9 * DAY),
        "SELECT varve_internal.register_hypertable('conditions', %d, '{device}')"
            .formatted(7 * DAY),
        ensure(0),
        ensure(5 * DAY),
        ensure(8 * DAY),
        ensure(13 * DAY),
        ensure(14 * DAY));

    assertThat(ranges())
        .containsExactly(
            "1970-01-01 00:00:00+00 .. 1970-01-03 00:00:00+00",
            "1970-01-03 00:00:00+00 .. 1970-01-04 00:00:00+00",
            "1970-01-04 00:00:00+00 .. 1970-01-08 00:00:00+00",
            "1970-01-08 00:00:00+00 .. 1970-01-10 00:00:00+00",
            "1970-01-10 00:00:00+00 .. 1970-01-11 00:00:00+00",
            "1970-01-11 00:00:00+00 .. 1970-01-15 00:00:00+00",
            "1970-01-15 00:00:00+00 .. 1970-01-22 00:00:00+00");
  }

  @Test
  void settingsOfTheSessionDoNotMatter() throws SQLException {
    session.run(
        "SET standard_conforming_strings = off",
        "SET escape_string_warning = off",
        "SET search_path = pg_temp",
        "SET TimeZone = 'America/St_Johns'",
        "SET DateStyle = 'ISO, MDY'",
        "SET IntervalStyle = 'sql_standard'",
        "SET extra_float_digits = -10",
        ensure(3 * DAY));
    assertThat(session.text(open(3 * DAY)))
        .isEqualTo("public.conditions_19700104 %d %d".formatted(3 * DAY, 4 * DAY));
  }

  // --- what a chunk is

  @Test
  void chunkHasTheTablesColumnsConstraintsAndIndexes() throws SQLException {
    session.run(
        "ALTER TABLE conditions ADD n int DEFAULT 7 CHECK (n > 0),"
            + " ADD twice int GENERATED ALWAYS AS (n * 2) STORED",
        "CREATE UNIQUE INDEX ON conditions (device, ts)",
        "CREATE INDEX ON conditions (v) WHERE v > 0",
        ensure(0),
        "INSERT INTO conditions_19700101 VALUES ('1970-01-01Z', 'd', 1)");
    assertThat(session.text("SELECT twice FROM conditions")).isEqualTo("14");
    assertThat(
            session.texts(
                "SELECT regexp_replace(indexdef, '.*USING btree ', '') FROM pg_indexes"
                    + " WHERE tablename = 'conditions_19700101' ORDER BY 1"))
        .containsExactly(
            "(device, ts DESC)", "(device, ts)", "(v) WHERE (v > (0)::double precision)");
    assertThatThrownBy(
            () -> session.run("INSERT INTO conditions_19700101 VALUES ('1970-01-01Z', 'e', 1, 0)"))
        .hasMessageContaining("violates check constraint");
  }

  @Test
  void identityOfTheTableIsNoObstacle() throws SQLException {
    session.run("ALTER TABLE conditions ADD id bigint GENERATED BY DEFAULT AS IDENTITY", ensure(0));
    session.run("INSERT INTO conditions (ts, device) VALUES ('1970-01-01Z', 'd')");
    assertThat(session.text("SELECT id FROM conditions")).isEqualTo("1");
  }

  @Test
  void loadsAreNumberedByTheTablesIdentity() throws SQLException {
    Table<Row> table = varve.schema().inspect(CONDITIONS);
    session.run("ALTER TABLE conditions ADD id int GENERATED ALWAYS AS IDENTITY");
    List<Row> rows = new ArrayList<>();
    for (long i = 0; i < 600; i++) {
      rows.add(
          new Row(List.of("ts", "device", "v"), Instant.ofEpochSecond(i % 3 * 86_400), "d", 1.0));
    }
    varve.table(table).insertAll(rows);
    session.run("INSERT INTO conditions (ts, device) VALUES ('1970-01-01Z', 'd')");
    assertThat(
            session.text(
                "SELECT concat_ws(' ', count(DISTINCT id), min(id), max(id)) FROM conditions"))
        .isEqualTo("601 1 601");
    session.run("ALTER TABLE conditions DETACH PARTITION conditions_19700101");
    session.run("DROP TABLE conditions_19700101", "DROP TABLE conditions");
  }

  @Test
  void foreignKeysAndTriggersReachTheChunk() throws SQLException {
    session.run(
        "CREATE TABLE loose (device text PRIMARY KEY)",
        "ALTER TABLE conditions ADD FOREIGN KEY (device) REFERENCES loose",
        ensure(0));
    assertThatThrownBy(
            () -> session.run("INSERT INTO conditions_19700101 VALUES ('1970-01-01Z', 'd', 1)"))
        .hasMessageContaining("violates foreign key constraint");
  }

  @Test
  void namesStayShortAndApart() throws SQLException {
    String longName = "x".repeat(55);
    QualifiedName first = new QualifiedName("public", longName + "äää1");
    QualifiedName second = new QualifiedName("public", longName + "äää2");
    for (QualifiedName name : List.of(first, second)) {
      varve
          .schema()
          .create(
              Table.builder(name)
                  .time("ts", ColumnType.of(Kind.TIMESTAMPTZ))
                  .measure("v", ColumnType.of(Kind.DOUBLE))
                  .chunk("1 second")
                  .build());
      varve.schema().createChunks(name, 1_000_000, 1_000_001);
    }
    assertThat(varve.schema().chunks(first).get(0).name().name())
        .isEqualTo("x".repeat(47) + "_19700101_000001");
    assertThat(varve.schema().chunks(second).get(0).name().name())
        .isEqualTo("x".repeat(45) + "_19700101_000001_2");
    varve.schema().drop(first);
    varve.schema().drop(second);
  }

  @Test
  void tablesThatCompeteForNamesGetDifferentOnes() throws Exception {
    List<QualifiedName> tables =
        List.of(
            new QualifiedName("public", "y".repeat(60) + "_1"),
            new QualifiedName("public", "y".repeat(60) + "_2"));
    for (QualifiedName name : tables) {
      varve
          .schema()
          .create(
              Table.builder(name)
                  .time("ts", ColumnType.of(Kind.TIMESTAMPTZ))
                  .measure("v", ColumnType.of(Kind.DOUBLE))
                  .chunk("1 day")
                  .build());
    }
    Together.run(
        6,
        number ->
            () -> {
              try (Varve own = database.connect()) {
                return own.schema().createChunks(tables.get(number % 2), 0, 8 * DAY);
              }
            });
    for (QualifiedName name : tables) {
      assertThat(varve.schema().chunks(name)).hasSize(8);
      varve.schema().drop(name);
    }
  }

  @Test
  void takenNameIsPassedOver() throws SQLException {
    session.run(
        "CREATE TABLE loose (x int)", "CREATE TABLE conditions_19700101 (x int)", ensure(0));
    assertThat(session.text(open(0))).startsWith("public.conditions_19700101_2 0 ");
    session.run("DROP TABLE conditions_19700101");
  }

  // --- many at once

  @Test
  void creatorsOfTheSameAndNeighbouringChunksNeverFail() throws Exception {
    try (Session reader = Session.on(database);
        Session writer = Session.on(database)) {
      session.run(ensure(100 * DAY));
      reader.run("BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT count(*) FROM conditions");
      writer.run("BEGIN", open(100 * DAY));
      writer.run("INSERT INTO conditions_19700411 VALUES ('1970-04-11Z', 'd', 1)");

      Together.run(
          10,
          number ->
              () -> {
                try (Session own = Session.on(database)) {
                  for (int day = 0; day < 12; day++) {
                    long at = (day + number % 3) * DAY + number;
                    own.run(ensure(at));
                    assertThat(own.text(open(at))).isNotNull();
                  }
                }
                return number;
              });

      reader.run("SELECT count(*) FROM conditions", "COMMIT");
      writer.run("COMMIT");
    }
    assertThat(varve.schema().chunks(CONDITIONS)).hasSize(15);
  }

  @Test
  void writersThatHoldChunksCanHaveOthersMade() throws Exception {
    Together.run(
        6,
        number ->
            () -> {
              try (Session writer = Session.on(database);
                  Session creator = Session.on(database)) {
                writer.run("BEGIN");
                for (int i = 0; i < 8; i++) {
                  long at = (number % 2 == 0 ? i : 7 - i) * DAY;
                  if (writer.text(open(at)) == null) {
                    creator.run(ensure(at));
                    assertThat(writer.text(open(at))).isNotNull();
                  }
                }
                writer.run("COMMIT");
              }
              return number;
            });
    assertThat(varve.schema().chunks(CONDITIONS)).hasSize(8);
  }

  @Test
  void creatorsWhoseTransactionsAreRepeatableReadNeverFailEither() throws Exception {
    session.run("ALTER ROLE CURRENT_USER SET default_transaction_isolation = 'repeatable read'");
    try {
      Together.run(
          8,
          number ->
              () -> {
                try (Varve own = database.connect()) {
                  return own.schema().createChunks(CONDITIONS, 0, 10 * DAY);
                }
              });
    } finally {
      session.run("ALTER ROLE CURRENT_USER RESET default_transaction_isolation");
    }
    assertThat(varve.schema().chunks(CONDITIONS)).hasSize(10);
  }

  @Test
  void creatorWaitsForALockInShortAttempts() throws Exception {
    CompletableFuture<Integer> created;
    try (Session other = Session.on(database)) {
      other.run("BEGIN", "LOCK TABLE conditions IN SHARE UPDATE EXCLUSIVE MODE");
      created = CompletableFuture.supplyAsync(() -> varve.schema().createChunks(CONDITIONS, 0, 1));
      awaitTrue(
          "EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'conditions'::regclass)");
      other.run("COMMIT");
    }
    assertThat(created.get()).isEqualTo(1);
  }

  @Test
  void lockThatIsNotGivenBackIsReportedWithItsSessions() throws Exception {
    try (Session other = Session.on(database);
        Session waiting = Session.on(database)) {
      other.run(
          "SET application_name = 'nightly report'",
          "BEGIN",
          "LOCK TABLE conditions IN SHARE UPDATE EXCLUSIVE MODE");
      CompletableFuture<Void> altering =
          CompletableFuture.runAsync(
              () -> {
                try {
                  waiting.run("ALTER TABLE conditions ADD w double precision");
                } catch (SQLException e) {
                  throw new IllegalStateException(e);
                }
              });
      awaitTrue(
          "EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'conditions'::regclass)");
      String holder = other.text("SELECT pg_backend_pid()");
      assertThatThrownBy(() -> varve.schema().createChunks(CONDITIONS, 0, 1))
          .isInstanceOf(ConflictException.class)
          .hasMessageContaining(
              "hypertable public.conditions was locked for 5 seconds, and a new chunk needs a lock of"
                  + " its own: session %s (user %s, application \"nightly report\"); session "
                      .formatted(holder, database.user()))
          .hasMessageContaining(" waits for it and for session " + holder);
      other.run("COMMIT");
      altering.get();
    }
    assertThat(varve.schema().createChunks(CONDITIONS, 0, 1)).isEqualTo(1);
  }

  private void awaitTrue(String condition) throws SQLException {
    long deadline = System.nanoTime() + 60_000_000_000L;
    while (!session.isTrue(condition)) {
      assertThat(System.nanoTime()).as(condition).isLessThan(deadline);
    }
  }

  // --- chunks on their way out

  @Test
  void detachedChunkIsNotOpened() throws SQLException {
    session.run(ensure(0), "INSERT INTO conditions VALUES ('1970-01-01Z', 'd', 1)");
    session.run("ALTER TABLE conditions DETACH PARTITION conditions_19700101");

    assertThat(session.text(open(0))).isNull();

    session.run(ensure(0));
    assertThat(session.text(open(0))).isEqualTo("public.conditions_19700101_2 0 " + DAY);
    session.run("DROP TABLE conditions_19700101");
  }

  @Test
  void droppedChunkIsNotOpened() throws SQLException {
    session.run(ensure(0), "DROP TABLE conditions_19700101");
    assertThat(session.text(open(0))).isNull();
    assertThat(varve.schema().chunks(CONDITIONS)).isEmpty();
    session.run(ensure(0));
    assertThat(session.text(open(0))).isEqualTo("public.conditions_19700101 0 " + DAY);
  }

  @Test
  void openedChunkCannotBeDroppedUnderTheWriter() throws Exception {
    session.run(ensure(0));
    try (Session writer = Session.on(database);
        Session dropper = Session.on(database)) {
      writer.run("BEGIN", open(0));
      dropper.run("SET lock_timeout = '10ms'");
      assertThatThrownBy(() -> dropper.run("DROP TABLE conditions_19700101"))
          .hasMessageContaining("lock timeout");
      writer.run("COMMIT");
      dropper.run("DROP TABLE conditions_19700101");
    }
  }

  /** The transaction's snapshot still has the chunk; the catalogue no longer does. */
  @Test
  void oldSnapshotDoesNotOpenADetachedChunk() throws Exception {
    session.run(ensure(0));
    try (Session writer = Session.on(database)) {
      writer.run("BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT 1 FROM pg_class LIMIT 1");
      session.run("ALTER TABLE conditions DETACH PARTITION conditions_19700101");
      assertThat(writer.text(open(0))).isNull();
      writer.run("ROLLBACK");
    }
    session.run("DROP TABLE conditions_19700101");
  }

  @Test
  void chunkInTheMiddleOfADetachIsNeitherOpenedNorReplaced() throws Exception {
    session.run(ensure(0));
    try (Session reader = Session.on(database);
        Session dropper = Session.on(database)) {
      reader.run("BEGIN", "SELECT count(*) FROM conditions");
      CompletableFuture<Void> detaching =
          CompletableFuture.runAsync(
              () -> {
                try {
                  dropper.run(
                      "ALTER TABLE conditions DETACH PARTITION conditions_19700101 CONCURRENTLY");
                } catch (SQLException e) {
                  throw new IllegalStateException(e);
                }
              });
      awaitTrue("EXISTS (SELECT FROM pg_inherits WHERE inhdetachpending)");

      assertThat(session.text(open(0))).isNull();
      assertThat(varve.schema().chunks(CONDITIONS)).isEmpty();
      assertThatThrownBy(() -> varve.schema().createChunks(CONDITIONS, 0, 1))
          .isInstanceOf(ConflictException.class)
          .hasMessageContaining(
              "chunk public.conditions_19700101 of hypertable public.conditions is being dropped");
      assertThat(varve.schema().createChunks(CONDITIONS, DAY, DAY + 1)).isEqualTo(1);

      reader.run("COMMIT");
      detaching.get();
    }
    assertThat(varve.schema().createChunks(CONDITIONS, 0, 1)).isEqualTo(1);
    session.run("DROP TABLE conditions_19700101");
  }

  @Test
  void partitionsAttachedByHandAreChunks() throws SQLException {
    session.run(
        ensure(0),
        "CREATE TABLE conditions_early PARTITION OF conditions FOR VALUES FROM (MINVALUE) TO ('1969-12-30Z')",
        "CREATE TABLE conditions_odd PARTITION OF conditions FOR VALUES FROM ('1970-01-02 12:00Z') TO ('1970-01-05Z')");

    assertThat(varve.schema().createChunks(CONDITIONS, -3 * DAY, DAY + DAY / 2)).isEqualTo(3);

    assertThat(ranges())
        .containsExactly(
            "-infinity .. 1969-12-30 00:00:00+00",
            "1969-12-30 00:00:00+00 .. 1969-12-31 00:00:00+00",
            "1969-12-31 00:00:00+00 .. 1970-01-01 00:00:00+00",
            "1970-01-01 00:00:00+00 .. 1970-01-02 00:00:00+00",
            "1970-01-02 00:00:00+00 .. 1970-01-02 12:00:00+00",
            "1970-01-02 12:00:00+00 .. 1970-01-05 00:00:00+00");
    assertThat(session.text(open(3 * DAY))).isNull();
    session.run(ensure(3 * DAY));
    assertThat(session.text(open(3 * DAY))).startsWith("public.conditions_odd ");
  }

  @Test
  void chunkAttachedAgainWithAnotherRangeIsOpenedWithThatRange() throws SQLException {
    session.run(
        ensure(0),
        "ALTER TABLE conditions DETACH PARTITION conditions_19700101",
        "ALTER TABLE conditions ATTACH PARTITION conditions_19700101"
            + " FOR VALUES FROM ('1970-01-01Z') TO ('1970-01-11Z')");
    assertThat(session.text(open(0))).isNull();
    session.run(ensure(5 * DAY));
    assertThat(session.text(open(0))).isEqualTo("public.conditions_19700101 0 " + 10 * DAY);
  }

  @Test
  void renamedAndMovedChunksAndTablesAreFound() throws SQLException {
    session.run(
        ensure(0),
        "ALTER TABLE conditions_19700101 RENAME TO loose",
        "ALTER TABLE conditions RENAME COLUMN ts TO at");
    assertThat(session.text(open(0))).isEqualTo("public.loose 0 " + DAY);
    assertThat(varve.schema().inspect(CONDITIONS).time().name()).isEqualTo("at");
  }

  // --- limits

  @Test
  void moreThanAThousandChunksAreRefused() throws SQLException {
    recreate(Kind.BIGINT, "1");
    List<String> attach = new ArrayList<>();
    for (int i = 0; i < 999; i++) {
      attach.add(
          "CREATE TABLE c_%1$d PARTITION OF conditions FOR VALUES FROM (%1$d) TO (%1$d + 1)"
              .formatted(i));
    }
    session.run("SET client_min_messages = error");
    session.run(String.join(";", attach));
    assertThat(varve.schema().createChunks(CONDITIONS, 999, 1000)).isEqualTo(1);
    assertThatThrownBy(() -> varve.schema().createChunks(CONDITIONS, 1000, 1001))
        .isInstanceOf(CapacityException.class)
        .hasMessageContaining(
            "hypertable conditions has 1000 chunks and would need 1 more: the limit is 1000");
    assertThat(varve.schema().createChunks(CONDITIONS, 990, 1000)).isZero();
    assertThatThrownBy(() -> session.run(ensure(1000)))
        .hasMessageContaining(
            "hypertable public.conditions has 1000 chunks and gets no more: the limit is 1000");
    session.run("DROP TABLE conditions");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1001, 999",
    "-9223372036854775808, 9223372036854775807, 18446744073709551613",
    "-500, 501, 999"
  })
  void spanOfTooManyChunksIsRefusedBeforeTheFirst(long from, long to, String needed)
      throws SQLException {
    recreate(Kind.BIGINT, "1");
    session.run(ensure(0), ensure(500));
    assertThatThrownBy(() -> varve.schema().createChunks(CONDITIONS, from, to))
        .isInstanceOf(CapacityException.class)
        .hasMessageContaining("has 2 chunks and would need %s more".formatted(needed));
    assertThat(varve.schema().chunks(CONDITIONS)).hasSize(2);
  }

  @Test
  void spanThatEndsBeforeItBeginsIsRefused() {
    assertThatThrownBy(() -> varve.schema().createChunks(CONDITIONS, DAY, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("from 86400000000 to 0; expected a span that does not end before");
  }

  /** A trigger may raise what the server says where it has no chunk. */
  @Test
  void refusalThatAChunkDoesNotCureIsNotTriedAgainAndAgain() throws SQLException {
    session.run(
        "CREATE SEQUENCE calls",
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            + " PERFORM nextval('calls'); RAISE check_violation USING MESSAGE = 'refused'; END $$",
        "CREATE TRIGGER refuse BEFORE INSERT ON conditions FOR EACH ROW EXECUTE FUNCTION refuse()",
        ensure(0));
    Table<Row> table = varve.schema().inspect(CONDITIONS);
    Row row = new Row(List.of("ts", "device", "v"), Instant.EPOCH, "d", 1.0);
    assertThatThrownBy(() -> varve.table(table).insert(row)).hasMessageContaining("refused");
    assertThat(Integer.parseInt(String.valueOf(session.text("SELECT last_value FROM calls"))))
        .isLessThanOrEqualTo(2);
    session.run("DROP TABLE conditions", "DROP FUNCTION refuse", "DROP SEQUENCE calls");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, DAY - 1})
  void ensureChunkTellsItsRange(long at) throws SQLException {
    assertThat(session.text(ensure(at))).isEqualTo("(0,%d,t)".formatted(DAY));
    assertThat(session.text(ensure(at))).isEqualTo("(0,%d,f)".formatted(DAY));
  }

  @Test
  void infiniteTimeIsRefusedWithItsReason() {
    assertThatThrownBy(
            () -> varve.schema().createChunks(CONDITIONS, Long.MIN_VALUE, Long.MIN_VALUE + 1))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(
            "time -9223372036854775808 of hypertable public.conditions cannot be kept in a chunk:"
                + " expected a finite timestamp with time zone");
  }

  @Test
  void sizesAndRowsAreListed() throws SQLException {
    Instant start = Instant.EPOCH;
    session.run(
        ensure(0),
        "INSERT INTO conditions SELECT '" + start + "', 'd', 1 FROM generate_series(1, 100)");
    assertThat(varve.schema().chunks(CONDITIONS).get(0).rows()).isEqualTo(-1);
    session.run("ANALYZE conditions");
    assertThat(varve.schema().chunks(CONDITIONS).get(0).rows()).isEqualTo(100);
    assertThat(varve.schema().hypertables().get(0).rows()).isEqualTo(100);
    assertThat(varve.schema().hypertables().get(0).bytes())
        .isEqualTo(varve.schema().chunks(CONDITIONS).get(0).bytes())
        .isPositive();
  }
}
