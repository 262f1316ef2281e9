package io.varve.query;

import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * A number computed over the last few result rows of a group, the present one included, in the
 * order of their buckets: a moving average, a running total. Made to be used as {@code
 * moving(Moving.avg("temperature_avg", 5))}. Nulls are left out. Rows count, not time: with a
 * {@link Fill} there is one row for every bucket.
 *
 * <p>A sum, total or difference is a Double of floating-point numbers, else a BigDecimal; a mean is
 * a BigDecimal of a numeric, else a Double; a count is a Long; the least and the greatest are of
 * the column's own class.
 *
 * @param function what to compute
 * @param column of which result column
 * @param rows over how many rows; empty for all from the first one
 * @param alias another name for the result column
 */
public record Moving(
    Function function, String column, Optional<Integer> rows, Optional<String> alias) {

  /** What can be computed over a window. */
  public enum Function {
    AVG,
    SUM,
    MIN,
    MAX,
    COUNT,
    /** By how much the value is greater than that of the row before. */
    DIFFERENCE
  }

  public Moving {
    Objects.requireNonNull(column, "column");
    rows.filter(it -> it < 1)
        .ifPresent(
            it -> {
              throw new IllegalArgumentException(
                  "moving %s over %d rows; expected 1 or more"
                      .formatted(function.name().toLowerCase(Locale.ROOT), it));
            });
  }

  /** The mean of the last rows; named {@code column_moving_avg}. */
  public static Moving avg(String column, int rows) {
    return new Moving(Function.AVG, column, Optional.of(rows), Optional.empty());
  }

  /** The sum of the last rows. */
  public static Moving sum(String column, int rows) {
    return new Moving(Function.SUM, column, Optional.of(rows), Optional.empty());
  }

  /** The least of the last rows. */
  public static Moving min(String column, int rows) {
    return new Moving(Function.MIN, column, Optional.of(rows), Optional.empty());
  }

  /** The greatest of the last rows. */
  public static Moving max(String column, int rows) {
    return new Moving(Function.MAX, column, Optional.of(rows), Optional.empty());
  }

  /** The number of values in the last rows. */
  public static Moving count(String column, int rows) {
    return new Moving(Function.COUNT, column, Optional.of(rows), Optional.empty());
  }

  /** The sum of all rows up to this one. */
  public static Moving total(String column) {
    return new Moving(Function.SUM, column, Optional.empty(), Optional.of(column + "_total"));
  }

  /** By how much it is greater than in the row before; null for the first one. */
  public static Moving difference(String column) {
    return new Moving(
        Function.DIFFERENCE, column, Optional.of(1), Optional.of(column + "_difference"));
  }

  /** The same with another name for its result column. */
  public Moving as(String name) {
    return new Moving(function, column, rows, Optional.of(name));
  }

  /** The name of the result column. */
  public String name() {
    return alias.orElseGet(() -> column + "_moving_" + function.name().toLowerCase(Locale.ROOT));
  }
}
