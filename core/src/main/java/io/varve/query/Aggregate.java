package io.varve.query;

import java.util.Optional;

/**
 * One aggregate of a bucketed query. Its result column is named {@code column_function}, e.g.
 * {@code temperature_avg}; {@code count()} of rows is named {@code count}.
 *
 * @param function what to compute
 * @param column over which column; empty only for the count of rows
 */
public record Aggregate(Function function, Optional<String> column) {

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
    LAST
  }

  /** The number of rows. */
  public static Aggregate count() {
    return new Aggregate(Function.COUNT, Optional.empty());
  }

  /** The number of values that are not null. */
  public static Aggregate count(String column) {
    return new Aggregate(Function.COUNT, Optional.of(column));
  }

  public static Aggregate sum(String column) {
    return new Aggregate(Function.SUM, Optional.of(column));
  }

  public static Aggregate avg(String column) {
    return new Aggregate(Function.AVG, Optional.of(column));
  }

  public static Aggregate min(String column) {
    return new Aggregate(Function.MIN, Optional.of(column));
  }

  public static Aggregate max(String column) {
    return new Aggregate(Function.MAX, Optional.of(column));
  }

  /** The value at the earliest time of the bucket. */
  public static Aggregate first(String column) {
    return new Aggregate(Function.FIRST, Optional.of(column));
  }

  /** The value at the latest time of the bucket. */
  public static Aggregate last(String column) {
    return new Aggregate(Function.LAST, Optional.of(column));
  }

  /** The name of the result column. */
  public String name() {
    String suffix = function.name().toLowerCase(java.util.Locale.ROOT);
    return column.map(name -> name + "_" + suffix).orElse(suffix);
  }
}
