package io.varve.query;

import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneId;
import java.util.Objects;
import java.util.Optional;

/**
 * How rows are grouped by time: a width, and from where buckets are counted, e.g. {@code
 * Bucket.of(Period.ofDays(1)).in(ZoneId.of("Europe/Berlin"))}. Immutable.
 *
 * <p>What each time column takes is checked by {@link Query#bucket(Bucket)}:
 *
 * <ul>
 *   <li>A {@link Duration} is a fixed span, a whole number of microseconds, of days where the time
 *       is a date; not for a bigint time. Buckets are counted from Monday 2000-01-03 00:00.
 *   <li>A {@link Period} follows the calendar: months and years, counted from January 2000, or days
 *       and weeks, counted from Monday 2000-01-03; not both together, and not for a bigint time.
 *   <li>A {@code long} is so many units of a bigint time, counted from 0.
 * </ul>
 *
 * <p>Without a zone, times are taken in UTC. Only a timestamptz has a zone. In a zone, buckets of a
 * period are those of the local calendar: a local day of 23 or 25 hours is one bucket, which starts
 * with the first moment of that day. Buckets of a duration are counted on the local clock, as
 * TimescaleDB's {@code time_bucket} with a time zone does (its version 2.29): six hours start at
 * 0:00, 6:00, 12:00 and 18:00 local time all year round, and where the clock is put back within a
 * bucket, hours that come twice are two buckets. Widths are meant to be whole hours or to divide
 * half an hour: buckets of others can overlap in an hour that comes twice.
 *
 * <p>Buckets whose start an origin or an offset has moved into an hour that comes twice can overlap
 * as well, of a duration and of a period: rows of that hour's second time may be counted in the
 * bucket before, although the next one has begun. So can whole hours where the clock is put back by
 * more than one, as in Antarctica/Troll.
 */
public final class Bucket {

  private static final String NAME = "bucket";

  private final Object width;
  private final Optional<ZoneId> zone;
  private final Optional<Instant> origin;
  private final Optional<Object> offset;
  private final String name;

  private Bucket(
      Object width,
      Optional<ZoneId> zone,
      Optional<Instant> origin,
      Optional<Object> offset,
      String name) {
    this.width = width;
    this.zone = zone;
    this.origin = origin;
    this.offset = offset;
    this.name = name;
  }

  /** Buckets of a fixed span; more than zero. */
  public static Bucket of(Duration width) {
    return new Bucket(
        Objects.requireNonNull(width, "width"),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        NAME);
  }

  /** Buckets of the calendar; more than zero. */
  public static Bucket of(Period width) {
    return new Bucket(
        Objects.requireNonNull(width, "width"),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        NAME);
  }

  /** Buckets of so many units of a bigint time; more than zero. */
  public static Bucket of(long width) {
    return new Bucket(width, Optional.empty(), Optional.empty(), Optional.empty(), NAME);
  }

  /** Counted in a time zone's local time. */
  public Bucket in(ZoneId zone) {
    return new Bucket(width, Optional.of(zone), origin, offset, name);
  }

  /**
   * Counted from this moment: it starts a bucket, unless buckets are months, of which it only says
   * the first one. Where the time has no zone it is taken in UTC. Not for a bigint time, which has
   * an offset.
   */
  public Bucket origin(Instant origin) {
    return new Bucket(width, zone, Optional.of(origin), offset, name);
  }

  /**
   * All buckets moved by a fixed span; a negative one moves them back. Buckets of a period are
   * moved on the local clock; one whose start that clock skips starts as much later, and one whose
   * start comes twice may leave rows to the one before (see the class).
   */
  public Bucket offset(Duration offset) {
    return new Bucket(width, zone, origin, Optional.of(offset), name);
  }

  /**
   * All buckets moved by a span of the calendar: months start on the fifth, days at another day.
   */
  public Bucket offset(Period offset) {
    return new Bucket(width, zone, origin, Optional.of(offset), name);
  }

  /** All buckets moved by so many units of a bigint time. */
  public Bucket offset(long offset) {
    return new Bucket(width, zone, origin, Optional.of(offset), name);
  }

  /** The same with another name for the result column than {@code bucket}. */
  public Bucket as(String name) {
    return new Bucket(width, zone, origin, offset, Objects.requireNonNull(name, "name"));
  }

  /** The name of the result column. */
  String name() {
    return name;
  }

  /** A {@link Duration}, {@link Period} or {@link Long}. */
  Object width() {
    return width;
  }

  Optional<ZoneId> zone() {
    return zone;
  }

  Optional<Instant> origin() {
    return origin;
  }

  /** A {@link Duration}, {@link Period} or {@link Long}. */
  Optional<Object> offset() {
    return offset;
  }

  @Override
  public String toString() {
    return "buckets of "
        + width
        + zone.map(it -> " in " + it).orElse("")
        + origin.map(it -> " from " + it).orElse("")
        + offset.map(it -> " moved by " + it).orElse("");
  }
}
