package io.varve.testkit.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.SchemaException;
import io.varve.Tier;
import io.varve.Varve;
import io.varve.model.Chunk;
import io.varve.model.Column;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.model.HypertableInfo;
import io.varve.model.QualifiedName;
import io.varve.model.Role;
import io.varve.model.Row;
import io.varve.model.Table;
import io.varve.model.TableBuilder;
import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TestDatabase;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code varve.schema()} promises, on whatever tier the server is. */
@ExtendWith(DatabaseExtension.class)
@TestInstance(Lifecycle.PER_CLASS)
final class HypertableIT {

  private static final QualifiedName CONDITIONS = QualifiedName.parse("conditions");

  private final TestDatabase database;
  private final Varve varve;
  private final Session session;

  HypertableIT(TestDatabase database) {
    this.database = database;
    this.varve = database.connect();
    this.session = Session.on(database);
  }

  @AfterEach
  void drop() throws SQLException {
    session.run(
        "SET client_min_messages = error",
        "DROP VIEW IF EXISTS conditions_view",
        // One by one: TimescaleDB drops no hypertable along with anything else.
        "DROP TABLE IF EXISTS conditions CASCADE",
        "DROP TABLE IF EXISTS plant.conditions CASCADE",
        "DROP SCHEMA IF EXISTS plant CASCADE",
        "DROP TYPE IF EXISTS mood CASCADE",
        "DROP DOMAIN IF EXISTS percent CASCADE");
  }

  @AfterAll
  void close() throws SQLException {
    session.close();
    varve.close();
  }

  private static TableBuilder conditions() {
    return Table.builder("conditions")
        .time("ts", ColumnType.of(Kind.TIMESTAMPTZ))
        .dimension("device", ColumnType.of(Kind.TEXT))
        .measure("temperature", ColumnType.of(Kind.DOUBLE))
        .chunk("1 day");
  }

  private List<String> indexes() throws SQLException {
    return session
        .texts(
            """
        SELECT regexp_replace(indexdef, '.* USING btree ', '') FROM pg_indexes
         WHERE tablename = 'conditions' ORDER BY 1
        """)
        .stream()
        .map(String::valueOf)
        .toList();
  }

  @Test
  void createsOnceAndFindsItAfterwards() {
    assertThat(varve.schema().exists(CONDITIONS)).isFalse();

    assertThat(varve.schema().create(conditions().build())).isTrue();

    assertThat(varve.schema().exists(CONDITIONS)).isTrue();
    assertThat(varve.schema().create(conditions().build())).isFalse();
    assertThat(varve.schema().hypertables())
        .containsExactly(new HypertableInfo(CONDITIONS, "ts", 0, 0, sizeOf(CONDITIONS)));
    assertThat(varve.schema().chunks(CONDITIONS)).isEmpty();
  }

  /** TimescaleDB counts the empty hypertable's own index pages, a partitioned table has none. */
  private long sizeOf(QualifiedName name) {
    return varve.schema().hypertables().stream()
        .filter(info -> info.name().equals(name))
        .mapToLong(HypertableInfo::bytes)
        .sum();
  }

  @ParameterizedTest
  @ValueSource(strings = {"read committed", "repeatable read", "serializable"})
  void tenCreatingAtOnceCreateOne(String isolation) throws Exception {
    session.run("ALTER ROLE CURRENT_USER SET default_transaction_isolation = '" + isolation + "'");
    List<Boolean> created =
        Together.run(
            10,
            i ->
                () -> {
                  try (Varve own = database.connect()) {
                    return own.schema().create(conditions().build());
                  }
                });

    session.run("ALTER ROLE CURRENT_USER RESET default_transaction_isolation");
    assertThat(Collections.frequency(created, true)).isEqualTo(1);
  }

  @Test
  void tablesCreatedAtOnceInANewSchemaAllArrive() throws Exception {
    for (int round = 0; round < 5; round++) {
      List<Boolean> created =
          Together.run(
              6,
              i ->
                  () -> {
                    try (Varve own = database.connect()) {
                      own.toolkit().install();
                      return own.schema()
                          .create(
                              Table.builder(new QualifiedName("plant", "t" + i))
                                  .time("ts", ColumnType.of(Kind.TIMESTAMPTZ))
                                  .build());
                    }
                  });
      assertThat(created).containsOnly(true);
      for (int i = 0; i < 6; i++) {
        varve.schema().drop(new QualifiedName("plant", "t" + i));
      }
      session.run("DROP SCHEMA plant");
    }
  }

