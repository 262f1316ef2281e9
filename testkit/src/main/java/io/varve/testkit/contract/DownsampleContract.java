package io.varve.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.MappingException;
import io.varve.Varve;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Row;
import io.varve.model.Table;
import io.varve.query.Downsample;
import io.varve.query.Downsample.Method;
import io.varve.query.Points;
import io.varve.query.Points.Point;
import io.varve.query.Query;
import io.varve.query.SeriesPoints;
import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TestDatabase;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Downsampling for charts, against what it is described to be. */
@ExtendWith({DatabaseExtension.class, VarveExtension.class})
final class DownsampleContract {

  private static final List<String> COLUMNS = List.of("time", "device", "value", "amount", "steps");
  private static final long DAY = Duration.ofDays(1).toSeconds() * 1_000_000;
  private static final Instant MOON = Instant.parse("1969-07-20T20:17:40Z");

  /** The first ones have few enough points for the server to select them. */
  private static final List<Downsample> ALL =
      List.of(
          Downsample.m4(1),
          Downsample.m4(2),
          Downsample.minMax(8),
          Downsample.minMaxLttb(4),
          Downsample.m4(50),
          Downsample.minMaxLttb(60),
          Downsample.lttb(2),
          Downsample.lttb(25),
          Downsample.m4(10_000));

  private static final List<Downsample> BROKEN =
      List.of(Downsample.m4(30), Downsample.minMax(8), Downsample.lttb(25));

  private final TestDatabase database;
  private final Varve varve;

  DownsampleContract(TestDatabase database, Varve varve) {
    this.database = database;
    this.varve = varve;
  }

  /** A row before it has a time column's class. */
  private record Sample(long time, String device, @Nullable Double value, long steps) {

    NaiveLine.Value naive() {
      return new NaiveLine.Value(
          time, value == null || !Double.isFinite(value) ? null : value + 0.0);
    }
  }

  private static Table<Row> table(Kind time) {
    return Table.builder("lines")
        .time("time", ColumnType.of(time))
        .dimension("device", ColumnType.of(Kind.TEXT))
        .measure("value", ColumnType.of(Kind.DOUBLE))
        .measure("amount", ColumnType.of(Kind.NUMERIC))
        .measure("steps", ColumnType.of(Kind.INTEGER))
        .chunk(time == Kind.BIGINT ? "20000" : "20 days")
        .build();
  }

  private static Object time(Kind kind, long units) {
    Instant instant = Instant.EPOCH.plus(units, ChronoUnit.MICROS);
    LocalDateTime local = LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
    return switch (kind) {
      case BIGINT -> units;
      case DATE -> local.toLocalDate();
      case TIMESTAMP -> local;
      default -> instant;
    };
  }

  private void write(Kind kind, List<Sample> samples) {
    Table<Row> table = table(kind);
    varve.schema().create(table);
    varve
        .table(table)
        .insertAll(
            samples.stream()
                .map(
                    it ->
                        new Row(
                            COLUMNS,
                            time(kind, it.time),
                            it.device,
                            it.value,
                            it.value == null || !Double.isFinite(it.value)
                                ? null
                                : BigDecimal.valueOf(it.value),
                            (int) it.steps))
                .toList());
  }

