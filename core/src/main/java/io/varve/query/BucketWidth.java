package io.varve.query;

import io.varve.MappingException;
import io.varve.jdbc.IsoTime;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Table;
import java.time.Duration;
import java.time.Period;
import java.time.temporal.TemporalAmount;
import java.util.List;
import java.util.Map;

/**
 * The width of a bucket.
 *
 * @param unit what is counted
 * @param count how many, more than zero
 */
record BucketWidth(Unit unit, long count) {

  private static final long MICROS_PER_SECOND = 1_000_000;

  /** As many as can be counted in microseconds. */
  private static final long MOST_DAYS = Long.MAX_VALUE / IsoTime.MICROS_PER_DAY;

  /** Spans in microseconds, from the longest to the shortest. */
  private static final List<Map.Entry<Long, String>> SPANS =
      List.of(
          Map.entry(60 * 60 * MICROS_PER_SECOND, "hour"),
          Map.entry(60 * MICROS_PER_SECOND, "minute"),
          Map.entry(MICROS_PER_SECOND, "second"),
          Map.entry(1000L, "millisecond"),
          Map.entry(1L, "microsecond"));

  /** What the width of a bucket is counted in. */
  enum Unit {
    MICROSECONDS,
    DAYS,
    MONTHS,
    /** Of a bigint time. */
    UNITS
  }

  /** Refuses what the table's time cannot have. */
  static BucketWidth of(Table<?> table, Object width) {
    return width instanceof Long units ? units(table, units) : span(table, (TemporalAmount) width);
  }

  private static BucketWidth span(Table<?> table, TemporalAmount width) {
    if (table.time().type().kind() == Kind.BIGINT) {
      throw refusal(
          table, "is of type bigint; expected a long as the bucket width, found " + width);
    }
    return width instanceof Period period ? of(period) : of(table, (Duration) width);
  }

  private static BucketWidth of(Table<?> table, Duration width) {
    requirePositive(!width.isZero() && !width.isNegative(), width);
    long micros = micros("bucket width", width);
    if (table.time().type().kind() != Kind.DATE) {
      return new BucketWidth(Unit.MICROSECONDS, micros);
    }
    if (micros % IsoTime.MICROS_PER_DAY != 0) {
      throw refusal(table, "cannot have buckets of " + width + "; expected whole days");
    }
    return new BucketWidth(Unit.DAYS, micros / IsoTime.MICROS_PER_DAY);
  }

  private static BucketWidth of(Period width) {
    long months = width.toTotalMonths();
    if (months != 0 && width.getDays() != 0) {
      throw new IllegalArgumentException(
          "bucket width %s mixes months with days; expected one or the other".formatted(width));
    }
    requirePositive(months > 0 || width.getDays() > 0, width);
    if (months > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "bucket width %s is too wide; expected at most 2147483647 months".formatted(width));
    }
    if (width.getDays() > MOST_DAYS) {
      throw new IllegalArgumentException(
          "bucket width %s is too wide; expected at most %s days".formatted(width, MOST_DAYS));
    }
    return months > 0
        ? new BucketWidth(Unit.MONTHS, months)
        : new BucketWidth(Unit.DAYS, width.getDays());
  }

  private static BucketWidth units(Table<?> table, long width) {
    if (table.time().type().kind() != Kind.BIGINT) {
      throw refusal(
          table,
          "is of type %s; expected a Duration or Period as the bucket width, found %d"
              .formatted(table.time().type().sql(), width));
    }
    requirePositive(width > 0, width);
    return new BucketWidth(Unit.UNITS, width);
  }

  /** A duration in microseconds, of which it must be a whole number. */
  static long micros(String role, Duration duration) {
    if (duration.getNano() % 1000 != 0) {
      throw new IllegalArgumentException(
          "%s %s is finer than a microsecond; expected whole microseconds"
              .formatted(role, duration));
    }
    try {
      return Math.addExact(
          Math.multiplyExact(duration.getSeconds(), MICROS_PER_SECOND), duration.getNano() / 1000);
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(
          "%s %s is too wide; expected less than 292,000 years".formatted(role, duration), e);
    }
  }

  /** The width as a literal of type interval. */
  String interval() {
    return "interval '%s %s'"
        .formatted(
            count,
            switch (unit) {
              case MICROSECONDS -> "microseconds";
              case DAYS -> "days";
              case MONTHS -> "months";
              case UNITS -> throw new IllegalStateException("a width in units is no interval");
            });
  }

  /** In the largest unit of which it is a whole number, for messages. */
  @Override
  public String toString() {
    return switch (unit) {
      case MICROSECONDS ->
          SPANS.stream()
              .filter(span -> count % span.getKey() == 0)
              .findFirst()
              .map(span -> counted(count / span.getKey(), span.getValue()))
              .orElseThrow();
      case DAYS -> counted(count, "day");
      case MONTHS -> counted(count, "month");
      case UNITS -> counted(count, "unit");
    };
  }

  private static String counted(long count, String what) {
    return count == 1 ? "1 " + what : count + " " + what + "s";
  }

  /** Whether both are equally wide, wherever they begin; a day is as wide as 24 hours. */
  boolean isAsWideAs(BucketWidth other) {
    return inMicros().equals(other.inMicros());
  }

  private BucketWidth inMicros() {
    return unit == Unit.DAYS
        ? new BucketWidth(Unit.MICROSECONDS, count * IsoTime.MICROS_PER_DAY)
        : this;
  }

  /** About how long it is, in microseconds. */
  double approximateMicros() {
    return switch (unit) {
      case MICROSECONDS, UNITS -> count;
      case DAYS -> (double) count * IsoTime.MICROS_PER_DAY;
      case MONTHS -> 30.0 * count * IsoTime.MICROS_PER_DAY;
    };
  }

  private static void requirePositive(boolean positive, Object width) {
    if (!positive) {
      throw new IllegalArgumentException(
          "bucket width %s; expected more than zero".formatted(width));
    }
  }

  private static MappingException refusal(Table<?> table, String reason) {
    return new MappingException(
        "table %s, time column \"%s\" %s".formatted(table.name(), table.time().name(), reason));
  }
}
