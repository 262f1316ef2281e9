package io.varve.testkit.contract;

import static io.varve.testkit.contract.Samples.SITES;
import static io.varve.testkit.contract.Samples.START;
import static io.varve.testkit.contract.Samples.byTime;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.MappingException;
import io.varve.Varve;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Row;
import io.varve.model.Table;
import io.varve.query.Change;
import io.varve.query.Query;
import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TestDatabase;
import io.varve.testkit.contract.Samples.Sample;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The newest rows of series, and changes from their first to their last, against the same in Java.
 */
@ExtendWith({DatabaseExtension.class, VarveExtension.class})
final class LatestContract {

  private final TestDatabase database;
  private final Varve varve;
  private final Samples samples;

  LatestContract(TestDatabase database, Varve varve) {
    this.database = database;
    this.varve = varve;
    this.samples = Samples.create(varve);
  }

  @Test
  void changesAgreeWithJavaWithAndWithoutAnIndex() throws SQLException {
    List<Sample> written = samples.write(4);
    List<Sample> all = byTime(written.stream().filter(Sample::isFinite));
    assertThat(samples.all().delta("value"))
        .contains(
            new Change(new Row(List.of()), all.get(0).number(), all.get(all.size() - 1).number()));
    assertChanges(written);
    dropIndexes("samples");
    assertChanges(written);
  }

  private void assertChanges(List<Sample> written) {
    List<Change> expected = new ArrayList<>();
    for (String site : SITES) {
      for (int sensor : new int[] {0, 1, 2}) {
        List<Sample> series =
            byTime(
                written.stream()
                    .filter(
                        it -> it.isFinite() && it.site().equals(site) && it.sensor() == sensor));
        Row key = new Row(List.of("site", "sensor"), site, sensor);
        expected.add(
            new Change(key, series.get(0).number(), series.get(series.size() - 1).number()));
      }
    }
    assertThat(samples.all().deltaEach("value")).containsExactlyInAnyOrderElementsOf(expected);
    List<Double> sizes =
        expected.stream()
            .map(it -> Math.abs(it.to() - it.from()))
            .sorted(Comparator.reverseOrder())
            .toList();
    assertThat(samples.all().topChanges("value", 5))
        .extracting(it -> Math.abs(it.change()))
        .isEqualTo(sizes.subList(0, 5));
    assertThat(samples.all().topChanges("value", 0)).isEmpty();
  }

  /** Names the statements themselves use must not be confused with the table's. */
  @ParameterizedTest
  @ValueSource(strings = {"series", "newest", "latest", "following", "stored", "candidate", "r"})
  void tablesMayHaveTheNamesOfHelpers(String name) throws SQLException {
    Table<Row> table =
        Table.builder(name)
            .time("newest_time", ColumnType.of(Kind.TIMESTAMPTZ))
            .dimension("d2", ColumnType.of(Kind.TEXT))
            .dimension("d1", ColumnType.of(Kind.TEXT))
            .measure("v", ColumnType.of(Kind.DOUBLE))
            .measure("series", ColumnType.of(Kind.DOUBLE))
            .chunk("1 day")
            .build();
    varve.schema().create(table);
    List<String> columns = List.of("newest_time", "d2", "d1", "v", "series");
    List<Row> rows = new ArrayList<>();
    for (int day = 0; day < 3; day++) {
      rows.add(new Row(columns, day(day), "a", "b", 1.0 + day, 0.0));
      rows.add(new Row(columns, day(day), "b", "a", 1.0 - day, 0.0));
    }
    varve.table(table).insertAll(rows);
    assertNewestAndChanges(name, rows);
    dropIndexes(name);
    assertNewestAndChanges(name, rows);
  }

  private void dropIndexes(String table) throws SQLException {
    for (String index :
        Sql.list(
            database,
            "SELECT indexrelid::regclass FROM pg_index WHERE indrelid = '%s'::regclass"
                .formatted(table))) {
      Sql.execute(database, "DROP INDEX " + index);
    }
  }

  private void assertNewestAndChanges(String name, List<Row> rows) {
    Query<Row> query = varve.from(name);
    assertThat(query.latest()).isEqualTo(rows.subList(4, 6));
    assertThat(query.latest(List.of(List.of("b", "a"), List.of("a", "b"))))
        .isEqualTo(rows.subList(4, 6));
    Change up = new Change(new Row(List.of("d2", "d1"), "a", "b"), 1, 3);
    Change down = new Change(new Row(List.of("d2", "d1"), "b", "a"), 1, -1);
    assertThat(query.deltaEach("v")).containsExactly(up, down);
    assertThat(query.topChanges("v", 2)).containsExactly(up, down);
  }