  /** Two series of very different length, full of ties and of what is not a number. */
  private static List<Sample> random(Kind kind, long seed) {
    Random random = new Random(seed);
    long unit = kind == Kind.DATE ? DAY : 1;
    long start = kind == Kind.BIGINT ? -30_000 : -70 * DAY;
    long span = kind == Kind.BIGINT ? 60_000 : 100 * DAY;
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < 1700; i++) {
      int device = random.nextInt(20) / 19;
      long time = start + (long) (random.nextDouble() * span) / unit * unit;
      if (random.nextInt(3) == 0) {
        time = start + random.nextInt(57) * (span / 56) / unit * unit;
      }
      samples.add(new Sample(time, "d" + device, value(random), random.nextInt(5)));
    }
    return samples;
  }

  private static @Nullable Double value(Random random) {
    return switch (random.nextInt(40)) {
      case 0 -> null;
      case 1 -> Double.NaN;
      case 2 -> Double.POSITIVE_INFINITY;
      case 3 -> Double.NEGATIVE_INFINITY;
      case 4 -> -0.0;
      case 5, 6, 7, 8, 9, 10, 11, 12 -> random.nextGaussian() * 1000;
      default -> (double) random.nextInt(9);
    };
  }

  @ParameterizedTest
  @EnumSource(names = {"TIMESTAMPTZ", "TIMESTAMP", "DATE", "BIGINT"})
  void everyMethodKeepsWhatItIsDescribedToKeep(Kind kind) {
    List<Sample> samples = random(kind, kind.ordinal());
    write(kind, samples);
    for (Downsample how : ALL) {
      assertLines(kind, samples, how, 0);
    }
    for (Downsample how : BROKEN) {
      for (long step : new long[] {kind == Kind.BIGINT ? 900 : 2 * DAY, 7}) {
        Downsample broken =
            kind == Kind.BIGINT
                ? how.gapsLongerThan(step)
                : how.gapsLongerThan(Duration.of(step, ChronoUnit.MICROS));
        assertLines(kind, samples, broken, step);
      }
    }
  }

  @Test
  void theServerTellsGapsThatAreLongerThanAColumn() {
    Random random = new Random(11);
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < 6000; i++) {
      long time = (random.nextInt(6) * random.nextInt(6) * 4 - 50) * DAY + random.nextInt(1 << 30);
      samples.add(new Sample(time, "a", i % 50 == 0 ? null : (double) random.nextInt(99), 0));
    }
    write(Kind.TIMESTAMPTZ, samples);
    List<NaiveLine.Value> rows = samples.stream().map(Sample::naive).toList();
    for (Downsample how : List.of(Downsample.m4(14), Downsample.minMax(30))) {
      assertLine(
          Kind.TIMESTAMPTZ,
          lines().where("device", "a").downsample("value", how.gapsLongerThan(Duration.ofDays(9))),
          rows,
          rows,
          how,
          9 * DAY);
    }
  }

  private void assertLines(Kind kind, List<Sample> samples, Downsample how, long step) {
    TreeMap<String, List<NaiveLine.Value>> series =
        samples.stream()
            .collect(
                Collectors.groupingBy(
                    Sample::device,
                    TreeMap::new,
                    Collectors.mapping(Sample::naive, Collectors.toList())));
    List<SeriesPoints> lines = lines().downsampleEach("value", how);
    assertThat(lines)
        .extracting(it -> it.series().value("device"))
        .containsExactlyElementsOf(series.keySet());
    List<NaiveLine.Value> all = samples.stream().map(Sample::naive).toList();
    for (SeriesPoints line : lines) {
      List<NaiveLine.Value> rows = series.get((String) line.series().value("device"));
      assertLine(kind, line.points(), rows, all, how, step);
    }
    assertLine(kind, lines().downsample("value", how), all, all, how, step);
    assertLine(
        kind,
        lines().where("device", "d0").downsample("value", how),
        series.get("d0"),
        series.get("d0"),
        how,
        step);
  }

  /**
   * @param axis the rows that decide of the columns of time
   */
  private static void assertLine(
      Kind kind,
      Points found,
      List<NaiveLine.Value> rows,
      List<NaiveLine.Value> axis,
      Downsample how,
      long step) {
    NaiveLine naive = new NaiveLine(rows);
    List<Point> kept = points(found).stream().filter(it -> !Double.isNaN(it.value())).toList();
    assertThat(points(found))
        .as("%s of %d rows: the gaps", how, rows.size())
        .isEqualTo(naive.withGaps(kept, step));
    List<Point> times = new NaiveLine(axis).points();
    long from = times.get(0).time();
    long to = times.get(times.size() - 1).time();
    long unit = kind == Kind.DATE ? DAY : 1;
    switch (how.method()) {
      case M4, MIN_MAX ->
          assertThat(kept).as("%s", how).isEqualTo(naive.byColumns(how, from, to, unit));
      case LTTB -> assertTriangles(naive.points(), kept, how.maxPoints());
      case MIN_MAX_LTTB ->
          assertMinMaxLttb(
              naive.byColumns(Downsample.minMax(4 * how.maxPoints()), from, to, unit),
              kept,
              how.maxPoints());
    }
  }

  private static void assertTriangles(List<Point> points, List<Point> kept, int most) {
    if (points.size() <= most) {
      assertThat(kept).isEqualTo(points);
      return;
    }
    assertThat(kept).hasSize(most).startsWith(points.get(0));
    assertThat(kept).endsWith(points.get(points.size() - 1));
    NaiveLine.assertTriangles(points, kept);
  }

  private static void assertMinMaxLttb(List<Point> points, List<Point> kept, int most) {
    if (points.size() <= most) {
      assertThat(kept).isEqualTo(points);
      return;
    }
    double lowest = points.stream().mapToDouble(Point::value).min().orElseThrow();
    double highest = points.stream().mapToDouble(Point::value).max().orElseThrow();
    assertThat(kept).hasSizeBetween(most - 2, most).isSubsetOf(points);
    assertThat(kept).startsWith(points.get(0)).endsWith(points.get(points.size() - 1));
    assertThat(kept).extracting(Point::value).contains(lowest, highest);
    List<Point> extremes =
        List.of(
            points.stream().filter(it -> it.value() == lowest).findFirst().orElseThrow(),
            points.stream().filter(it -> it.value() == highest).findFirst().orElseThrow());
    if (kept.size() == most) {
      NaiveLine.assertTriangles(
          points, kept.stream().filter(it -> !extremes.contains(it)).toList());
    }
  }

  private static List<Point> points(Points points) {
    return zeroes(StreamSupport.stream(points.spliterator(), false).toList());
  }

  /** Zeroes of either sign are the same to the server. */
  private static List<Point> zeroes(List<Point> points) {
    return points.stream().map(it -> new Point(it.time(), it.value() + 0.0)).toList();
  }

  @Test
  void everyNumberAndAPartOfTheRowsCanBeDrawn() {
    List<Sample> samples = random(Kind.TIMESTAMPTZ, 77);
    write(Kind.TIMESTAMPTZ, samples);
    List<NaiveLine.Value> steps =
        samples.stream().map(it -> new NaiveLine.Value(it.time, (double) it.steps)).toList();
    assertLine(
        Kind.TIMESTAMPTZ,
        lines().downsample("steps", Downsample.m4(9)),
        steps,
        steps,
        Downsample.m4(9),
        0);
    Instant from = Instant.EPOCH.minus(Duration.ofDays(30));
    List<NaiveLine.Value> part =
        samples.stream()
            .filter(it -> it.device.equals("d1") && it.time >= -30 * DAY && it.time < 0)
            .map(Sample::naive)
            .toList();
    assertLine(
        Kind.TIMESTAMPTZ,
        lines()
            .range(from, Instant.EPOCH)
            .where("device", "d1")
            .downsample("amount", Downsample.minMax(10)),
        part,
        part,
        Downsample.minMax(10),
        0);
  }

  @Test
  void withoutAnIndexTheAnswerIsTheSame() throws SQLException {
    List<Sample> samples = random(Kind.TIMESTAMPTZ, 5);
    write(Kind.TIMESTAMPTZ, samples);
    List<SeriesPoints> before = lines().downsampleEach("value", Downsample.m4(2));
    for (String index :
        Sql.list(
            database,
            "SELECT indexrelid::regclass FROM pg_index WHERE indrelid = 'lines'::regclass")) {
      Sql.execute(database, "DROP INDEX " + index);
    }
    assertThat(lines().downsampleEach("value", Downsample.m4(2))).isEqualTo(before);
  }

  /** By either way, the server's and the stream's, and with gaps. */
  @ParameterizedTest
  @EnumSource(names = {"NUMERIC", "DOUBLE"})
  void aSeriesIsWhatTheServerTakesForOne(Kind kind) {
    List<Object> spellings =
        kind == Kind.NUMERIC
            ? List.of(new BigDecimal("1.0"), new BigDecimal("1.00"), new BigDecimal("1.000"))
            : List.of(0.0, -0.0, -0.0);
    Table<Row> table =
        Table.builder("spelt")
            .time("time", ColumnType.of(Kind.BIGINT))
            .dimension("size", ColumnType.of(kind))
            .measure("value", ColumnType.of(Kind.DOUBLE))
            .chunk("1000")
            .build();
    varve.schema().create(table);
    List<String> columns = List.of("time", "size", "value");
    Object other = kind == Kind.NUMERIC ? BigDecimal.TEN : (Object) 10.0;
    List<Row> rows = new ArrayList<>();
    List<NaiveLine.Value> values = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      Double value = i % 500 == 250 ? null : (double) (i * 7919L % 1009);
      rows.add(new Row(columns, (long) i, spellings.get(i % 3), value));
      rows.add(new Row(columns, (long) i, other, value));
      values.add(new NaiveLine.Value(i, value));
    }
    varve.table(table).insertAll(rows);
    for (Downsample how : ALL) {
      List<SeriesPoints> lines = varve.from("spelt").downsampleEach("value", how);
      assertThat(lines).as("%s", how).hasSize(2);
      assertThat(lines.get(1).series().value("size")).isEqualTo(other);
      for (SeriesPoints line : lines) {
        assertLine(Kind.BIGINT, line.points(), values, values, how, 0);
      }
    }
  }

  @Test
  void fewPointsComeUnchanged() {
    assertThat(before(Kind.DATE).downsample("value", Downsample.m4(1)).size()).isZero();
    assertThat(lines().downsampleEach("value", Downsample.m4(1))).isEmpty();
    varve.table(table(Kind.DATE)).insertAll(List.of(day(3, null)));
    assertThat(lines().downsample("value", Downsample.lttb(2)).size()).isZero();
    varve.table(table(Kind.DATE)).insertAll(List.of(day(4, 1.5)));
    for (Downsample how : ALL) {
      assertThat(points(lines().downsample("value", how))).containsExactly(new Point(4 * DAY, 1.5));
    }
    varve.table(table(Kind.DATE)).insertAll(List.of(day(4, 1.5), day(4, 0.5), day(4, 2.5)));
    assertThat(points(lines().downsample("value", Downsample.m4(1))))
        .containsExactly(
            new Point(4 * DAY, 0.5),
            new Point(4 * DAY, 1.5),
            new Point(4 * DAY, 1.5),
            new Point(4 * DAY, 2.5));
    varve.table(table(Kind.DATE)).insertAll(List.of(day(4, 2.0)));
    assertThat(points(lines().downsample("value", Downsample.m4(1))))
        .containsExactly(new Point(4 * DAY, 0.5), new Point(4 * DAY, 2.5));
  }

  private Query<Row> before(Kind kind) {
    varve.schema().create(table(kind));
    return lines();
  }

  private static Row day(int day, @Nullable Double value) {
    return new Row(COLUMNS, LocalDate.ofEpochDay(day), "a", value, null, null);
  }

  @Test
  void instantsComeBackToTheMicrosecond() {
    write(Kind.TIMESTAMPTZ, List.of(new Sample(-14_182_939_999_999L, "a", 1.0, 0)));
    Points points = lines().downsample("value", Downsample.lttb(10));
    assertThat(points.instant(0)).isEqualTo(MOON.plusSeconds(1).minusNanos(999_999_000));
    assertThat(points.time(0)).isEqualTo(-14_182_939_999_999L);
  }

  @Test
  void theFarthestBigintsShareAnAxis() {
    write(
        Kind.BIGINT,
        List.of(
            new Sample(-9_000_000_000_000_000_000L, "a", 1.0, 0),
            new Sample(-8_999_999_999_999_999_999L, "a", 9.0, 0),
            new Sample(-8_999_999_999_999_999_998L, "a", 3.0, 0),
            new Sample(0, "a", 2.0, 0),
            new Sample(1, "a", -2.0, 0),
            new Sample(2, "a", 2.0, 0),
            new Sample(9_000_000_000_000_000_000L, "a", 5.0, 0)));
    assertThat(lines().downsample("value", Downsample.minMax(4)).values())
        .containsExactly(1, 9, -2, 5);
  }

  @Test
  void whatDoesNotFitIsRefused() {
    write(Kind.BIGINT, List.of());
    assertThatThrownBy(() -> lines().downsample("device", Downsample.m4(1)))
        .isInstanceOf(MappingException.class)
        .hasMessage("table lines, column \"device\" is of type text; expected a number");
    assertThatThrownBy(() -> lines().limit(5).downsample("value", Downsample.m4(1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("limit(5) before downsample would leave out rows at random; expected a range");
    Downsample hours = Downsample.m4(1).gapsLongerThan(Duration.ofHours(1));
    assertThatThrownBy(() -> lines().downsampleEach("value", hours))
        .isInstanceOf(MappingException.class)
        .hasMessage(
            "table lines, time column \"time\" is of type bigint; expected gapsLongerThan(long)");
    assertThat(Method.values()).hasSize(4);
  }

  private Query<Row> lines() {
    return varve.from("lines");
  }
}
