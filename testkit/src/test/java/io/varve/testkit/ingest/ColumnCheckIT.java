package io.varve.testkit.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.DataException;
import io.varve.MappingException;
import io.varve.SchemaException;
import io.varve.Tier;
import io.varve.Varve;
import io.varve.ingest.TableWriter;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Row;
import io.varve.model.Table;
import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TestDatabase;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What happens when the table is not what the model says. */
@ExtendWith(DatabaseExtension.class)
class ColumnCheckIT {

  private static final Instant NOON = Instant.parse("2024-02-29T12:00:00Z");

  private final TestDatabase database;
  private final Varve varve;

  ColumnCheckIT(TestDatabase database) {
    this.database = database;
    this.varve = database.connect();
  }

  @AfterEach
  void drop() throws SQLException {
    varve.close();
    execute(
        "drop table if exists readings cascade",
        "drop type if exists mood, grade, price, short cascade");
  }

  private static Table<Row> table(ColumnType type) {
    return Table.builder("readings")
        .time("time", ColumnType.of(Kind.TIMESTAMPTZ))
        .measure("value", type)
        .measure("note", ColumnType.of(Kind.TEXT))
        .build();
  }

  private static Row row(Table<Row> table, @Nullable Object value) {
    return table.newRow(new Object[] {NOON, value, "note"});
  }

  @Test
  void anAbsentTableIsRefusedWithTheRemedy() {
    Table<Row> table = table(ColumnType.of(Kind.DOUBLE));

    assertThatThrownBy(() -> varve.table(table).insert(row(table, 1.0)))
        .isInstanceOf(SchemaException.class)
        .hasMessage(
            "table readings does not exist; create it first, such as by schema().create(table) or SeriesClient.ensureSchema()");
  }

  @Test
  void aTableThatIsNoHypertableIsRefused() throws SQLException {
    Table<Row> table = table(ColumnType.of(Kind.DOUBLE));
    execute("create table readings (time timestamptz not null, value float8, note text)");

    assertThatThrownBy(() -> varve.table(table).insert(row(table, 1.0)))
        .isInstanceOf(SchemaException.class)
        .hasMessage("table readings is not a hypertable; create it as one: schema().create(table)");
  }

  @Test
  void anotherTimeColumnIsRefused() {
    varve.schema().create(table(ColumnType.of(Kind.TIMESTAMPTZ)));
    Table<Row> other =
        Table.builder("readings")
            .measure("time", ColumnType.of(Kind.TIMESTAMPTZ))
            .time("value", ColumnType.of(Kind.TIMESTAMPTZ))
            .build();

    assertThatThrownBy(() -> varve.table(other).insert(other.newRow(new Object[] {NOON, NOON})))
        .isInstanceOf(SchemaException.class)
        .hasMessage(
            "table readings is partitioned by column \"time\"; expected \"value\", the model's time");
  }

  @Test
  void everyColumnThatDiffersIsNamed() throws SQLException {
    Table<Row> table = table(ColumnType.of(Kind.DOUBLE));
    varve.schema().create(table);
    execute(
        "alter table readings alter value type numeric(10,2)", "alter table readings drop note");

    assertThatThrownBy(() -> varve.table(table).insert(row(table, 1.0)))
        .isInstanceOf(SchemaException.class)
        .hasMessage(
            "table readings is not what the model says: column \"value\" is numeric(10,2), expected"
                + " double precision; column \"note\" is missing, expected text");
  }

  /** Eight bytes are eight bytes: without the check the double would be stored as a number. */
  @Test
  void aColumnThatChangesUnderAWriterIsNoticed() throws SQLException {
    Table<Row> table = table(ColumnType.of(Kind.DOUBLE));
    varve.schema().create(table);
    TableWriter<Row> writer = varve.table(table);
    writer.insertAll(List.of(row(table, 1.5)));
    execute("alter table readings alter value type bigint");

    assertThatThrownBy(() -> writer.insertAll(List.of(row(table, 2.5))))
        .isInstanceOf(SchemaException.class)
        .hasMessage(
            "table readings is not what the model says: column \"value\" is bigint, expected double"
                + " precision");
    assertThatThrownBy(() -> writer.insert(row(table, 2.5)))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("inserting into readings: invalid input syntax for type bigint");
    assertThat(values()).containsExactly("2");
  }

  @Test
  void typesWhoseBytesAreTextTakeText() throws SQLException {
    execute(
        "create extension if not exists citext",
        "create type mood as enum ('calm', 'angry')",
        "create domain grade as varchar(3)");
    for (String type : List.of("varchar(10)", "mood", "grade", "name", "citext")) {
      Table<Row> table = table(ColumnType.of(Kind.TEXT));
      varve.schema().create(table);
      execute("alter table readings alter value type %1$s using value::%1$s".formatted(type));

      varve.table(table).insertAll(List.of(row(table, type.equals("mood") ? "angry" : "A+")));
      varve.table(table).insert(row(table, type.equals("mood") ? "angry" : "A+"));

      assertThat(values()).containsOnly(type.equals("mood") ? "angry" : "A+").hasSize(2);
      assertThat(varve.from("readings").list())
          .extracting(row -> row.value("value"))
          .containsOnly(type.equals("mood") ? "angry" : "A+");
      execute("drop table readings");
    }
  }

