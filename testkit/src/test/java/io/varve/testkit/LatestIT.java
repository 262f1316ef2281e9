package io.varve.testkit;

import static io.varve.query.Aggregate.last;
import static org.assertj.core.api.Assertions.assertThat;

import io.varve.Varve;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Role;
import io.varve.model.Row;
import io.varve.model.Table;
import io.varve.model.TableBuilder;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The newest row per series, however the table is indexed. */
@ExtendWith(DatabaseExtension.class)
final class LatestIT {

  private static final Instant START = Instant.parse("2024-01-01T00:00:00Z");

  private final TestDatabase database;
  private final Varve varve;

  LatestIT(TestDatabase database) {
    this.database = database;
    this.varve = database.connect();
  }

  @AfterEach
  void drop() throws SQLException {
    varve.close();
    execute("drop table if exists readings");
  }

  /** Names the statement itself uses must not be mistaken for the table's. */
  private static TableBuilder readings() {
    return Table.builder("readings")
        .time("newest_time", ColumnType.of(Kind.TIMESTAMPTZ))
        .column("d1", ColumnType.of(Kind.TEXT), Role.DIMENSION, true)
        .column("series", ColumnType.of(Kind.INTEGER), Role.DIMENSION, true)
        .measure("candidate", ColumnType.of(Kind.DOUBLE))
        .measure("newest", ColumnType.of(Kind.BIGINT));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "create index on readings (d1, series, newest_time desc)",
        "create index on readings (series, d1, newest_time)",
        "create index on readings (newest_time)",
        "create index on readings (d1, newest_time)",
        "create index on readings (d1, series, newest_time) where series > 0",
        "create index on readings (d1 text_pattern_ops, series, newest_time)",
        "create index on readings (d1 collate \"C\", series, newest_time)",
        "create index on readings (d1 desc, series, newest_time)",
        "create index on readings using hash (d1)"
      })
  void indexDecidesTheWayAndNotTheAnswer(String index) throws SQLException {
    Table<Row> table = readings().build();
    List<Row> rows = randomRows(3_000);
    createPartitioned(rows);
    execute(index.isEmpty() ? "select 1" : index);
    Instant from = START.plusSeconds(86_400);
    Instant to = START.plusSeconds(3 * 86_400 + 3);
    assertThat(varve.from(table).latest()).isEqualTo(latest(rows, row -> true));
    assertThat(varve.from(table).range(from, to).latest())
        .isEqualTo(latest(rows, row -> !time(row).isBefore(from) && time(row).isBefore(to)));
    assertThat(varve.from(table).where("series", 2).latest())
        .isEqualTo(latest(rows, row -> Objects.equals(row.value("series"), 2)));
    assertThat(varve.from(table).whereNull("d1").latest())
        .isEqualTo(latest(rows, row -> row.value("d1") == null));
    assertThat(varve.from(table).where("newest", 7L).latest())
        .isEqualTo(latest(rows, row -> Objects.equals(row.value("newest"), 7L)));
    assertThat(varve.from(table).before(START).latest()).isEmpty();
    assertThat(varve.from(table).latest()).hasSizeGreaterThan(12);
  }

  @Test
  void limitCountsSeriesInTheOrderAskedFor() throws SQLException {
    Table<Row> table = readings().build();
    List<Row> rows = randomRows(1_000);
    createPartitioned(rows);
    execute("create index on readings (d1, series, newest_time)");
    List<Row> expected = latest(rows, row -> true);
    assertThat(varve.from(table).limit(3).latest()).isEqualTo(expected.subList(0, 3));
    assertThat(varve.from(table).limit(0).latest()).isEmpty();
    assertThat(varve.from(table).newestFirst().limit(4).latest())
        .isEqualTo(
            expected.stream()
                .sorted(Comparator.comparing(LatestIT::time).reversed())
                .limit(4)
                .toList());
    assertThat(varve.from(table).oldestFirst().limit(4).latest())
        .isEqualTo(
            expected.stream().sorted(Comparator.comparing(LatestIT::time)).limit(4).toList());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "d1, series, newest_time | true",
        "series desc, d1 desc, newest_time, newest | true",
        "d1, series, newest_time desc) include (newest | true",
        "d1 desc, series, newest_time | false",
        "d1, series, newest_time desc nulls last | false",
        "d1 collate \"C\", series, newest_time | false",
        "d1 text_pattern_ops, series, newest_time | false",
        "d1, newest_time, series | false"
      })
  void onlyAnIndexInTheOrderOfItsColumnsLeadsToSeries(String columns, boolean leads)
      throws SQLException {
    createPartitioned(List.of());
    execute(
        """
        alter table readings alter d1 set not null, alter series set not null;
        insert into readings select '2024-01-01+00'::timestamptz + make_interval(secs => i), 'd', 1, i, i
          from generate_series(1, 200) as i;
        create index on readings (%s);
        analyze readings
        """
            .formatted(columns));
    assertThat(
            varve
                .from(readings().build())
                .groupBy("d1", "series")
                .select(last("candidate"))
                .explain()
                .sql()
                .contains("LATERAL"))
        .isEqualTo(leads);
  }

  @Test
  void chunkWithoutAStartIsNoHint() throws SQLException {
    Table<Row> days =
        Table.builder("days")
            .time("day", ColumnType.of(Kind.DATE))
            .dimension("device", ColumnType.of(Kind.TEXT))
            .chunk("1 day")
            .build();
    varve.schema().create(days);
    execute(
        "create table days_before partition of days for values from (minvalue) to ('2024-01-01')");
    List<String> names = List.of("day", "device");
    List<Row> rows =
        IntStream.of(-1, 0)
            .mapToObj(day -> new Row(names, LocalDate.of(2024, 1, 1).plusDays(day), "d"))
            .toList();
    varve.table(days).insertAll(rows);
    assertThat(varve.from(days).newestFirst().limit(1).list()).containsExactly(rows.get(1));
    assertThat(varve.from(days).newestFirst().limit(2).list())
        .containsExactly(rows.get(1), rows.get(0));
    varve.schema().drop(days.name());
  }

  @Test
  void givenSeriesNeedNothingInstalled() throws SQLException {
    execute("set client_min_messages = error; drop schema if exists varve, varve_internal cascade");
    createPartitioned(randomRows(100));
    List<Row> all = varve.from(readings().build()).latest();
    assertThat(varve.from(readings().build()).latest(List.of(List.of("d0", 1))))
        .isEqualTo(
            all.stream()
                .filter(row -> List.of("d0", 1).equals(Arrays.asList(row.value(1), row.value(2))))
                .toList())
        .hasSize(1);
  }

  /** Rows from before the constraint may break it. */
  @Test
  void constraintThatWasNeverCheckedPromisesNothing() throws SQLException {
    List<Row> rows = randomRows(1_000);
    createPartitioned(rows);
    execute("create index on readings (d1, series, newest_time)");
    for (String column : List.of("d1", "series")) {
      execute(
          """
          do $$ begin
            if current_setting('server_version_num')::int >= 180000 then
              alter table readings add constraint %1$s_set not null %1$s not valid;
            end if;
          end $$
          """
              .formatted(column));
    }
    assertThat(varve.from(readings().build()).latest()).isEqualTo(latest(rows, row -> true));
  }

  @Test
  void tableWithoutDimensionsHasOneLatestRow() throws SQLException {
    Table<Row> table =
        Table.builder("readings")
            .time("newest_time", ColumnType.of(Kind.TIMESTAMPTZ))
            .measure("newest", ColumnType.of(Kind.BIGINT))
            .build();
    List<Row> rows = randomRows(100);
    createPartitioned(rows);
    Row newest = rows.stream().max(Comparator.comparing(LatestIT::time)).orElseThrow();
    assertThat(varve.from(table).latest())
        .containsExactly(
            new Row(List.of("newest_time", "newest"), time(newest), newest.value("newest")));
    assertThat(varve.from(table).limit(0).latest()).isEmpty();
    assertThat(varve.from(table).before(START).latest()).isEmpty();
  }

  @Test
  void amongEqualTimesTheGreatestKeyCounts() {
    Table<Row> table =
        Table.builder("readings")
            .time("time", ColumnType.of(Kind.TIMESTAMPTZ))
            .dimension("device", ColumnType.of(Kind.TEXT))
            .column("attempt", ColumnType.of(Kind.INTEGER), Role.MEASURE, false)
            .key("device", "time", "attempt")
            .build();
    List<String> names = List.of("time", "device", "attempt");
    List<Row> rows =
        IntStream.range(0, 40)
            .mapToObj(i -> new Row(names, START, "d" + i % 2, i * 7 % 40))
            .toList();
    varve.schema().create(table);
    varve.table(table).insertAll(rows);
    assertThat(varve.from(table).latest())
        .extracting(row -> row.value("attempt"))
        .containsExactly(38, 39);
    varve.schema().drop(table.name());
  }

  /** Times differ, so there is one right answer. */
  private static List<Row> randomRows(int count) {
    Random random = new Random(count);
    List<String> names = List.of("newest_time", "d1", "series", "candidate", "newest");
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                new Row(
                    names,
                    START.plusSeconds(i * 345_600L / count).plusNanos(i * 1000L),
                    random.nextInt(6) == 0 ? null : "d" + random.nextInt(5),
                    random.nextInt(6) == 0 ? null : random.nextInt(3),
                    random.nextDouble(),
                    random.nextLong(20)))
        .toList();
  }

  /** A table somebody else made. */
  private void createPartitioned(List<Row> rows) throws SQLException {
    execute(
        """
        create table readings (newest_time timestamptz not null, d1 text, series integer,
          candidate double precision, newest bigint) partition by range (newest_time)
        """);
    for (int day = 1; day <= 5; day++) {
      execute(
          "create table readings_%1$d partition of readings for values from ('2024-01-%1$d+00') to ('2024-01-%2$d+00')"
              .formatted(day, day + 1));
    }
    try (Connection connection = database.jdbc();
        var insert = connection.prepareStatement("insert into readings values (?, ?, ?, ?, ?)")) {
      for (Row row : rows) {
        insert.setObject(1, time(row).atOffset(java.time.ZoneOffset.UTC));
        for (int i = 1; i < row.size(); i++) {
          insert.setObject(i + 1, row.value(i));
        }
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  /** The answer, worked out row by row; ordered by dimensions, nulls last. */
  private static List<Row> latest(List<Row> rows, Predicate<Row> filter) {
    Map<List<@Nullable Object>, Row> newest = new HashMap<>();
    for (Row row : rows) {
      if (filter.test(row)) {
        List<@Nullable Object> series = new ArrayList<>();
        series.add(row.value("d1"));
        series.add(row.value("series"));
        newest.merge(series, row, (left, right) -> time(left).isAfter(time(right)) ? left : right);
      }
    }
    return newest.values().stream()
        .sorted(
            Comparator.comparing(
                    (Row row) -> row.value("d1", String.class),
                    Comparator.nullsLast(Comparator.naturalOrder()))
                .thenComparing(
                    row -> row.value("series", Integer.class),
                    Comparator.nullsLast(Comparator.naturalOrder())))
        .toList();
  }

  private static Instant time(Row row) {
    return Objects.requireNonNull(row.value("newest_time", Instant.class));
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = database.jdbc();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
