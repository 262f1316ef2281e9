package io.varve.query;

import io.varve.MappingException;
import io.varve.jdbc.IsoTime;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Table;
import io.varve.query.BucketWidth.Unit;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Period;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;

/**
 * A {@link Bucket} that fits a table's time.
 *
 * @param width how wide buckets are
 * @param zone in which they are counted; empty for UTC
 * @param origin from where they are counted, in UTC; empty for the usual one
 * @param offset by how much they are moved
 * @param name of the result column
 */
record BucketRules(
    BucketWidth width,
    Optional<ZoneId> zone,
    Optional<LocalDateTime> origin,
    Offset offset,
    String name) {

  /**
   * By how much buckets are moved.
   *
   * @param months calendar months
   * @param days days
   * @param micros microseconds, or units of a bigint time
   */
  record Offset(long months, long days, long micros) {
    private static final Offset NONE = new Offset(0, 0, 0);

    boolean isNone() {
      return equals(NONE);
    }

    /** As a literal of type interval. */
    String interval() {
      return "interval '%s months %s days %s microseconds'".formatted(months, days, micros);
    }
  }

  static BucketRules of(Table<?> table, Bucket bucket) {
    Kind time = table.time().type().kind();
    BucketWidth width = BucketWidth.of(table, bucket.width());
    if (bucket.zone().isPresent() && time != Kind.TIMESTAMPTZ) {
      throw refusal(
          table,
          "has no time zone; expected buckets without one, found " + bucket.zone().orElseThrow());
    }
    Offset offset = bucket.offset().map(it -> offset(table, it)).orElse(Offset.NONE);
    if (offset.months() != 0 && width.unit() != Unit.MONTHS) {
      throw refusal(
          table,
          "cannot have buckets of %s moved by %s; expected an offset without months"
              .formatted(bucket.width(), bucket.offset().orElseThrow()));
    }
    return new BucketRules(
        width,
        bucket.zone().filter(zone -> !zone.normalized().equals(ZoneOffset.UTC)),
        bucket.origin().map(it -> origin(table, it)),
        offset,
        bucket.name());
  }

  private static Offset offset(Table<?> table, Object offset) {
    Kind time = table.time().type().kind();
    if ((offset instanceof Long) != (time == Kind.BIGINT)) {
      throw refusal(
          table,
          "is of type %s; expected %s as the buckets' offset, found %s"
              .formatted(
                  table.time().type().sql(),
                  time == Kind.BIGINT ? "a long" : "a Duration or Period",
                  offset));
    }
    if (offset instanceof Long units) {
      return new Offset(0, 0, units);
    }
    if (offset instanceof Period period) {
      return calendar(period);
    }
    long micros = BucketWidth.micros("bucket offset", (Duration) offset);
    if (time != Kind.DATE) {
      return new Offset(0, 0, micros);
    }
    if (micros % IsoTime.MICROS_PER_DAY != 0) {
      throw refusal(table, "cannot have buckets moved by " + offset + "; expected whole days");
    }
    return new Offset(0, micros / IsoTime.MICROS_PER_DAY, 0);
  }

  private static Offset calendar(Period offset) {
    if (Math.abs(offset.toTotalMonths()) > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "bucket offset %s is too wide; expected at most 2147483647 months".formatted(offset));
    }
    return new Offset(offset.toTotalMonths(), offset.getDays(), 0);
  }

  private static LocalDateTime origin(Table<?> table, Instant origin) {
    Kind time = table.time().type().kind();
    if (time == Kind.BIGINT) {
      throw refusal(table, "is of type bigint; expected an offset instead of an origin");
    }
    if (TimeLiteral.exact(origin).isEmpty()
        || origin.equals(Instant.MAX)
        || origin.equals(Instant.MIN)) {
      throw new IllegalArgumentException(
          "bucket origin %s; expected a time within PostgreSQL's calendar and no finer than a microsecond"
              .formatted(origin));
    }
    LocalDateTime utc = LocalDateTime.ofInstant(origin, ZoneOffset.UTC);
    if (time == Kind.DATE && !utc.toLocalTime().equals(LocalTime.MIDNIGHT)) {
      throw refusal(
          table, "cannot have buckets counted from " + origin + "; expected midnight in UTC");
    }
    return utc;
  }

  private static MappingException refusal(Table<?> table, String reason) {
    return new MappingException(
        "table %s, time column \"%s\" %s".formatted(table.name(), table.time().name(), reason));
  }
}
