package io.varve.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.varve.SchemaException;
import io.varve.Tier;
import io.varve.Varve;
import io.varve.VarveException;
import io.varve.model.Chunk;
import io.varve.model.Column;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Dimension;
import io.varve.model.HypertableInfo;
import io.varve.model.Measure;
import io.varve.model.QualifiedName;
import io.varve.model.Role;
import io.varve.model.Row;
import io.varve.model.Table;
import io.varve.model.TableBuilder;
import io.varve.model.Time;
import io.varve.model.TimeSeries;
import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TestDatabase;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hypertables: creating, describing and dropping them, and the chunks they are made of. */
@ExtendWith({DatabaseExtension.class, VarveExtension.class})
final class HypertableContract {

  private static final long DAY = 86_400_000_000L;
  private static final Instant NEW_YEAR = Instant.parse("2024-01-01T00:00:00Z");
  private static final QualifiedName READINGS = QualifiedName.parse("readings");

  private final TestDatabase database;
  private final Varve varve;

  HypertableContract(TestDatabase database, Varve varve) {
    this.database = database;
    this.varve = varve;
  }

  @TimeSeries(
      table = "readings",
      chunk = "1 day",
      key = {"device", "time"})
  record Reading(
      @Time Instant time,
      @Dimension String device,
      @Measure double temperature,
      @Measure @Nullable Double humidity) {}

  @Test
  void createMakesAHypertableOnce() {
    Table<Reading> table = Table.of(Reading.class);
    assertThat(varve.schema().exists(READINGS)).isFalse();
    assertThat(varve.schema().create(table)).isTrue();
    assertThat(varve.schema().exists(READINGS)).isTrue();
    assertThat(varve.schema().create(table)).isFalse();
  }

  @Test
  void hypertablesAreListedByName() {
    varve.schema().create(Table.of(Reading.class));
    varve.schema().create(anyTable("another").build());
    assertThat(varve.schema().hypertables())
        .extracting(HypertableInfo::name, HypertableInfo::timeColumn, HypertableInfo::chunks)
        .containsExactly(
            tuple(QualifiedName.parse("another"), "time", 0L), tuple(READINGS, "time", 0L));
  }

  @Test
  void inspectDescribesWhatCreateMade() {
    Table<Reading> made = Table.of(Reading.class);
    varve.schema().create(made);
    Table<Row> found = varve.schema().inspect(READINGS);
    assertThat(found.name()).isEqualTo(made.name());
    assertThat(found.columns().stream().map(HypertableContract::describe))
        .containsExactlyElementsOf(
            made.columns().stream().map(HypertableContract::describe).toList());
    assertThat(found.time().name()).isEqualTo("time");
    assertThat(found.chunk()).isEqualTo(made.chunk());
    assertThat(found.key()).containsExactlyInAnyOrderElementsOf(made.key());
  }

  private static String describe(Column<?, ?> column) {
    return "%s %s %s".formatted(column.name(), column.type().sql(), column.nullable());
  }

  @Test
  void absentTableIsRefused() {
    assertThatThrownBy(() -> varve.schema().inspect(QualifiedName.parse("nowhere")))
        .isInstanceOf(SchemaException.class)
        .hasMessageContaining("nowhere");
    assertThatThrownBy(() -> varve.schema().chunks(QualifiedName.parse("nowhere")))
        .isInstanceOf(SchemaException.class)
        .hasMessageContaining("nowhere");
  }

  @Test
  void tableThatIsNoHypertableIsRefused() throws SQLException {
    Sql.execute(
        database,
        """
        create table readings (
          time timestamptz not null, device text not null,
          temperature double precision not null, humidity double precision)
        """);
    try {
      assertThat(varve.schema().exists(READINGS)).isFalse();
      assertThatThrownBy(() -> varve.schema().create(Table.of(Reading.class)))
          .isInstanceOf(SchemaException.class)
          .hasMessageContaining("readings")
          .hasMessageContaining("not a hypertable");
      assertThatThrownBy(() -> varve.schema().inspect(READINGS))
          .isInstanceOf(SchemaException.class)
          .hasMessageContaining("readings")
          .hasMessageContaining("not a hypertable");
    } finally {
      Sql.execute(database, "drop table readings");
    }
  }

  @Test
  void columnThatIsMissingIsReportedAsDrift() {
    varve.schema().create(anyTable("readings").build());
    assertThatThrownBy(() -> varve.schema().create(Table.of(Reading.class)))
        .isInstanceOf(SchemaException.class)
        .hasMessageContaining("readings")
        .hasMessageContaining("temperature");
  }

  @Test
  void columnOfAnotherTypeIsReportedAsDrift() {
    varve
        .schema()
        .create(
            anyTable("readings")
                .measure("temperature", ColumnType.of(Kind.NUMERIC))
                .measure("humidity", ColumnType.of(Kind.DOUBLE))
                .build());
    assertThatThrownBy(() -> varve.schema().create(Table.of(Reading.class)))
        .isInstanceOf(SchemaException.class)
        .hasMessageContaining("readings")
        .hasMessageContaining("temperature")
        .hasMessageContaining("numeric")
        .hasMessageContaining("double precision");
  }