  @Test
  void latestOfGivenSeriesIsTheirNewestRow() {
    List<Row> rows = new ArrayList<>();
    for (String site : SITES) {
      IntStream.range(0, 30)
          .forEach(
              day ->
                  rows.add(
                      new Sample(START.plus(Duration.ofDays(day)), site, 7, (double) day, null)
                          .row()));
    }
    rows.add(new Sample(START, "ended", 7, 1.0, null).row());
    samples.insert(rows);
    List<List<Object>> keys = new ArrayList<>();
    SITES.forEach(site -> keys.add(List.of(site, 7)));
    List<Row> newest = samples.all().latest(keys);
    assertThat(newest)
        .containsExactlyInAnyOrderElementsOf(
            rows.stream().filter(it -> at(it).equals(day(29))).toList());
    assertThat(samples.all().limit(1).latest(keys)).isEqualTo(newest.subList(0, 1));
    assertThat(samples.all().newestFirst().limit(SITES.size()).list())
        .containsExactlyInAnyOrderElementsOf(newest);
    assertThat(samples.all().newestFirst().limit(rows.size() + 1L).list()).hasSameSizeAs(rows);
    keys.addAll(List.of(List.of("ended", 7), List.of("a", 8), List.of("absent", 7)));
    keys.add(List.of("a", 7));
    List<Row> expected = new ArrayList<>(newest);
    expected.add(rows.get(rows.size() - 1));
    assertThat(samples.all().latest(keys)).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(samples.all().latest(keys)).isEqualTo(samples.all().latest());
    assertThat(
            samples.all().before(day(10)).newestFirst().limit(1).latest(List.of(List.of("a", 7))))
        .extracting(LatestContract::at)
        .containsExactly(day(9));
    assertThat(samples.all().latest(List.of())).isEmpty();
    assertThatThrownBy(() -> samples.all().latest(List.of("a")))
        .isInstanceOf(MappingException.class)
        .hasMessage("table samples, series a: 1 values; expected one for each of [site, sensor]");
    assertThatThrownBy(() -> samples.all().latest(List.of(List.of("a", "b"))))
        .isInstanceOf(MappingException.class)
        .hasMessageContaining("column \"sensor\": it is compared with a value of class");
    assertThatThrownBy(() -> samples.all().latest(List.of(Arrays.asList("a", null))))
        .isInstanceOf(MappingException.class)
        .hasMessage("table samples, series [a, null]: \"sensor\" is null; expected a value");
  }

  /** So many that on every tier the newest are asked first. */
  @Test
  void newestRowsAmongManyChunks() {
    Table<Row> table =
        Table.builder("hours")
            .time("time", ColumnType.of(Kind.TIMESTAMPTZ))
            .dimension("device", ColumnType.of(Kind.TEXT))
            .chunk("1 hour")
            .build();
    varve.schema().create(table);
    List<String> columns = List.of("time", "device");
    List<Row> rows = new ArrayList<>();
    rows.add(new Row(columns, START, "ended"));
    for (int hour = 0; hour < 55; hour++) {
      rows.add(new Row(columns, START.plus(Duration.ofHours(hour)), "a"));
      rows.add(new Row(columns, START.plus(Duration.ofMinutes(60L * hour + 30)), "b"));
    }
    varve.table(table).insertAll(rows);
    Query<Row> hours = varve.from(table);
    List<Row> newest = rows.subList(rows.size() - 2, rows.size());
    assertThat(hours.latest(List.of("b", "a"))).isEqualTo(newest);
    assertThat(hours.newestFirst().latest(List.of("a", "b")))
        .containsExactly(newest.get(1), newest.get(0));
    assertThat(hours.latest(List.of("ended", "a"))).containsExactly(newest.get(0), rows.get(0));
    assertThat(hours.newestFirst().limit(3).list())
        .containsExactly(newest.get(1), newest.get(0), rows.get(rows.size() - 3));
    assertThat(hours.where("device", "a").newestFirst().limit(55).list()).hasSize(55);
    assertThat(hours.where("device", "ended").newestFirst().first()).contains(rows.get(0));
  }

  @Test
  void latestIsTheSameOnceTheServerKnowsHowFewRowsASeriesHas() throws SQLException {
    samples.write(6);
    List<Row> walked = samples.all().latest();
    Sql.execute(database, "ANALYZE samples");
    for (String site : SITES) {
      assertThat(samples.all().where("site", site).latest())
          .extracting(LatestContract::at)
          .isEqualTo(
              walked.stream()
                  .filter(row -> site.equals(row.value("site")))
                  .map(LatestContract::at)
                  .toList());
    }
    assertThat(samples.all().latest())
        .extracting(LatestContract::at)
        .isEqualTo(walked.stream().map(LatestContract::at).toList());
  }

  @Test
  void latestTakesKeysOfTheDimensionsOwnType() throws SQLException {
    Sql.execute(
        database,
        "CREATE SCHEMA moods",
        "CREATE TYPE moods.mood AS ENUM ('sunny', 'so so')",
        "CREATE TABLE felt (time timestamptz NOT NULL, mood moods.mood NOT NULL, v float8)",
        "INSERT INTO felt VALUES ('2024-01-01 00:00+00', 'so so', 1),"
            + " ('2024-01-02 00:00+00', 'so so', 2), ('2024-01-02 00:00+00', 'sunny', 3)");
    Table<Row> felt =
        Table.builder("felt")
            .time("time", ColumnType.of(Kind.TIMESTAMPTZ))
            .dimension("mood", new ColumnType(Kind.TEXT, false, "moods.mood"))
            .measure("v", ColumnType.of(Kind.DOUBLE))
            .build();
    assertThat(varve.from(felt).latest(List.of("so so")))
        .extracting(row -> row.value("v"))
        .containsExactly(2.0);
    Sql.execute(database, "DROP TABLE felt", "DROP SCHEMA moods CASCADE");
  }

  private static Instant at(Row row) {
    return Objects.requireNonNull(row.value("time", Instant.class));
  }

  private static Instant day(int day) {
    return START.plus(Duration.ofDays(day));
  }
}
