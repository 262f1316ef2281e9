package io.varve.query;

import java.util.Locale;
import java.util.Optional;

/**
 * One aggregate of a bucketed query. Made to be imported statically: {@code import static
 * io.varve.query.Aggregate.*}. Its result column is named {@code column_function}, e.g. {@code
 * temperature_avg}; {@code count()} of rows is named {@code count}.
 *
 * <p>Nulls are left out by all but {@code count()}, {@code first} and {@code last}; a bucket
 * without a value has null (a count of 0). {@code NaN} counts as a value, greater than any other.
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
 * </table>
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

  public Aggregate {
    if (column.isEmpty() && function != Function.COUNT) {
      throw new IllegalArgumentException(
          "%s of no column; expected one: only the count of rows has none"
              .formatted(suffix(function)));
    }
  }

  /** The number of rows. */
  public static Aggregate count() {
    return new Aggregate(Function.COUNT, Optional.empty());
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

  private static Aggregate of(Function function, String column) {
    return new Aggregate(function, Optional.of(column));
  }

  /** The name of the result column. */
  public String name() {
    String suffix = suffix(function);
    return column.map(name -> name + "_" + suffix).orElse(suffix);
  }

  private static String suffix(Function function) {
    return function.name().toLowerCase(Locale.ROOT);
  }
}
