package io.varve.testkit.contract;

import io.varve.model.ColumnType.Kind;
import io.varve.model.Row;
import io.varve.query.Aggregate;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Aggregates of groups of rows, as {@link Aggregate} promises them. */
final class NaiveAggregates {

  private static final MathContext DIGITS = new MathContext(60);

  private final NaiveTable table;
  private final List<Row> selected;
  private final Map<String, Map<Row, Neighbours>> neighbours = new HashMap<>();

  /** The values of a series before and after a row's; null where there is none. */
  private record Neighbours(@Nullable Row before, @Nullable Row after) {}

  /**
   * @param selected all rows of the query, of whatever group
   */
  NaiveAggregates(NaiveTable table, List<Row> selected) {
    this.table = table;
    this.selected = selected;
  }

  /**
   * @param rows those of one group
   * @param end when the group's bucket ends, or what is read of it
   */
  @Nullable Object of(Aggregate aggregate, List<Row> rows, OptionalLong end) {
    if (aggregate.column().isEmpty()) {
      return (long) rows.size();
    }
    String column = aggregate.column().orElseThrow();
    Kind kind = table.kind(column);
    List<Object> values = present(rows, column);
    return switch (aggregate.function()) {
      case COUNT -> (long) values.size();
      case DISTINCT -> values.stream().map(Key::new).distinct().count();
      case FIRST -> edge(rows, column, false);
      case LAST -> edge(rows, column, true);
      case HISTOGRAM -> histogram(aggregate.parameters(), numbers(values));
      default ->
          values.isEmpty() ? null : ofValues(aggregate, kind, values, with(rows, column), end);
    };
  }

  private List<Object> present(List<Row> rows, String column) {
    return rows.stream().flatMap(row -> Stream.ofNullable(row.value(column))).toList();
  }

  private List<Row> with(List<Row> rows, String column) {
    return rows.stream().filter(row -> row.value(column) != null).toList();
  }

