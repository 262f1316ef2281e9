package io.varve.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.varve.DataException;
import io.varve.MappingException;
import io.varve.Varve;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Row;
import io.varve.model.Table;
import io.varve.query.Change;
import io.varve.query.Distribution;
import io.varve.query.Query;
import io.varve.query.Statistics;
import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TestDatabase;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Statistics, changes, distributions and newest rows of given series, against the same in Java. */
@ExtendWith(DatabaseExtension.class)
final class StatisticsContract {

  private static final Instant START = Instant.parse("1969-12-25T00:00:00Z");
  private static final List<String> COLUMNS =
      List.of("time", "site", "sensor", "value", "amount", "steps");
  private static final List<String> SITES =
      List.of("a", "b\"c", "d\\e", "{f,g}", "NULL", "", " h ", "ä'");

  private static final Table<Row> TABLE =
      Table.builder("samples")
          .time("time", ColumnType.of(Kind.TIMESTAMPTZ))
          .dimension("site", ColumnType.of(Kind.TEXT))
          .dimension("sensor", ColumnType.of(Kind.INTEGER))
          .measure("value", ColumnType.of(Kind.DOUBLE))
          .measure("amount", ColumnType.of(Kind.NUMERIC))
          .measure("steps", ColumnType.of(Kind.BIGINT))
          .chunk("5 days")
          .build();

  private final TestDatabase database;
  private final Varve varve;

  StatisticsContract(TestDatabase database) {
    this.database = database;
    this.varve = database.connect();
  }

  @BeforeEach
  void createTheTable() {
    varve.schema().create(TABLE);
  }

  @AfterEach
  void dropEverything() {
    try (varve) {
      Sql.dropHypertables(varve);
    }
  }

  private record Sample(
      Instant time, String site, int sensor, @Nullable Double value, @Nullable Long steps) {

    Row row() {
      BigDecimal amount =
          value == null || !Double.isFinite(value) ? null : BigDecimal.valueOf(value);
      return new Row(COLUMNS, time, site, sensor, value, amount, steps);
    }

    boolean isFinite() {
      return value != null && Double.isFinite(value);
    }

    double number() {
      return Objects.requireNonNull(value);
    }
  }

