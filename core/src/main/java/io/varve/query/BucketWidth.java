package io.varve.query;

import io.varve.MappingException;
import io.varve.jdbc.IsoTime;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Table;
import java.time.Duration;
import java.time.Period;

/**
 * The width of a bucket as {@code time_bucket} takes it.
 *
 * @param type the type of its first argument
 * @param value its value
 */
record BucketWidth(String type, Bind value) {

  private static final long MICROS_PER_SECOND = 1_000_000;

  static BucketWidth of(Table<?> table, Duration width) {
    requireCalendar(table, width);
    long micros = micros(width);
    if (table.time().type().kind() != Kind.DATE) {
      return interval(micros + " microseconds");
    }
    if (micros % IsoTime.MICROS_PER_DAY != 0) {
      throw refusal(table, "cannot have buckets of " + width + "; expected whole days");
    }
    return interval(micros / IsoTime.MICROS_PER_DAY + " days");
  }

  private static long micros(Duration width) {
    requirePositive(!width.isZero() && !width.isNegative(), width);
    if (width.getNano() % 1000 != 0) {
      throw new IllegalArgumentException(
          "bucket width %s is finer than a microsecond; expected whole microseconds"
              .formatted(width));
    }
    try {
      return Math.addExact(
          Math.multiplyExact(width.getSeconds(), MICROS_PER_SECOND), width.getNano() / 1000);
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(
          "bucket width %s is too wide; expected less than 292,000 years".formatted(width), e);
    }
  }

  static BucketWidth of(Table<?> table, Period width) {
    requireCalendar(table, width);
    long months = width.toTotalMonths();
    if (months != 0 && width.getDays() != 0) {
      throw new IllegalArgumentException(
          "bucket width %s mixes months with days; expected one or the other".formatted(width));
    }
    requirePositive(months > 0 || width.getDays() > 0, width);
    return interval(months > 0 ? months + " months" : width.getDays() + " days");
  }

  static BucketWidth of(Table<?> table, long width) {
    if (table.time().type().kind() != Kind.BIGINT) {
      throw refusal(
          table,
          "is of type %s; expected a Duration or Period as the bucket width, found %d"
              .formatted(table.time().type().sql(), width));
    }
    requirePositive(width > 0, width);
    return new BucketWidth("bigint", Bind.bigint(width));
  }

  private static BucketWidth interval(String text) {
    return new BucketWidth("interval", Bind.untyped(text));
  }

  private static void requireCalendar(Table<?> table, Object width) {
    if (table.time().type().kind() == Kind.BIGINT) {
      throw refusal(
          table, "is of type bigint; expected a long as the bucket width, found " + width);
    }
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
