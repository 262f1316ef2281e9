package io.varve.query;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How the points of a line are thinned out before a chart is drawn of them. Immutable.
 *
 * <p>The time from the first to the last point of all the query's series is cut into columns of
 * equal width, whole microseconds (whole days of a date, whole units of a bigint). They may be up
 * to one percent wider than they had to be.
 *
 * @param method which points are kept
 * @param maxPoints how many at most, {@link Points#isGap gaps} not counted; {@value #MIN_POINTS} or
 *     more (2 for LTTB) and at most {@value #MAX_POINTS}
 * @param gap the line is broken between points that are further apart
 * @param gapUnits the same for a bigint time, in its units
 */
public record Downsample(
    Method method, int maxPoints, Optional<Duration> gap, OptionalLong gapUnits) {

  /** The least number of points that may be asked for. */
  public static final int MIN_POINTS = 4;

  /** The greatest number of points that may be asked for. */
  public static final int MAX_POINTS = 4_000_000;

  private static final long PRESELECTED = 4;
  private static final Duration MICROSECOND = Duration.ofNanos(1000);

  /** Which points are kept. The first and the last of the line always are. */
  public enum Method {
    /** Of each column the first, the last, the lowest and the highest point. */
    M4,
    /** Of each column the lowest and the highest point. */
    MIN_MAX,
    /** Those that span the largest triangles with their neighbours; extremes may be lost. */
    LTTB,
    /** LTTB of four times as many points kept by MIN_MAX, and the lowest and the highest of all. */
    MIN_MAX_LTTB
  }

  public Downsample {
    int least = method == Method.LTTB ? 2 : MIN_POINTS;
    if (maxPoints < least || maxPoints > MAX_POINTS) {
      throw new IllegalArgumentException(
          "%s to %d points; expected %d to %d".formatted(method, maxPoints, least, MAX_POINTS));
    }
    if (gap.isPresent() && gap.get().compareTo(MICROSECOND) < 0) {
      throw new IllegalArgumentException(
          "gaps longer than %s; expected a microsecond or more".formatted(gap.get()));
    }
    if (gapUnits.isPresent() && gapUnits.getAsLong() <= 0) {
      throw new IllegalArgumentException(
          "gaps longer than %d; expected more than zero".formatted(gapUnits.getAsLong()));
    }
    if (gap.isPresent() && gapUnits.isPresent()) {
      throw new IllegalArgumentException(
          "gaps longer than %s and than %d units; expected one of them"
              .formatted(gap.get(), gapUnits.getAsLong()));
    }
  }

  /**
   * Of each of so many columns the first, the last, the lowest and the highest point: at most four
   * points for each. A line drawn of them into that many columns of pixels looks as one drawn of
   * all points (Jugel and others, "M4", 2014).
   */
  public static Downsample m4(int pixels) {
    if (pixels < 1 || pixels > MAX_POINTS / 4) {
      throw new IllegalArgumentException(
          "M4 for %d pixels; expected 1 to %d".formatted(pixels, MAX_POINTS / 4));
    }
    return of(Method.M4, 4 * pixels);
  }

  /** First and last point, and of each of {@code (maxPoints - 2) / 2} columns the extremes. */
  public static Downsample minMax(int maxPoints) {
    return of(Method.MIN_MAX, maxPoints);
  }

  /**
   * Largest triangle, three buckets (Steinarsson, 2013): first and last point, and one of each of
   * {@code maxPoints - 2} buckets of as many points each. Looks good in few points, but an extreme
   * may be lost; every row is sent over.
   */
  public static Downsample lttb(int maxPoints) {
    return of(Method.LTTB, maxPoints);
  }

  /**
   * LTTB of what {@link #minMax} to four times as many points leaves (Van Der Donckt and others,
   * arXiv 2305.00332): nearly the same picture, of far fewer rows. Other than published, the lowest
   * and the highest point of the line are kept in any case: two of the points are set aside for
   * them.
   */
  public static Downsample minMaxLttb(int maxPoints) {
    return of(Method.MIN_MAX_LTTB, maxPoints);
  }

  private static Downsample of(Method method, int maxPoints) {
    return new Downsample(method, maxPoints, Optional.empty(), OptionalLong.empty());
  }

  /**
   * Also breaks the line between two points that are further apart than this; a microsecond or
   * more, and not for a bigint time. Shorter than a column, it costs that every row is sent over.
   */
  public Downsample gapsLongerThan(Duration duration) {
    return new Downsample(method, maxPoints, Optional.of(duration), OptionalLong.empty());
  }

  /** Like {@link #gapsLongerThan(Duration)} in the units of a bigint time. */
  public Downsample gapsLongerThan(long units) {
    return new Downsample(method, maxPoints, Optional.empty(), OptionalLong.of(units));
  }

  /** Into how many columns of time the line is cut. */
  int columns() {
    return switch (method) {
      case M4 -> maxPoints / 4;
      case MIN_MAX -> (maxPoints - 2) / 2;
      case MIN_MAX_LTTB -> (int) ((PRESELECTED * maxPoints - 2) / 2);
      case LTTB -> 1;
    };
  }

  /** The longest step between two points that are joined, in units of the time; 0 if all are. */
  long longestStep() {
    return gap.map(Downsample::micros).orElse(gapUnits.orElse(0));
  }

  private static long micros(Duration duration) {
    boolean fits = duration.getSeconds() < Long.MAX_VALUE / 1_000_000;
    return fits ? duration.getSeconds() * 1_000_000 + duration.getNano() / 1000 : Long.MAX_VALUE;
  }

  /** How many points come unchanged from the selection by columns. */
  long preselected() {
    return method == Method.MIN_MAX_LTTB ? PRESELECTED * maxPoints : maxPoints;
  }
}
