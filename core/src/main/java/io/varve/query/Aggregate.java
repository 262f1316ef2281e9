package io.varve.query;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/**
 * One aggregate of a bucketed query. Made to be imported statically: {@code import static
 * io.varve.query.Aggregate.*}. Its result column is named {@code column_function}, e.g. {@code
 * temperature_avg}; {@code count()} of rows is named {@code count}. {@link #as} gives it another
 * name, which it needs where two have the same.
 *
 * <p>Nulls are left out by all but {@code count()}, {@code first} and {@code last}; a bucket
 * without a value has null (a count of 0, a histogram of zeros). {@code NaN} counts as a value,
 * greater than any other.
 *
 * <table>
 * <caption>The class of a result</caption>
 * <tr><th>function</th><th>columns</th><th>result</th></tr>
 * <tr><td>count</td><td>all</td><td>Long</td></tr>
 * <tr><td>sum</td><td>smallint, integer</td><td>Long</td></tr>
 * <tr><td></td><td>bigint, numeric</td><td>BigDecimal</td></tr>
 * <tr><td></td><td>real</td><td>Float</td></tr>
 * <tr><td></td><td>double precision</td><td>Double</td></tr>
 * <tr><td>avg</td><td>numeric</td><td>BigDecimal</td></tr>
 * <tr><td></td><td>the other numbers</td><td>Double</td></tr>
 * <tr><td>min, max</td><td>all but boolean, uuid, jsonb, bytea</td><td>the column's own</td></tr>
 * <tr><td>first, last</td><td>all</td><td>the column's own</td></tr>
 * <tr><td>mode</td><td>as min</td><td>the column's own</td></tr>
 * <tr><td>distinct</td><td>all</td><td>Long</td></tr>
 * <tr><td>stddev, variance</td><td>numeric</td><td>BigDecimal</td></tr>
 * <tr><td></td><td>the other numbers</td><td>Double</td></tr>
 * <tr><td>percentile</td><td>numbers</td><td>Double</td></tr>
 * <tr><td>percentiles</td><td>numbers</td><td>List of Double</td></tr>
 * <tr><td>histogram</td><td>numbers</td><td>List of Long</td></tr>
 * <tr><td>delta</td><td>numbers</td><td>as sum</td></tr>
 * <tr><td>increase</td><td>real, double precision</td><td>Double</td></tr>
 * <tr><td></td><td>the other numbers</td><td>BigDecimal</td></tr>
 * <tr><td>rate, time_weighted_avg</td><td>numbers</td><td>Double</td></tr>
 * </table>
 *
 * @param function what to compute
 * @param column over which column; empty only for the count of rows
 * @param parameters what the function needs beside the column: the fractions of percentiles, the
 *     bounds and the number of bins of a histogram
 * @param alias another name for the result column
 */