  @Test
  void arraysOfTypesWhoseBytesAreTextTakeText() throws SQLException {
    execute("create extension if not exists citext", "create type mood as enum ('calm', 'angry')");
    for (String type : List.of("varchar(10)[]", "mood[]", "name[]", "citext[]")) {
      Table<Row> table = table(ColumnType.arrayOf(Kind.TEXT));
      varve.schema().create(table);
      execute("alter table readings alter value type %1$s using value::%1$s".formatted(type));

      varve.table(table).insertAll(List.of(row(table, List.of("angry", "calm"))));
      varve.table(table).insert(row(table, List.of("angry", "calm")));

      assertThat(values()).containsExactly("{angry,calm}", "{angry,calm}");
      assertThat(varve.from("readings").list())
          .extracting(row -> row.value("value"))
          .containsOnly(List.of("angry", "calm"));
      execute("drop table readings");
    }
  }

  /** What the server would store otherwise than it was given, by COPY as by INSERT. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          numeric(10,2) | numeric | 1.50      | 1.005
          price         | numeric | 1.50      | 1.005
          varchar(3)    | text    | 'abc'     | 'abc '
          char(3)       | text    | 'abc'     | 'abc '
          grade         | text    | 'A+'      | 'A++ '
          timestamp(3)  | timestamp without time zone | 2024-02-29T12:00:00.123 | 2024-02-29T12:00:00.1234
          numeric(4,1)[] | numeric[] | 1.5    | 1.25
          """)
  void whatAModifierWouldChangeIsRefused(String type, String model, String good, String bad)
      throws SQLException {
    execute(
        "create domain price as numeric(10,2)",
        "create domain short as varchar(3)",
        "create domain grade as short");
    ColumnType column =
        Stream.of(Kind.NUMERIC, Kind.TEXT, Kind.TIMESTAMP)
            .filter(kind -> model.startsWith(kind.sql()))
            .map(kind -> model.endsWith("[]") ? ColumnType.arrayOf(kind) : ColumnType.of(kind))
            .findFirst()
            .orElseThrow();
    Table<Row> table = table(column);
    varve.schema().create(table);
    execute("alter table readings alter value type %1$s using value::%1$s".formatted(type));
    TableWriter<Row> writer = varve.table(table);
    writer.insert(row(table, value(column, good)));
    List<String> stored = values();

    Row refused = row(table, value(column, bad));
    assertThatThrownBy(() -> writer.insert(refused))
        .isInstanceOf(MappingException.class)
        .hasMessageStartingWith("inserting into readings: column \"value\" of readings: ");
    assertThatThrownBy(() -> writer.insertAll(List.of(refused)))
        .isInstanceOf(MappingException.class)
        .hasMessageStartingWith("inserting into readings, row 0: column \"value\" of readings: ");
    assertThat(values()).isEqualTo(stored);
  }

  private static Object value(ColumnType type, String text) {
    Object single =
        switch (type.kind()) {
          case NUMERIC -> new BigDecimal(text);
          case TIMESTAMP -> LocalDateTime.parse(text);
          default -> text;
        };
    return type.array() ? List.of(single) : single;
  }

  @Test
  void aTimeThatIsRoundedIsRefusedEverywhere() throws SQLException {
    Assumptions.assumeTrue(
        varve.capabilities().tier() == Tier.PLAIN, "the statement makes a hypertable of Varve's");
    Table<Row> table = table(ColumnType.of(Kind.DOUBLE));
    varve.toolkit().install();
    execute(
        "create table readings (time timestamptz(0) not null, value float8, note text)"
            + " partition by range (time)",
        "select varve_internal.register_hypertable('readings', 86400000000, '{}')");

    assertThatThrownBy(() -> varve.table(table).insert(row(table, 1.0)))
        .isInstanceOf(SchemaException.class)
        .hasMessage(
            "table readings is not what the model says: column \"time\" is timestamp(0) with time"
                + " zone, expected timestamp with time zone, which is not rounded");
    assertThatThrownBy(() -> varve.from("readings"))
        .isInstanceOf(SchemaException.class)
        .hasMessage(
            "hypertable readings has a time column \"time\" of type timestamp(0) with time zone,"
                + " which rounds times; expected full precision");
    assertThatThrownBy(() -> varve.schema().create(table))
        .isInstanceOf(SchemaException.class)
        .hasMessageContaining(
            "time column: found timestamp(0) with time zone, which rounds times, expected full"
                + " precision");
  }

  @Test
  void anArrayIsNotASingleValue() throws SQLException {
    Table<Row> table = table(ColumnType.arrayOf(Kind.INTEGER));
    varve.schema().create(table);
    execute("alter table readings alter value type integer using 1");

    assertThatThrownBy(() -> varve.table(table).insert(row(table, List.of(1))))
        .isInstanceOf(SchemaException.class)
        .hasMessage(
            "table readings is not what the model says: column \"value\" is integer, expected"
                + " integer[]");
  }

  private List<String> values() throws SQLException {
    try (Connection connection = database.jdbc();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select array_agg(value::text) from readings")) {
      rows.next();
      return List.of((String[]) rows.getArray(1).getArray());
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