  @Test
  void uniqueKeyMustContainTheTime() {
    assertThatThrownBy(() -> anyTable("readings").key("device").build())
        .isInstanceOf(VarveException.class)
        .hasMessageContaining("readings")
        .hasMessageContaining("time");
  }

  @Test
  void uniqueKeyIsKeptByTheServer() throws SQLException {
    varve.schema().create(Table.of(Reading.class));
    varve.table(Reading.class).insert(new Reading(NEW_YEAR, "a", 1, null));
    assertThatThrownBy(
            () ->
                Sql.execute(
                    database,
                    "insert into readings values ('2024-01-01 00:00:00+00', 'a', 2, null)"))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("23505"));
  }

  @Test
  void timeAndDimensionsAreNeverNull() throws SQLException {
    varve.schema().create(Table.of(Reading.class));
    String sql =
        """
        select attname from pg_attribute
        where attrelid = 'readings'::regclass and attnum > 0 and attnotnull order by attnum
        """;
    assertThat(Sql.list(database, sql)).containsExactly("time", "device", "temperature");
  }

  @TimeSeries(table = "wall_clock", chunk = "1 hour")
  record WallClock(@Time LocalDateTime time, @Measure int value) {}

  @TimeSeries(table = "calendar", chunk = "7 days")
  record Calendar(@Time LocalDate day, @Measure int value) {}

  @TimeSeries(table = "counter", chunk = "1000")
  record Counter(@Time long step, @Measure int value) {}

  @Test
  void instantsFallIntoChunksOfTheirDay() {
    varve.schema().create(Table.of(Reading.class));
    varve
        .table(Reading.class)
        .insertAll(
            List.of(
                new Reading(NEW_YEAR.minusNanos(1000), "a", 1, null),
                new Reading(NEW_YEAR, "a", 2, null),
                new Reading(Instant.parse("1969-12-31T23:59:59.999999Z"), "a", 3, null)));
    long start = 19723 * DAY;
    assertThat(spans("readings"))
        .containsExactly(span(-DAY, 0), span(start - DAY, start), span(start, start + DAY));
  }

  @Test
  void localDateTimesFallIntoChunksOfTheirHour() {
    varve.schema().create(Table.of(WallClock.class));
    varve
        .table(WallClock.class)
        .insert(new WallClock(LocalDateTime.parse("2024-03-10T02:30:00"), 1));
    long start = 19792 * DAY + 2 * DAY / 24;
    assertThat(spans("wall_clock")).containsExactly(span(start, start + DAY / 24));
  }

  @Test
  void datesFallIntoChunksOfTheirWeek() {
    varve.schema().create(Table.of(Calendar.class));
    varve
        .table(Calendar.class)
        .insertAll(
            List.of(
                new Calendar(LocalDate.ofEpochDay(6), 1),
                new Calendar(LocalDate.ofEpochDay(7), 2)));
    assertThat(spans("calendar")).containsExactly(span(0, 7), span(7, 14));
  }

  @Test
  void integersFallIntoChunksOfTheirThousand() {
    varve.schema().create(Table.of(Counter.class));
    varve
        .table(Counter.class)
        .insertAll(List.of(new Counter(-1, 1), new Counter(0, 2), new Counter(1999, 3)));
    assertThat(spans("counter")).containsExactly(span(-1000, 0), span(0, 1000), span(1000, 2000));
  }

  @Test
  void chunkSaysItsSpanInWords() {
    varve.schema().create(Table.of(Reading.class));
    varve.table(Reading.class).insert(new Reading(NEW_YEAR, "a", 1, null));
    Chunk chunk = varve.schema().chunks(READINGS).get(0);
    assertThat(chunk.startText()).isEqualTo("2024-01-01 00:00:00+00");
    assertThat(chunk.endText()).isEqualTo("2024-01-02 00:00:00+00");
    assertThat(chunk.bytes()).isPositive();
  }

  @Test
  void chunkIsATableThatHoldsItsRowsOnly() throws SQLException {
    varve.schema().create(Table.of(Reading.class));
    varve
        .table(Reading.class)
        .insertAll(
            List.of(
                new Reading(NEW_YEAR, "a", 1, null),
                new Reading(NEW_YEAR.plusSeconds(86_400), "a", 2, null)));
    List<Chunk> chunks = varve.schema().chunks(READINGS);
    assertThat(chunks).hasSize(2);
    assertThat(temperatures(chunks.get(0))).containsExactly("1");
    assertThat(temperatures(chunks.get(1))).containsExactly("2");
  }

  private List<String> temperatures(Chunk chunk) throws SQLException {
    return Sql.list(database, "select temperature from " + chunk.name().sql());
  }

  @Test
  void chunksMadeAheadCoverTheSpanWhereTheServerDoesNotMakeThem() {
    varve.schema().create(Table.of(Counter.class));
    QualifiedName name = QualifiedName.parse("counter");
    int made = varve.schema().createChunks(name, 500, 2000);
    assertThat(varve.schema().chunks(name)).hasSize(made);
    if (varve.capabilities().tier() == Tier.PLAIN) {
      assertThat(made).isEqualTo(2);
      assertThat(spans("counter")).containsExactly(span(0, 1000), span(1000, 2000));
    } else {
      assertThat(made).isZero();
    }
    assertThat(varve.schema().createChunks(name, 500, 2000)).isZero();
  }

  @Test
  void eightCreatorsAtOnceMakeOneHypertable() throws Exception {
    List<Boolean> created =
        Race.run(
            8,
            runner -> {
              try (Varve own = database.connect()) {
                return own.schema().create(Table.of(Reading.class));
              }
            });
    assertThat(created).filteredOn(Boolean::booleanValue).hasSize(1);
    assertThat(varve.schema().exists(READINGS)).isTrue();
  }

  @Test
  void eightWritersAtOnceMakeEachChunkOnce() throws Exception {
    varve.schema().create(Table.of(Reading.class));
    int days = 5;
    Race.run(
        8,
        runner -> {
          for (int day = 0; day < days; day++) {
            Instant time = NEW_YEAR.plusSeconds(day * 86_400L + runner);
            varve.table(Reading.class).insert(new Reading(time, "d" + runner, day, null));
          }
          return runner;
        });
    assertThat(varve.schema().chunks(READINGS)).hasSize(days);
    assertThat(varve.from(Reading.class).count()).isEqualTo(8 * days);
  }

  @Test
  void dropRemovesTableAndChunks() throws SQLException {
    varve.schema().create(Table.of(Reading.class));
    varve.table(Reading.class).insert(new Reading(NEW_YEAR, "a", 1, null));
    Chunk chunk = varve.schema().chunks(READINGS).get(0);
    varve.schema().drop(READINGS);
    assertThat(varve.schema().exists(READINGS)).isFalse();
    assertThat(Sql.value(database, "select to_regclass('" + chunk.name().sql() + "')"))
        .isEqualTo("null");
    assertThat(varve.schema().create(Table.of(Reading.class))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Mixed Case", "quo\"te", "select", "a.b", "données", "per%cent", "back\\slash"})
  void anyNameThatPostgresTakesIsTaken(String name) {
    QualifiedName table = new QualifiedName("public", name);
    String dimension = name + " d";
    Table<Row> hypertable =
        Table.builder(table)
            .time(name, ColumnType.of(Kind.TIMESTAMPTZ))
            .dimension(dimension, ColumnType.of(Kind.TEXT))
            .measure("value", ColumnType.of(Kind.DOUBLE))
            .key(dimension, name)
            .chunk("1 day")
            .build();
    varve.schema().create(hypertable);
    Row row = new Row(List.of(name, dimension, "value"), NEW_YEAR, "a", 1.5);
    varve.table(hypertable).insert(row);
    assertThat(varve.schema().chunks(table)).hasSize(1);
    assertThat(varve.from(hypertable).list()).containsExactly(row);
    assertThat(varve.schema().inspect(table).time().name()).isEqualTo(name);
  }

  @Test
  void tableMayLiveInASchemaOfItsOwn() throws SQLException {
    Sql.execute(database, "create schema \"Plant 1\"");
    try {
      Table<Row> table = anyTable("Plant 1.readings").build();
      varve.schema().create(table);
      varve.table(table).insert(new Row(List.of("time", "device"), NEW_YEAR, "a"));
      assertThat(varve.from(table).count()).isEqualTo(1);
      assertThat(varve.schema().exists(READINGS)).isFalse();
    } finally {
      Sql.dropHypertables(varve);
      Sql.execute(database, "drop schema \"Plant 1\"");
    }
  }

  @Test
  void namesOfSixtyThreeBytesAreTaken() {
    String name = String.join("", Collections.nCopies(63, "n"));
    Table<Row> table = anyTable(name).build();
    varve.schema().create(table);
    varve.table(table).insert(new Row(List.of("time", "device"), NEW_YEAR, "a"));
    assertThat(varve.schema().chunks(QualifiedName.parse(name))).hasSize(1);
  }

  private static TableBuilder anyTable(String name) {
    return Table.builder(name)
        .time("time", ColumnType.of(Kind.TIMESTAMPTZ))
        .column("device", ColumnType.of(Kind.TEXT), Role.DIMENSION, false)
        .chunk("1 day");
  }

  private List<List<Long>> spans(String table) {
    return varve.schema().chunks(QualifiedName.parse(table)).stream()
        .map(chunk -> span(chunk.start(), chunk.end()))
        .toList();
  }

  private static List<Long> span(long start, long end) {
    return List.of(start, end);
  }
}