public record Aggregate(
    Function function, Optional<String> column, List<Double> parameters, Optional<String> alias) {

  private static final int MAX_BINS = 10_000;

  /** The aggregates there are. */
  public enum Function {
    COUNT,
    SUM,
    AVG,
    MIN,
    MAX,
    /** The value at the earliest time. */
    FIRST,
    /** The value at the latest time. */
    LAST,
    /** The standard deviation of a sample. */
    STDDEV,
    /** The variance of a sample. */
    VARIANCE,
    /** The value below which a fraction of the values lies. */
    PERCENTILE,
    /** Several percentiles. */
    PERCENTILES,
    /** The number of different values. */
    DISTINCT,
    /** The number of values per bin. */
    HISTOGRAM,
    /** The most frequent value. */
    MODE,
    /** By how much the last value is greater than the first. */
    DELTA,
    /** By how much a counter grew. */
    INCREASE,
    /** By how much a counter grew per second. */
    RATE,
    /** The mean of values that count for as long as they lasted. */
    TIME_WEIGHTED_AVG
  }

  public Aggregate {
    parameters = List.copyOf(parameters);
    if (column.isEmpty() && function != Function.COUNT) {
      throw new IllegalArgumentException(
          "%s of no column; expected one: only the count of rows has none"
              .formatted(suffix(function)));
    }
    switch (function) {
      case PERCENTILE -> requireFractions(parameters, parameters.size() == 1);
      case PERCENTILES -> requireFractions(parameters, !parameters.isEmpty());
      case HISTOGRAM -> requireBins(parameters);
      default -> {
        if (!parameters.isEmpty()) {
          throw new IllegalArgumentException(
              "%s has no parameters, found %s".formatted(suffix(function), parameters));
        }
      }
    }
  }

  private static void requireFractions(List<Double> fractions, boolean complete) {
    if (!complete || fractions.stream().anyMatch(it -> !(it >= 0 && it <= 1))) {
      throw new IllegalArgumentException(
          "percentile of %s; expected a fraction from 0 to 1, such as 0.95".formatted(fractions));
    }
  }

  private static void requireBins(List<Double> parameters) {
    if (parameters.size() != 3) {
      throw new IllegalArgumentException(
          "histogram of %s; expected the bounds and the number of bins".formatted(parameters));
    }
    double least = parameters.get(0);
    double greatest = parameters.get(1);
    double bins = parameters.get(2);
    if (!(least < greatest) || Double.isInfinite(least) || Double.isInfinite(greatest)) {
      throw new IllegalArgumentException(
          "histogram from %s to %s; expected finite bounds, the lower one first"
              .formatted(least, greatest));
    }
    if (Double.isInfinite(greatest - least)) {
      throw new IllegalArgumentException(
          "histogram from %s to %s; expected bounds whose difference a double can hold"
              .formatted(least, greatest));
    }
    if (!(bins >= 1 && bins <= MAX_BINS && bins == Math.rint(bins))) {
      throw new IllegalArgumentException(
          "histogram of %s bins; expected 1 to %d".formatted(bins, MAX_BINS));
    }
  }

  /** The number of rows. */
  public static Aggregate count() {
    return new Aggregate(Function.COUNT, Optional.empty(), List.of(), Optional.empty());
  }

  /** The number of values that are not null. */
  public static Aggregate count(String column) {
    return of(Function.COUNT, column);
  }

  /** The sum; of integers it is exact and wider than they are. */
  public static Aggregate sum(String column) {
    return of(Function.SUM, column);
  }

  /** The arithmetic mean. */
  public static Aggregate avg(String column) {
    return of(Function.AVG, column);
  }

  /** The smallest value, in PostgreSQL's order of the column's type. */
  public static Aggregate min(String column) {
    return of(Function.MIN, column);
  }

  /** The greatest value, in PostgreSQL's order of the column's type. */
  public static Aggregate max(String column) {
    return of(Function.MAX, column);
  }

  /**
   * The value at the earliest time of the bucket, even if it is null. Of several rows with that
   * time, the smallest value in PostgreSQL's order, in which null comes last.
   */
  public static Aggregate first(String column) {
    return of(Function.FIRST, column);
  }

  /**
   * The value at the latest time of the bucket, even if it is null. Of several rows with that time,
   * the greatest value in PostgreSQL's order, in which null comes last.
   */
  public static Aggregate last(String column) {
    return of(Function.LAST, column);
  }

  /** The standard deviation of a sample; null for fewer than two values. */
  public static Aggregate stddev(String column) {
    return of(Function.STDDEV, column);
  }

  /** The variance of a sample; null for fewer than two values. */
  public static Aggregate variance(String column) {
    return of(Function.VARIANCE, column);
  }

  /**
   * The value below which that fraction of the values lies, interpolated between two of them as
   * SQL's {@code percentile_cont} does. Its column is named {@code column_p95} for 0.95.
   *
   * @param fraction 0 (the least value) to 1 (the greatest)
   */
  public static Aggregate percentile(String column, double fraction) {
    return new Aggregate(
        Function.PERCENTILE, Optional.of(column), List.of(fraction), Optional.empty());
  }

  /** Several percentiles in one result column, in the order given; from one sorting. */
  public static Aggregate percentiles(String column, double... fractions) {
    return new Aggregate(
        Function.PERCENTILES,
        Optional.of(column),
        DoubleStream.of(fractions).boxed().toList(),
        Optional.empty());
  }

  /** The number of different values that are not null. */
  public static Aggregate distinct(String column) {
    return of(Function.DISTINCT, column);
  }

  /**
   * The number of values in each of so many bins of equal width: first the values below the lower
   * bound, then one number per bin, then the values at the upper bound and above, {@code NaN}
   * included. That is TimescaleDB's {@code histogram}, but nulls are left out.
   *
   * @param bins 1 to 10,000; the result has two elements more
   */
  public static Aggregate histogram(String column, double least, double greatest, int bins) {
    return new Aggregate(
        Function.HISTOGRAM,
        Optional.of(column),
        List.of(least, greatest, (double) bins),
        Optional.empty());
  }

  /** The most frequent value; of several, the smallest. */
  public static Aggregate mode(String column) {
    return of(Function.MODE, column);
  }

  /**
   * The last value that is not null minus the first one. Where one bucket holds several series,
   * group by their dimensions, or it compares one's value with another's.
   */
  public static Aggregate delta(String column) {
    return of(Function.DELTA, column);
  }

  /**
   * By how much a counter grew. Each value is compared with the one before it of the same series
   * (the same dimensions); where it is smaller, the counter was reset, and the value itself is what
   * it grew by. The growth counts in the bucket of the later value, so the increases of all buckets
   * are the increase of the range; the first value of a series in the range has nothing to be
   * compared with. Null where nothing could be compared.
   */
  public static Aggregate increase(String column) {
    return of(Function.INCREASE, column);
  }

  /**
   * By how much a counter of a series grew per second: its {@link #increase} divided by the time
   * between the values it comes from; per unit where the time is a bigint. For several series in a
   * group it is their mean, in which each counts for its time.
   */
  public static Aggregate rate(String column) {
    return of(Function.RATE, column);
  }

  /**
   * The mean of a value that holds until the next one of its series: each value counts for the time
   * until that one, at most to the end of its bucket and of the query's range. The time before the
   * first value of a bucket does not count. A value that nothing ends, the last one of a series
   * where there are neither buckets nor an end of the range, counts only where there is no other:
   * then it is the mean.
   */
  public static Aggregate timeWeightedAvg(String column) {
    return of(Function.TIME_WEIGHTED_AVG, column);
  }

  private static Aggregate of(Function function, String column) {
    return new Aggregate(function, Optional.of(column), List.of(), Optional.empty());
  }

  /** The same with another name for its result column. */
  public Aggregate as(String name) {
    return new Aggregate(function, column, parameters, Optional.of(name));
  }

  /** The name of the result column. */
  public String name() {
    return alias.orElseGet(() -> column.map(it -> it + "_" + suffix()).orElseGet(this::suffix));
  }

  private String suffix() {
    return switch (function) {
      case PERCENTILE -> percent(parameters.get(0));
      case PERCENTILES ->
          parameters.stream().map(Aggregate::percent).collect(Collectors.joining("_"));
      default -> suffix(function);
    };
  }

  /** 0.95 is p95, 0.999 is p99_9. */
  private static String percent(double fraction) {
    return "p"
        + BigDecimal.valueOf(fraction)
            .movePointRight(2)
            .stripTrailingZeros()
            .toPlainString()
            .replace('.', '_');
  }

  private static String suffix(Function function) {
    return function.name().toLowerCase(Locale.ROOT);
  }
}
