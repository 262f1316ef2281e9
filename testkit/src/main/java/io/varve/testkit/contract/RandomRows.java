package io.varve.testkit.contract;

import io.varve.model.Column;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Row;
import io.varve.model.Table;
import io.varve.model.TableBuilder;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Tables of every kind of time, and irregular rows for them: around moments at which clocks and
 * calendars do something special, with nulls, NaN and infinities.
 *
 * <p>Floating-point numbers are whole eighths, so that sums and differences are exact in any order;
 * numerics are multiples of 0.05.
 */
final class RandomRows {

  private static final List<Instant> LANDMARKS =
      Stream.of(
              "1582-10-10T00:00:00Z",
              "1883-11-18T17:00:00Z",
              "1920-01-01T00:00:00Z",
              "1969-12-31T23:59:59.999999Z",
              "1970-01-01T00:00:00Z",
              "1985-12-31T18:30:00Z",
              "1999-12-31T23:59:59.999999Z",
              "2000-01-03T00:00:00Z",
              "2024-02-29T00:00:00Z",
              "2024-03-10T05:00:00Z",
              "2024-03-10T07:00:00Z",
              "2024-03-31T01:00:00Z",
              "2024-04-06T15:00:00Z",
              "2024-10-05T15:30:00Z",
              "2024-10-27T01:00:00Z",
              "2024-11-03T05:00:00Z",
              "2024-11-03T06:00:00Z",
              "2024-12-31T23:59:59.999999Z",
              "2036-03-30T01:00:00Z")
          .map(Instant::parse)
          .toList();

  private static final long[] UNITS = {0, 1000, -500, 1_000_000_007L};

  private final Random random;

  RandomRows(Random random) {
    this.random = random;
  }

  /** Each kind of time, and no, one and two dimensions. */
  static List<Table<Row>> tables() {
    return List.of(
        table("two", Kind.TIMESTAMPTZ, 2),
        table("one", Kind.TIMESTAMPTZ, 1),
        table("none", Kind.TIMESTAMPTZ, 0),
        table("local", Kind.TIMESTAMP, 1),
        table("days", Kind.DATE, 2),
        table("ticks", Kind.BIGINT, 1));
  }

  private static Table<Row> table(String name, Kind time, int dimensions) {
    TableBuilder builder =
        Table.builder(name)
            .time("at", ColumnType.of(time))
            .chunk(time == Kind.BIGINT ? "1000000000" : "36500 days");
    if (dimensions > 0) {
      builder.dimension("device", ColumnType.of(Kind.TEXT));
    }
    if (dimensions > 1) {
      builder.dimension("site", ColumnType.of(Kind.INTEGER));
    }
    return builder
        .measure("d", ColumnType.of(Kind.DOUBLE))
        .measure("r", ColumnType.of(Kind.REAL))
        .measure("l", ColumnType.of(Kind.BIGINT))
        .measure("i", ColumnType.of(Kind.INTEGER))
        .measure("s", ColumnType.of(Kind.SMALLINT))
        .measure("n", ColumnType.of(Kind.NUMERIC))
        .measure("x", ColumnType.of(Kind.TEXT))
        .measure("b", ColumnType.of(Kind.BOOLEAN))
        .build();
  }

  /** A table with new rows. */
  NaiveTable fill(Table<Row> table) {
    boolean distinct = random.nextInt(3) > 0;
    List<String> names = table.columns().stream().map(Column::name).toList();
    NaiveTable naive = new NaiveTable(table, new ArrayList<>(), distinct);
    TreeSet<List<@Nullable Object>> seen = new TreeSet<>(NaiveValues.LISTS);
    List<Object> anchors = anchors(table.time().type().kind());
    int size = random.nextInt(20) == 0 ? random.nextInt(3) : random.nextInt(200, 400);
    for (int i = 0; i < size; i++) {
      Row row = row(table, names, anchors.get(random.nextInt(anchors.size())));
      List<@Nullable Object> place = new ArrayList<>(naive.series(row));
      place.add(naive.time(row));
      if (seen.add(place) || !distinct) {
        naive.rows().add(row);
      }
    }
    return naive;
  }

