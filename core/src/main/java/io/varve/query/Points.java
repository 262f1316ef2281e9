package io.varve.query;

import java.time.Instant;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The points of one line, in the order of time. Immutable.
 *
 * <p>Each is a row of the table, but for gaps: between two points with a row in between that has no
 * finite value (null, {@code NaN} or an infinity), there is exactly one point with the value {@code
 * NaN}, at which a chart breaks the line. It has the time of the first such row; where the line is
 * broken because its rows are far apart, the time halfway.
 *
 * <p>Two of these are equal if times and values are.
 */
public final class Points implements Iterable<Points.Point> {

  private final boolean instants;
  private final long[] times;
  private final double[] values;

  /** Keeps the arrays, which must not be changed any more. */
  Points(boolean instants, long[] times, double[] values) {
    this.instants = instants;
    this.times = times;
    this.values = values;
  }

  /**
   * One point.
   *
   * @param time as in {@link Points#time}
   * @param value {@code NaN} for a gap
   */
  public record Point(long time, double value) {}

  /** How many there are, gaps included. */
  public int size() {
    return times.length;
  }

  /** Microseconds since 1970-01-01T00:00Z, or the units of a bigint time. */
  public long time(int index) {
    return times[index];
  }

  /** The time, unless it is a bigint: that is refused with an {@link IllegalStateException}. */
  public Instant instant(int index) {
    if (!instants) {
      throw new IllegalStateException(
          "time %d is a bigint; expected time(int), which has its units".formatted(times[index]));
    }
    return Micros.instant(times[index]);
  }

  /** The value as a double; {@code NaN} for a gap. */
  public double value(int index) {
    return values[index];
  }

  /** Whether the line is broken here. */
  public boolean isGap(int index) {
    return Double.isNaN(values[index]);
  }

  /** All times, in a new array. */
  public long[] times() {
    return times.clone();
  }

  /** All values, in a new array. */
  public double[] values() {
    return values.clone();
  }

  @Override
  public Iterator<Point> iterator() {
    return new Iterator<>() {
      private int next;

      @Override
      public boolean hasNext() {
        return next < times.length;
      }

      @Override
      public Point next() {
        if (!hasNext()) {
          throw new NoSuchElementException("there are %d points".formatted(times.length));
        }
        Point point = new Point(times[next], values[next]);
        next++;
        return point;
      }
    };
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Points points
        && instants == points.instants
        && Arrays.equals(times, points.times)
        && Arrays.equals(values, points.values);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(times) + Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return times.length == 0
        ? "Points[]"
        : "Points[%d from %d to %d]".formatted(times.length, times[0], times[times.length - 1]);
  }
}