  private List<Sample> write(long seed) {
    Random random = new Random(seed);
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      Instant time = START.plus(Duration.ofHours(random.nextInt(400)));
      String site = SITES.get(random.nextInt(SITES.size()));
      Long steps = random.nextInt(10) == 0 ? null : (long) random.nextInt(-50, 50);
      samples.add(new Sample(time, site, random.nextInt(3), value(random), steps));
    }
    samples.add(new Sample(START, "unfinished", 1, null, null));
    samples.add(new Sample(START, "unfinished", 1, Double.NaN, 3L));
    varve.table(TABLE).insertAll(samples.stream().map(Sample::row).toList());
    return samples;
  }

  private static @Nullable Double value(Random random) {
    return switch (random.nextInt(20)) {
      case 0 -> null;
      case 1 -> Double.NaN;
      case 2 -> Double.POSITIVE_INFINITY;
      case 3 -> Double.NEGATIVE_INFINITY;
      case 4, 5, 6, 7, 8 -> random.nextGaussian() * 100;
      default -> (double) random.nextInt(12);
    };
  }

  private Query<Row> samples() {
    return varve.from("samples");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void statisticsAgreeWithJava(long seed) {
    List<Sample> samples = write(seed);
    Statistics found = samples().statistics("value", 0, 0.25, 0.5, 0.95, 1);
    assertThat(found.nulls()).isEqualTo(samples.stream().filter(it -> it.value == null).count());
    assertThat(found.nans()).isEqualTo(count(samples, it -> Double.isNaN(it)));
    assertThat(found.infinities()).isEqualTo(count(samples, it -> Double.isInfinite(it)));
    assertNumbers(found, samples.stream().filter(Sample::isFinite).mapToDouble(Sample::number));
    List<Sample> ordered = byTime(samples.stream().filter(Sample::isFinite));
    assertThat(found.first()).isEqualTo(ordered.get(0).value);
    assertThat(found.last()).isEqualTo(ordered.get(ordered.size() - 1).value);

    Statistics amounts = samples().statistics("amount", 0, 0.25, 0.5, 0.95, 1);
    assertNumbers(amounts, samples.stream().filter(Sample::isFinite).mapToDouble(Sample::number));
    assertThat(amounts.nulls()).isEqualTo(samples.size() - amounts.count());

    Statistics part = samples().since(START.plusSeconds(86_400 * 7)).statistics("steps");
    List<Sample> week =
        samples.stream()
            .filter(it -> !it.time.isBefore(START.plusSeconds(86_400 * 7)) && it.steps != null)
            .toList();
    assertNumbers(part, week.stream().mapToDouble(it -> Objects.requireNonNull(it.steps)));
    assertThat(part.percentiles()).containsOnlyKeys(0.5, 0.95, 0.99);
  }

  private static long count(List<Sample> samples, Predicate<Double> which) {
    return samples.stream().filter(it -> it.value != null && which.test(it.value)).count();
  }

  private static List<Sample> byTime(Stream<Sample> samples) {
    return samples
        .sorted(Comparator.comparing(Sample::time).thenComparing(Sample::number))
        .toList();
  }

  private static void assertNumbers(Statistics found, DoubleStream values) {
    double[] sorted = values.sorted().toArray();
    int count = sorted.length;
    double mean = DoubleStream.of(sorted).sum() / count;
    double variance =
        DoubleStream.of(sorted).map(it -> (it - mean) * (it - mean)).sum() / (count - 1);
    assertThat(found.count()).isEqualTo(count);
    assertThat(found.min()).isEqualTo(sorted[0]);
    assertThat(found.max()).isEqualTo(sorted[count - 1]);
    assertThat(found.sum()).isCloseTo(mean * count, within(1e-6));
    assertThat(found.avg()).isCloseTo(mean, within(1e-9));
    assertThat(found.variance()).isCloseTo(variance, within(1e-6));
    assertThat(found.stddev()).isCloseTo(Math.sqrt(variance), within(1e-9));
    found
        .percentiles()
        .forEach(
            (fraction, value) -> {
              double position = fraction * (count - 1);
              int below = (int) Math.floor(position);
              double above = sorted[Math.min(below + 1, count - 1)];
              double expected = sorted[below] + (above - sorted[below]) * (position - below);
              assertThat(value).isCloseTo(expected, within(1e-9));
            });
  }

  @Test
  void statisticsOfNothingAreNull() {
    Statistics nothing = samples().statistics("value");
    assertThat(nothing.count() + nothing.nulls() + nothing.nans() + nothing.infinities()).isZero();
    assertThat(nothing.avg()).isNull();
    assertThat(nothing.first()).isNull();
    assertThat(nothing.percentiles()).isEmpty();
    assertThat(samples().delta("value")).isEmpty();
    assertThat(samples().deltaEach("value")).isEmpty();
    assertThat(samples().distribution("value", 5).bins()).isEmpty();
    varve.table(TABLE).insertAll(List.of(new Sample(START, "a", 1, 2.0, null).row()));
    Statistics one = samples().statistics("value");
    assertThat(one.stddev()).isNull();
    assertThat(one.percentiles()).containsEntry(0.99, 2.0);
    assertThat(samples().distribution("value", 5).bins())
        .containsExactly(new Distribution.Bin(2, 2, 1));
  }

  @Test
  void changesAgreeWithJavaWithAndWithoutAnIndex() throws SQLException {
    List<Sample> samples = write(4);
    List<Sample> all = byTime(samples.stream().filter(Sample::isFinite));
    assertThat(samples().delta("value"))
        .contains(
            new Change(new Row(List.of()), all.get(0).number(), all.get(all.size() - 1).number()));
    assertChanges(samples);
    for (String index :
        Sql.list(
            database,
            "SELECT indexrelid::regclass FROM pg_index WHERE indrelid = 'samples'::regclass")) {
      Sql.execute(database, "DROP INDEX " + index);
    }
    assertChanges(samples);
  }

  private void assertChanges(List<Sample> samples) {
    List<Change> expected = new ArrayList<>();
    for (String site : SITES) {
      for (int sensor : new int[] {0, 1, 2}) {
        List<Sample> series =
            byTime(
                samples.stream()
                    .filter(it -> it.isFinite() && it.site.equals(site) && it.sensor == sensor));
        Row key = new Row(List.of("site", "sensor"), site, sensor);
        expected.add(
            new Change(key, series.get(0).number(), series.get(series.size() - 1).number()));
      }
    }
    assertThat(samples().deltaEach("value")).containsExactlyInAnyOrderElementsOf(expected);
    List<Double> sizes =
        expected.stream()
            .map(it -> Math.abs(it.to() - it.from()))
            .sorted(Comparator.reverseOrder())
            .toList();
    assertThat(samples().topChanges("value", 5))
        .extracting(it -> Math.abs(it.change()))
        .isEqualTo(sizes.subList(0, 5));
    assertThat(samples().topChanges("value", 0)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 100})
  void distributionCountsEveryValueOnce(int bins) {
    List<Sample> samples = write(bins);
    double[] values =
        samples.stream().filter(Sample::isFinite).mapToDouble(Sample::number).toArray();
    double min = Arrays.stream(values).min().orElseThrow();
    double max = Arrays.stream(values).max().orElseThrow();
    Distribution whole = samples().distribution("value", bins);
    assertBins(whole, values, bins, min, max);
    assertThat(whole.below() + whole.above()).isZero();
    assertThat(whole.nans()).isEqualTo(count(samples, it -> Double.isNaN(it)));
    assertThat(whole.infinities()).isEqualTo(count(samples, it -> Double.isInfinite(it)));
    Distribution part = samples().distribution("value", bins, 0, 11);
    assertBins(part, values, bins, 0, 11);
    assertThat(part.below()).isEqualTo(Arrays.stream(values).filter(it -> it < 0).count());
    assertThat(part.above()).isEqualTo(Arrays.stream(values).filter(it -> it > 11).count());
    assertThat(part.nulls()).isEqualTo(samples.stream().filter(it -> it.value == null).count());
  }

  private static void assertBins(
      Distribution found, double[] values, int bins, double lower, double upper) {
    assertThat(found.bins()).hasSize(bins);
    for (int i = 0; i < bins; i++) {
      Distribution.Bin bin = found.bins().get(i);
      assertThat(bin.lower()).isCloseTo(lower + (upper - lower) * i / bins, within(1e-9));
      assertThat(bin.upper()).isCloseTo(lower + (upper - lower) * (i + 1) / bins, within(1e-9));
      boolean last = i == bins - 1;
      assertThat(bin.count())
          .isEqualTo(
              Arrays.stream(values)
                  .filter(
                      it -> it >= bin.lower() && (it < bin.upper() || last && it <= bin.upper()))
                  .count());
    }
  }

  @Test
  void distributionOfEqualAndOfNeighbouringValuesCountsAll() {
    for (double low : new double[] {3.14, 0.1, -7.3, 1e5 / 3}) {
      for (double high : new double[] {low, Math.nextUp(low), Math.nextUp(Math.nextUp(low))}) {
        double[] values = {low, low, low, low, high, high, high};
        Query<Row> query = samples().where("site", low + " to " + high);
        varve
            .table(TABLE)
            .insertAll(
                DoubleStream.of(values)
                    .mapToObj(it -> new Sample(START, low + " to " + high, 1, it, null).row())
                    .toList());
        for (int bins : new int[] {1, 3, 7, 10, 29}) {
          Distribution whole = query.distribution("value", bins);
          assertBins(whole, values, low == high ? 1 : bins, low, high);
          assertThat(counted(whole)).isEqualTo(values.length);
          if (low < high) {
            assertThat(query.distribution("value", bins, low, high)).isEqualTo(whole);
          }
        }
      }
    }
  }

  private static long counted(Distribution found) {
    return found.bins().stream().mapToLong(Distribution.Bin::count).sum();
  }

  @Test
  void statisticsBeyondADoubleFailAsAWhole() {
    varve
        .table(TABLE)
        .insertAll(
            List.of(
                new Sample(START, "a", 1, Double.MAX_VALUE, null).row(),
                new Sample(START, "b", 1, Double.MAX_VALUE, null).row()));
    assertThatThrownBy(() -> samples().statistics("value")).isInstanceOf(DataException.class);
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
    for (String index :
        Sql.list(
            database,
            "SELECT indexrelid::regclass FROM pg_index WHERE indrelid = '"
                + name
                + "'::regclass")) {
      Sql.execute(database, "DROP INDEX " + index);
    }
    assertNewestAndChanges(name, rows);
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
    varve.table(TABLE).insertAll(rows);
    List<List<Object>> keys = new ArrayList<>();
    SITES.forEach(site -> keys.add(List.of(site, 7)));
    List<Row> newest = samples().latest(keys);
    assertThat(newest)
        .containsExactlyInAnyOrderElementsOf(
            rows.stream().filter(it -> at(it).equals(day(29))).toList());
    assertThat(samples().limit(1).latest(keys)).isEqualTo(newest.subList(0, 1));
    keys.addAll(List.of(List.of("ended", 7), List.of("a", 8), List.of("absent", 7)));
    keys.add(List.of("a", 7));
    List<Row> expected = new ArrayList<>(newest);
    expected.add(rows.get(rows.size() - 1));
    assertThat(samples().latest(keys)).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(samples().latest(keys)).isEqualTo(samples().latest());
    assertThat(samples().before(day(10)).newestFirst().limit(1).latest(List.of(List.of("a", 7))))
        .extracting(StatisticsContract::at)
        .containsExactly(day(9));
    assertThat(samples().latest(List.of())).isEmpty();
    assertThatThrownBy(() -> samples().latest(List.of("a")))
        .isInstanceOf(MappingException.class)
        .hasMessage("table samples, series a: 1 values; expected one for each of [site, sensor]");
    assertThatThrownBy(() -> samples().latest(List.of(List.of("a", "b"))))
        .isInstanceOf(MappingException.class)
        .hasMessageContaining("column \"sensor\": it is compared with a value of class");
    assertThatThrownBy(() -> samples().latest(List.of(Arrays.asList("a", null))))
        .isInstanceOf(MappingException.class)
        .hasMessage("table samples, series [a, null]: \"sensor\" is null; expected a value");
  }

  @Test
  void latestIsTheSameOnceTheServerKnowsHowFewRowsASeriesHas() throws SQLException {
    write(6);
    List<Row> walked = samples().latest();
    Sql.execute(database, "ANALYZE samples");
    for (String site : SITES) {
      assertThat(samples().where("site", site).latest())
          .extracting(StatisticsContract::at)
          .isEqualTo(
              walked.stream()
                  .filter(row -> site.equals(row.value("site")))
                  .map(StatisticsContract::at)
                  .toList());
    }
    assertThat(samples().latest())
        .extracting(StatisticsContract::at)
        .isEqualTo(walked.stream().map(StatisticsContract::at).toList());
  }

  private static Instant at(Row row) {
    return Objects.requireNonNull(row.value("time", Instant.class));
  }

  private static Instant day(int day) {
    return START.plus(Duration.ofDays(day));
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

  @Test
  void whatDoesNotFitIsRefused() {
    assertThatThrownBy(() -> samples().statistics("site"))
        .isInstanceOf(MappingException.class)
        .hasMessage("table samples, column \"site\" is of type text; expected a number");
    assertThatThrownBy(() -> samples().statistics("value", 95))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("percentile 95.0; expected a fraction from 0 to 1");
    assertThatThrownBy(() -> samples().distribution("value", 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("0 bins; expected 1 to 10000");
    assertThatThrownBy(() -> samples().distribution("value", 3, 1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("distribution from 1.0 to 1.0; expected finite bounds, the lower one first");
    assertThatThrownBy(() -> samples().topChanges("value", -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the top -1 changes; expected 0 or more");
    assertThatThrownBy(() -> samples().limit(1).statistics("value"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("limit(1) before statistics would leave out rows at random; expected a range");
  }
}