  private List<Object> anchors(Kind kind) {
    List<Object> anchors = new ArrayList<>();
    for (int i = random.nextInt(1, 4); i > 0; i--) {
      anchors.add(
          kind == Kind.BIGINT
              ? (Object) UNITS[random.nextInt(UNITS.length)]
              : LANDMARKS.get(random.nextInt(LANDMARKS.size())));
    }
    return anchors;
  }

  private Row row(Table<Row> table, List<String> names, Object anchor) {
    List<@Nullable Object> values = new ArrayList<>();
    for (Column<Row, ?> column : table.columns()) {
      values.add(
          switch (column.role()) {
            case TIME -> NaiveTime.as(column.type().kind(), time(anchor));
            case DIMENSION ->
                column.type().kind() == Kind.TEXT
                    ? "d" + random.nextInt(3)
                    : (Object) random.nextInt(2);
            case MEASURE -> random.nextInt(5) == 0 ? null : value(column.type().kind());
          });
    }
    return new Row(names, values.toArray());
  }

  /** On the anchor, beside it, on whole hours and days around it, or anywhere near. */
  private long time(Object anchor) {
    if (anchor instanceof Long units) {
      return units + (random.nextBoolean() ? random.nextInt(-3, 4) : random.nextInt(-300, 300));
    }
    Instant moment = (Instant) anchor;
    return NaiveTime.of(
        switch (random.nextInt(6)) {
          case 0 -> moment.plus(random.nextInt(-3, 4), ChronoUnit.MICROS);
          case 1 ->
              moment.truncatedTo(ChronoUnit.DAYS).plus(random.nextInt(-9, 10), ChronoUnit.DAYS);
          case 2 ->
              moment
                  .truncatedTo(ChronoUnit.HOURS)
                  .plus(random.nextInt(-48, 48), ChronoUnit.HOURS)
                  .plus(random.nextInt(-1, 2), ChronoUnit.MICROS);
          case 3 -> moment.plus(random.nextInt(-30, 30) * 15L, ChronoUnit.MINUTES);
          case 4 -> moment.plus(random.nextInt(-600, 600), ChronoUnit.MINUTES);
          default -> moment.plus(random.nextLong(-9L << 40, 9L << 40), ChronoUnit.MICROS);
        });
  }

  /** A value as the rows have it. */
  Object value(Kind kind) {
    return switch (kind) {
      case DOUBLE -> real();
      case REAL -> (float) real();
      case BIGINT -> random.nextInt(15) == 0 ? 1_000_000_000_000_000L : random.nextLong(-9, 50);
      case INTEGER -> random.nextInt(30) == 0 ? Integer.MAX_VALUE : random.nextInt(-5, 12);
      case SMALLINT -> random.nextInt(30) == 0 ? Short.MIN_VALUE : (short) random.nextInt(-2, 4);
      case NUMERIC -> decimal();
      case TEXT -> List.of("d0", "d1", "a", "ab", "abc", "b").get(random.nextInt(6));
      case BOOLEAN -> random.nextBoolean();
      default -> throw new IllegalStateException("no values of " + kind);
    };
  }

  private double real() {
    return switch (random.nextInt(120)) {
      case 0 -> Double.NaN;
      case 1 -> Double.POSITIVE_INFINITY;
      case 2 -> Double.NEGATIVE_INFINITY;
      case 3, 4, 5 -> -0.0;
      case 6, 7, 8 -> 0.0;
      default -> random.nextInt(-40, 200) / 8.0;
    };
  }

  private BigDecimal decimal() {
    return BigDecimal.valueOf(random.nextInt(-100, 400) * 5L, 2).setScale(random.nextInt(2, 5));
  }
}