  @Test
  void renamedColumnsKeepTheirRoles() throws SQLException {
    varve.schema().create(conditions().dimension("site", ColumnType.of(Kind.TEXT)).build());
    session.run(
        "DROP INDEX conditions_device_site_ts_idx",
        "ALTER TABLE conditions RENAME COLUMN device TO sensor",
        "ALTER TABLE conditions RENAME COLUMN temperature TO device",
        "ALTER TABLE conditions RENAME COLUMN ts TO at");

    Table<Row> found = varve.schema().inspect(CONDITIONS);

    assertThat(found.time().name()).isEqualTo("at");
    assertThat(found.dimensions()).extracting(Column::name).containsExactly("sensor", "site");
    assertThat(found.measures()).extracting(Column::name).containsExactly("device");
  }

  /** A restored dump numbers columns anew, but keeps their names. */
  @Test
  void dimensionsOfARestoredTableAreFoundByName() throws SQLException {
    varve.schema().create(conditions().dimension("site", ColumnType.of(Kind.TEXT)).build());
    session.run(
        "UPDATE varve_internal.hypertable SET numbered_under = 1, dimension_numbers = '{3,1}'");

    assertThat(varve.schema().inspect(CONDITIONS).dimensions())
        .extracting(Column::name)
        .containsExactly("device", "site");
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"TIMESTAMPTZ", "TIMESTAMP", "DATE", "BIGINT"})
  void everyTimeTypeMakesAHypertableThatIsDescribedAlike(Kind time) {
    Table<Row> table =
        Table.builder("conditions")
            .time("at", ColumnType.of(time))
            .dimension("device", ColumnType.of(Kind.INTEGER))
            .measure("v", ColumnType.of(Kind.REAL))
            .chunk(time == Kind.BIGINT ? "1000" : "3 days")
            .build();
    varve.schema().create(table);

    Table<Row> found = varve.schema().inspect(CONDITIONS);

    assertThat(found.time().type()).isEqualTo(ColumnType.of(time));
    assertThat(found.chunk()).isEqualTo(table.chunk());
    assertThat(found.dimensions()).extracting(Column::name).containsExactly("device");
    assertThat(varve.schema().create(found)).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          TIMESTAMPTZ | 7 days  | 1969-12-31T23:59:59.999999Z | 1969-12-25 00:00:00+00 | 1970-01-01 00:00:00+00
          TIMESTAMPTZ | 6 hours | 2024-03-10T12:00:00Z        | 2024-03-10 12:00:00+00 | 2024-03-10 18:00:00+00
          TIMESTAMP   | 1 day   | 2024-02-29T23:59:59         | 2024-02-29 00:00:00    | 2024-03-01 00:00:00
          DATE        | 7 days  | 2024-02-29                  | 2024-02-29             | 2024-03-07
          BIGINT      | 1000    | -1                          | -1000                  | 0
          """)
  void chunksAreListedWithTheirRanges(Kind time, String width, String at, String start, String end)
      throws SQLException {
    varve
        .schema()
        .create(
            Table.builder("conditions")
                .time("ts", ColumnType.of(time))
                .measure("v", ColumnType.of(Kind.DOUBLE))
                .chunk(width)
                .build());
    String units =
        switch (time) {
          case DATE -> "'%s'::date - date '1970-01-01'";
          case BIGINT -> "%s::bigint";
          default -> "(extract(epoch FROM '%s'::timestamptz) * 1000000)::bigint";
        };
    session.run("SET TimeZone = 'UTC'");
    long from = Long.parseLong(String.valueOf(session.text("SELECT " + units.formatted(at))));
    varve.schema().createChunks(CONDITIONS, from, from + 1);
    session.run(
        "INSERT INTO conditions SELECT '%s', n FROM generate_series(1, 10) n".formatted(at));
    session.run("ANALYZE conditions");

    assertThat(varve.schema().chunks(CONDITIONS)).hasSize(1);
    Chunk chunk = varve.schema().chunks(CONDITIONS).get(0);
    assertThat(chunk.startText()).isEqualTo(start);
    assertThat(chunk.endText()).isEqualTo(end);
    assertThat(from).isBetween(chunk.start(), chunk.end() - 1);
    assertThat(chunk.rows()).isEqualTo(10);
    assertThat(chunk.bytes()).isPositive();
    assertThat(session.text("SELECT count(*) FROM " + chunk.name().sql())).isEqualTo("10");
    HypertableInfo listed = varve.schema().hypertables().get(0);
    assertThat(listed.chunks()).isEqualTo(1);
    assertThat(listed.rows()).isEqualTo(10);
    assertThat(listed.bytes()).isGreaterThanOrEqualTo(chunk.bytes());
  }

  @Test
  void hypertableMadeWithoutVarveIsDescribedByItsKeysAndIndexes() throws SQLException {
    Assumptions.assumeTrue(
        varve.capabilities().tier() != Tier.PLAIN, "without TimescaleDB Varve makes them all");
    session.run(
        """
        CREATE TABLE conditions (
          ts timestamptz NOT NULL, device text, site uuid, v double precision, n numeric, note text)
        """,
        "SELECT create_hypertable('conditions', by_range('ts', interval '2 hours'))",
        "CREATE INDEX ON conditions (device, site, ts DESC)",
        "CREATE UNIQUE INDEX ON conditions (n, ts)");

    Table<Row> found = varve.schema().inspect(CONDITIONS);

    assertThat(found.dimensions()).extracting(Column::name).containsExactly("device", "site");
    assertThat(found.measures()).extracting(Column::name).containsExactly("v", "n", "note");
    assertThat(found.key()).containsExactly("n", "ts");
    assertThat(found.chunk().units()).isEqualTo(7_200_000_000L);
    assertThat(varve.schema().create(found)).isFalse();
  }

  @Test
  void everyColumnTypeIsDescribedAsItWasCreated() throws SQLException {
    session.run(
        "CREATE TYPE mood AS ENUM ('calm', 'wild')", "CREATE DOMAIN percent AS numeric(5, 2)");
    TableBuilder builder = conditions();
    for (Kind kind : Kind.values()) {
      builder.measure("c_" + kind.name().toLowerCase(java.util.Locale.ROOT), ColumnType.of(kind));
      builder.measure(
          "a_" + kind.name().toLowerCase(java.util.Locale.ROOT), ColumnType.arrayOf(kind));
    }
    builder
        .measure("n", new ColumnType(Kind.NUMERIC, false, "numeric(10,2)"))
        .measure("vc", new ColumnType(Kind.TEXT, false, "varchar(7)"))
        .measure("m", new ColumnType(Kind.TEXT, false, "mood"))
        .measure("ms", new ColumnType(Kind.TEXT, true, "mood[]"))
        .measure("p", new ColumnType(Kind.NUMERIC, false, "percent"));
    Table<Row> table = builder.build();
    varve.schema().create(table);

    Table<Row> found = varve.schema().inspect(CONDITIONS);

    assertThat(found.columns()).hasSameSizeAs(table.columns());
    for (Column<Row, ?> column : table.columns()) {
      Column<Row, ?> same = found.column(column.name());
      assertThat(same.type().kind()).as(column.name()).isEqualTo(column.type().kind());
      assertThat(same.type().array()).as(column.name()).isEqualTo(column.type().array());
      assertThat(same.nullable()).as(column.name()).isEqualTo(column.nullable());
      assertThat(same.role()).as(column.name()).isEqualTo(column.role());
    }
    assertThat(found.column("n").type().sql()).isEqualTo("numeric(10,2)");
    assertThat(found.column("vc").type().sql()).isEqualTo("character varying(7)");
    assertThat(found.column("m").type().sql()).isEqualTo("public.mood");
    assertThat(found.column("ms").type().sql()).isEqualTo("public.mood[]");
    assertThat(found.column("p").type().sql()).isEqualTo("public.percent");
    assertThat(varve.schema().create(table)).isFalse();
    assertThat(varve.schema().create(found)).isFalse();
  }

  @Test
  void oddNamesAreTakenAsTheyAre() {
    QualifiedName odd = new QualifiedName("public", "Odd \"name\".é");
    Table<Row> table =
        Table.builder(odd)
            .time("Time \"of\" day", ColumnType.of(Kind.TIMESTAMPTZ))
            .dimension("select", ColumnType.of(Kind.TEXT))
            .measure("back\\slash'", ColumnType.of(Kind.DOUBLE))
            .key("select", "Time \"of\" day")
            .build();
    assertThat(varve.schema().create(table)).isTrue();
    assertThat(varve.schema().create(table)).isFalse();
    assertThat(varve.schema().inspect(odd).key()).containsExactly("select", "Time \"of\" day");
    varve.schema().createChunks(odd, 0, 1);
    assertThat(varve.schema().hypertables()).extracting(HypertableInfo::name).contains(odd);
    varve.schema().drop(odd);
    assertThat(varve.schema().exists(odd)).isFalse();
  }

  @Test
  void seriesAndTimeAreTheOnlyIndex() throws SQLException {
    varve.schema().create(conditions().build());
    assertThat(indexes()).containsExactly("(device, ts DESC)");
  }

  @Test
  void timeAloneIsIndexedWithoutDimensions() throws SQLException {
    varve
        .schema()
        .create(
            Table.builder("conditions")
                .time("ts", ColumnType.of(Kind.TIMESTAMPTZ))
                .measure("v", ColumnType.of(Kind.DOUBLE))
                .build());
    assertThat(indexes()).containsExactly("(ts DESC)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          device,ts     | (device, ts)
          ts,device     | (device, ts DESC);(ts, device)
          device,ts,temperature | (device, ts, temperature) NULLS NOT DISTINCT
          ts            | (device, ts DESC);(ts)
          """)
  void keyThatLeadsToTheTimeOfASeriesIsIndexEnough(String key, String expected)
      throws SQLException {
    varve.schema().create(conditions().key(key.split(",")).build());
    assertThat(indexes()).containsExactly(expected.split(";"));
    assertThat(varve.schema().inspect(CONDITIONS).key()).containsExactly(key.split(","));
  }

  @Test
  void keyIsKept() throws SQLException {
    varve.schema().create(conditions().key("device", "ts").build());
    varve.schema().createChunks(CONDITIONS, 0, 1);
    String insert = "INSERT INTO conditions VALUES ('1970-01-01Z', 'd', 1)";
    session.run(insert);
    assertThatThrownBy(() -> session.run(insert))
        .isInstanceOf(SQLException.class)
        .extracting(e -> ((SQLException) e).getSQLState())
        .isEqualTo("23505");
  }

  @Test
  void everyDifferenceIsListed() {
    varve.schema().create(conditions().key("device", "ts").build());
    Table<Row> other =
        Table.builder("conditions")
            .time("at", ColumnType.of(Kind.TIMESTAMPTZ))
            .column("device", ColumnType.of(Kind.TEXT), Role.DIMENSION, true)
            .measure("temperature", ColumnType.of(Kind.REAL))
            .measure("humidity", ColumnType.of(Kind.DOUBLE))
            .build();

    assertThatThrownBy(() -> varve.schema().create(other))
        .isInstanceOf(SchemaException.class)
        .hasMessage(
            "hypertable conditions is not what the model says:"
                + " time column: found ts, expected at;"
                + " column \"at\": found none, expected timestamp with time zone;"
                + " column \"device\": found NOT NULL, expected NULL allowed;"
                + " column \"temperature\": found double precision, expected real;"
                + " column \"humidity\": found none, expected double precision;"
                + " column \"ts\": found timestamp with time zone NOT NULL without default, expected none;"
                + " unique key: found (device, ts), expected none");
  }

  @Test
  void columnsTheModelDoesNotKnowMayStayIfRowsCanDoWithoutThem() throws SQLException {
    varve.schema().create(conditions().build());
    session.run("ALTER TABLE conditions ADD note text, ADD n int NOT NULL DEFAULT 1");
    assertThat(varve.schema().create(conditions().build())).isFalse();
    assertThat(varve.schema().inspect(CONDITIONS).columns()).hasSize(5);
  }

  @Test
  void lengthOfATypeIsADifference() {
    ColumnType ten = new ColumnType(Kind.TEXT, false, "varchar(10)");
    ColumnType twenty = new ColumnType(Kind.TEXT, false, "varchar(20)");
    varve.schema().create(conditions().measure("note", ten).build());

    assertThatThrownBy(() -> varve.schema().create(conditions().measure("note", twenty).build()))
        .isInstanceOf(SchemaException.class)
        .hasMessageEndingWith("column \"note\": found character varying(10), expected varchar(20)");
  }

  @Test
  void tableThatIsNoHypertableIsRefused() throws SQLException {
    session.run("CREATE TABLE conditions (ts timestamptz NOT NULL)");
    assertThatThrownBy(() -> varve.schema().create(conditions().build()))
        .isInstanceOf(SchemaException.class)
        .hasMessage(
            "conditions is a table and not a hypertable; rename it, create the hypertable, and copy"
                + " its rows; or choose another name");
    assertThatThrownBy(() -> varve.schema().inspect(CONDITIONS))
        .isInstanceOf(SchemaException.class)
        .hasMessageStartingWith("conditions is a table and not a hypertable");
    assertThatThrownBy(() -> varve.schema().drop(CONDITIONS))
        .isInstanceOf(SchemaException.class)
        .hasMessageStartingWith("conditions is a table and not a hypertable");
    assertThat(varve.schema().exists(CONDITIONS)).isFalse();
  }

  @Test
  void viewIsRefused() throws SQLException {
    session.run("CREATE VIEW conditions_view AS SELECT 1 AS x");
    Table<Row> table =
        Table.builder("conditions_view")
            .time("ts", ColumnType.of(Kind.TIMESTAMPTZ))
            .measure("v", ColumnType.of(Kind.DOUBLE))
            .build();
    assertThatThrownBy(() -> varve.schema().create(table))
        .isInstanceOf(SchemaException.class)
        .hasMessage("conditions_view is a view and not a hypertable; choose another name");
  }

  @Test
  void absentTableIsSaidToBeAbsent() {
    assertThatThrownBy(() -> varve.schema().chunks(QualifiedName.parse("plant.nothing")))
        .isInstanceOf(SchemaException.class)
        .hasMessage("hypertable plant.nothing does not exist; create it with schema().create(…)");
  }

  @Test
  void missingSchemaIsCreated() {
    Table<Row> table =
        Table.builder("plant.conditions")
            .time("ts", ColumnType.of(Kind.TIMESTAMPTZ))
            .measure("v", ColumnType.of(Kind.DOUBLE))
            .build();
    assertThat(varve.schema().create(table)).isTrue();
    assertThat(varve.schema().inspect(table.name()).name()).isEqualTo(table.name());
  }

  @Test
  void droppedHypertableCanBeCreatedAgainAsAnother() {
    varve.schema().create(conditions().build());
    varve.schema().createChunks(CONDITIONS, 0, 1);
    varve.schema().drop(CONDITIONS);
    assertThat(varve.schema().exists(CONDITIONS)).isFalse();
    assertThat(varve.schema().hypertables()).isEmpty();

    Table<Row> other =
        Table.builder("conditions")
            .time("day", ColumnType.of(Kind.DATE))
            .measure("v", ColumnType.of(Kind.DOUBLE))
            .build();
    assertThat(varve.schema().create(other)).isTrue();
    assertThat(varve.schema().chunks(CONDITIONS)).isEmpty();
  }

  @Test
  void typesVarveDoesNotKnowAreNamedButListed() throws SQLException {
    varve.schema().create(conditions().build());
    session.run("ALTER TABLE conditions ADD place point, ADD net inet");

    assertThat(varve.schema().hypertables()).extracting(HypertableInfo::name).contains(CONDITIONS);
    assertThatThrownBy(() -> varve.schema().inspect(CONDITIONS))
        .isInstanceOf(SchemaException.class)
        .hasMessageStartingWith(
            "hypertable conditions has columns of types Varve does not know: \"place\" point, \"net\" inet;"
                + " expected boolean, smallint,");
  }

  @Test
  void nothingIsThereInAnEmptyDatabase() throws Exception {
    try (Session other = Session.on(database)) {
      other.run(
          "SET client_min_messages = error", "DROP SCHEMA IF EXISTS varve, varve_internal CASCADE");
    }
    assertThat(varve.schema().hypertables()).isEmpty();
    assertThat(varve.schema().exists(CONDITIONS)).isFalse();
    assertThatThrownBy(() -> varve.schema().inspect(CONDITIONS))
        .isInstanceOf(SchemaException.class)
        .hasMessage("hypertable conditions does not exist; create it with schema().create(…)");
  }
}