  /** Equal where PostgreSQL says so. */
  private record Key(Object value) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Key key && NaiveValues.compare(value, key.value()) == 0;
    }

    @Override
    public int hashCode() {
      return value instanceof Number number ? Double.hashCode(number.doubleValue() + 0.0) : 0;
    }
  }

  private @Nullable Object edge(List<Row> rows, String column, boolean last) {
    if (rows.isEmpty()) {
      return null;
    }
    List<Row> sorted = new ArrayList<>(rows);
    sorted.sort(
        Comparator.comparing(table::time)
            .thenComparing(row -> row.value(column), NaiveValues.ORDER));
    return sorted.get(last ? sorted.size() - 1 : 0).value(column);
  }

  private @Nullable Object ofValues(
      Aggregate aggregate, Kind kind, List<Object> values, List<Row> rows, OptionalLong end) {
    String column = aggregate.column().orElseThrow();
    return switch (aggregate.function()) {
      case MIN -> Collections.min(values, NaiveValues::compare);
      case MAX -> Collections.max(values, NaiveValues::compare);
      case MODE -> mode(values);
      case SUM -> cast(sumKind(kind), sum(numbers(values)));
      case AVG -> mean(kind, numbers(values));
      case VARIANCE -> cast(meanKind(kind), variance(numbers(values)));
      case STDDEV -> root(meanKind(kind), variance(numbers(values)));
      case PERCENTILE -> percentile(numbers(values), aggregate.parameters().get(0));
      case PERCENTILES ->
          aggregate.parameters().stream().map(it -> percentile(numbers(values), it)).toList();
      case DELTA -> delta(kind, rows, column);
      case INCREASE -> increase(kind, rows, column);
      case RATE -> rate(rows, column);
      case TIME_WEIGHTED_AVG -> timeWeighted(rows, column, end);
      default -> throw new IllegalStateException(aggregate.function() + " is not of values alone");
    };
  }

  private static List<Number> numbers(List<Object> values) {
    return values.stream().map(Number.class::cast).toList();
  }

  private static Object mode(List<Object> values) {
    TreeMap<Object, Integer> counts = new TreeMap<>(NaiveValues::compare);
    values.forEach(value -> counts.merge(value, 1, Integer::sum));
    int most = Collections.max(counts.values());
    return counts.entrySet().stream()
        .filter(it -> it.getValue() == most)
        .findFirst()
        .orElseThrow()
        .getKey();
  }

  private static boolean isFloat(Kind kind) {
    return kind == Kind.REAL || kind == Kind.DOUBLE;
  }

  private static Kind sumKind(Kind kind) {
    return switch (kind) {
      case SMALLINT, INTEGER -> Kind.BIGINT;
      case BIGINT -> Kind.NUMERIC;
      default -> kind;
    };
  }

  private static Kind meanKind(Kind kind) {
    return kind == Kind.NUMERIC ? kind : Kind.DOUBLE;
  }

  static @Nullable Object cast(Kind kind, @Nullable Number number) {
    if (number == null) {
      return null;
    }
    return switch (kind) {
      case SMALLINT -> number.shortValue();
      case INTEGER -> number.intValue();
      case BIGINT -> number.longValue();
      case REAL -> number.floatValue();
      case DOUBLE -> number.doubleValue();
      default -> NaiveValues.exact(number);
    };
  }

  /** Exact, but for infinities and NaN. */
  static Number sum(List<? extends Number> numbers) {
    return numbers.stream().allMatch(NaiveValues::isFinite)
        ? numbers.stream().map(NaiveValues::exact).reduce(BigDecimal.ZERO, BigDecimal::add)
        : (Number) numbers.stream().mapToDouble(Number::doubleValue).reduce(0, Double::sum);
  }

  static @Nullable Object mean(Kind kind, List<? extends Number> numbers) {
    Number sum = sum(numbers);
    return cast(
        meanKind(kind),
        sum instanceof BigDecimal exact
            ? exact.divide(BigDecimal.valueOf(numbers.size()), DIGITS)
            : sum);
  }

  /** Of a sample. */
  private static @Nullable Number variance(List<Number> numbers) {
    if (numbers.size() < 2) {
      return null;
    }
    if (!numbers.stream().allMatch(NaiveValues::isFinite)) {
      return Double.NaN;
    }
    BigDecimal count = BigDecimal.valueOf(numbers.size());
    BigDecimal sum = NaiveValues.exact(sum(numbers));
    BigDecimal squares =
        NaiveValues.exact(
            sum(numbers.stream().map(NaiveValues::exact).map(it -> it.multiply(it)).toList()));
    return count
        .multiply(squares)
        .subtract(sum.multiply(sum))
        .divide(count.multiply(count.subtract(BigDecimal.ONE)), DIGITS);
  }

  private static @Nullable Object root(Kind kind, @Nullable Number variance) {
    return variance instanceof BigDecimal exact
        ? cast(kind, exact.sqrt(new MathContext(30)))
        : cast(kind, variance);
  }

  private static double percentile(List<Number> numbers, double fraction) {
    List<Double> sorted = numbers.stream().map(Number::doubleValue).sorted().toList();
    double place = fraction * (sorted.size() - 1);
    double below = sorted.get((int) Math.floor(place));
    double above = sorted.get((int) Math.ceil(place));
    return place == Math.floor(place)
        ? below
        : below + (place - Math.floor(place)) * (above - below);
  }

  private static List<Long> histogram(List<Double> parameters, List<Number> numbers) {
    int bins = parameters.get(2).intValue();
    Long[] counts = new Long[bins + 2];
    java.util.Arrays.fill(counts, 0L);
    for (Number number : numbers) {
      counts[bin(number.doubleValue(), parameters.get(0), parameters.get(1), bins)]++;
    }
    return List.of(counts);
  }

  private static int bin(double value, double least, double greatest, int bins) {
    if (value < least) {
      return 0;
    }
    if (!(value < greatest)) {
      return bins + 1;
    }
    BigDecimal width = new BigDecimal(greatest).subtract(new BigDecimal(least));
    BigDecimal distance = new BigDecimal(value).subtract(new BigDecimal(least));
    return distance.multiply(BigDecimal.valueOf(bins)).divideToIntegralValue(width).intValue() + 1;
  }

  private @Nullable Object delta(Kind kind, List<Row> rows, String column) {
    Number first = (Number) Objects.requireNonNull(edge(rows, column, false));
    Number last = (Number) Objects.requireNonNull(edge(rows, column, true));
    return cast(sumKind(kind), minus(last, first));
  }

  static Number minus(Number one, Number other) {
    return NaiveValues.isFinite(one) && NaiveValues.isFinite(other)
        ? NaiveValues.exact(one).subtract(NaiveValues.exact(other))
        : (Number) (one.doubleValue() - other.doubleValue());
  }

  /** Each row's neighbours in its series, among the rows of the query that have a value. */
  private Neighbours neighbours(Row row, String column) {
    return Objects.requireNonNull(neighbours.computeIfAbsent(column, this::allNeighbours).get(row));
  }

  private Map<Row, Neighbours> allNeighbours(String column) {
    TreeMap<List<@Nullable Object>, List<Row>> series = new TreeMap<>(NaiveValues.LISTS);
    for (Row row : with(selected, column)) {
      series.computeIfAbsent(table.series(row), it -> new ArrayList<>()).add(row);
    }
    Map<Row, Neighbours> all = new IdentityHashMap<>();
    for (List<Row> rows : series.values()) {
      rows.sort(Comparator.comparing(table::time));
      for (int i = 0; i < rows.size(); i++) {
        Row before = i == 0 ? null : rows.get(i - 1);
        Row after = i == rows.size() - 1 ? null : rows.get(i + 1);
        all.put(rows.get(i), new Neighbours(before, after));
      }
    }
    return all;
  }

  private @Nullable Number growth(Row row, String column) {
    Row before = neighbours(row, column).before();
    if (before == null) {
      return null;
    }
    Number value = (Number) Objects.requireNonNull(row.value(column));
    Number earlier = (Number) Objects.requireNonNull(before.value(column));
    return NaiveValues.compare(value, earlier) < 0 ? value : minus(value, earlier);
  }

  private @Nullable Number growth(List<Row> rows, String column) {
    List<Number> growths =
        rows.stream().flatMap(it -> Stream.ofNullable(growth(it, column))).toList();
    return growths.isEmpty() ? null : sum(growths);
  }

  private @Nullable Object increase(Kind kind, List<Row> rows, String column) {
    return cast(isFloat(kind) ? Kind.DOUBLE : Kind.NUMERIC, growth(rows, column));
  }

  private @Nullable Object rate(List<Row> rows, String column) {
    Number growth = growth(rows, column);
    double elapsed = 0;
    for (Row row : rows) {
      Row before = neighbours(row, column).before();
      elapsed += before == null ? 0 : table.elapsed(table.time(before), table.time(row));
    }
    return growth == null ? null : growth.doubleValue() / elapsed;
  }

  private Object timeWeighted(List<Row> rows, String column, OptionalLong end) {
    double sum = 0;
    double total = 0;
    for (Row row : rows) {
      double weight = lasted(row, column, end);
      if (weight > 0) {
        sum += weight * ((Number) Objects.requireNonNull(row.value(column))).doubleValue();
        total += weight;
      }
    }
    Object mean = mean(Kind.DOUBLE, numbers(present(rows, column)));
    return total > 0 ? sum / total : Objects.requireNonNull(mean);
  }

  /** Until the next value or the end of what is read; nothing for a value that nothing ends. */
  private double lasted(Row row, String column, OptionalLong end) {
    Row after = neighbours(row, column).after();
    long until =
        Math.min(end.orElse(Long.MAX_VALUE), after == null ? Long.MAX_VALUE : table.time(after));
    return until == Long.MAX_VALUE ? 0 : table.elapsed(table.time(row), until);
  }
}
