package io.varve.testkit.contract;

import io.varve.model.ColumnType.Kind;
import io.varve.query.Bucket;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.Period;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Buckets as {@link Bucket} promises them, worked out on the clock on the wall: a grid of local
 * times, and the moments at which a clock in the zone shows them.
 *
 * @param width a Duration, a Period or a Long
 * @param offset a Duration, a Period or a Long
 */
record NaiveBuckets(
    Object width, @Nullable ZoneId zone, @Nullable Instant origin, @Nullable Object offset) {

  private static final LocalDateTime MONDAY = LocalDateTime.of(2000, 1, 3, 0, 0);
  private static final LocalDateTime JANUARY = LocalDateTime.of(2000, 1, 1, 0, 0);

  /** The same for the query. */
  Bucket toBucket() {
    Bucket bucket =
        width instanceof Duration span
            ? Bucket.of(span)
            : width instanceof Period period ? Bucket.of(period) : Bucket.of((Long) width);
    bucket = zone == null ? bucket : bucket.in(zone);
    bucket = origin == null ? bucket : bucket.origin(origin);
    if (offset instanceof Duration span) {
      return bucket.offset(span);
    } else if (offset instanceof Period period) {
      return bucket.offset(period);
    }
    return offset == null ? bucket : bucket.offset((Long) offset);
  }

  boolean isPlain() {
    return zone == null && origin == null && offset == null;
  }

  /** The start of the bucket that holds the time. */
  long start(long time) {
    if (width instanceof Period) {
      return firstMoment(floor(wall(time)));
    }
    if (zone == null) {
      return floor(time);
    }
    long moved = time - fixedOffset();
    return lastMoment(floor(wall(moved)), moved) + fixedOffset();
  }

  /** Where the next bucket starts. */
  long end(long start) {
    if (zone == null) {
      return next(start);
    }
    for (long candidate : boundariesAfter(start)) {
      if (candidate > start && start(candidate) > start) {
        return start(candidate);
      }
    }
    throw new IllegalStateException("%s: no bucket after %d".formatted(this, start));
  }

  /** The starts of all buckets that have a part in the range. */
  List<Long> slots(long from, long to) {
    List<Long> slots = new ArrayList<>();
    if (from < to) {
      for (long slot = start(from); slot < to; slot = end(slot)) {
        slots.add(slot);
      }
    }
    return slots;
  }

  /** Moments at which a bucket may start: those of the grid, and changes of the clock. */
  private TreeSet<Long> boundariesAfter(long start) {
    TreeSet<Long> boundaries = new TreeSet<>();
    long shift = width instanceof Duration ? fixedOffset() : 0;
    addMoments(boundaries, wall(start - shift), shift);
    ZoneOffsetTransition change = rules().nextTransition(NaiveTime.instant(start - shift));
    if (change != null) {
      long moment = NaiveTime.of(change.getInstant());
      boundaries.add(moment + shift);
      addMoments(boundaries, wall(moment), shift);
    }
    return boundaries;
  }

  private void addMoments(TreeSet<Long> boundaries, long wall, long shift) {
    long grid = floor(wall);
    for (int i = 0; i < 4; i++) {
      for (ZoneOffset valid : rules().getValidOffsets(NaiveTime.local(grid))) {
        boundaries.add(grid - micros(valid) + shift);
      }
      boundaries.add(firstMoment(grid) + shift);
      grid = next(grid);
    }
  }

  /** What the clock shows. */
  private long wall(long time) {
    return time + micros(rules().getOffset(NaiveTime.instant(time)));
  }

  /** When the clock first shows that time; if it skips it, as if it had not been changed yet. */
  private long firstMoment(long wall) {
    List<ZoneOffset> valid = rules().getValidOffsets(NaiveTime.local(wall));
    ZoneOffset offset =
        valid.isEmpty()
            ? rules().getTransition(NaiveTime.local(wall)).getOffsetBefore()
            : valid.get(0);
    return wall - micros(offset);
  }

  /**
   * When the clock last showed that time, seen from the moment; if it skips it, as if it had not
   * been changed yet, and if that is later, whole widths before.
   */
  private long lastMoment(long wall, long seenFrom) {
    List<ZoneOffset> valid = rules().getValidOffsets(NaiveTime.local(wall));
    long first = firstMoment(wall);
    if (valid.isEmpty()) {
      return first - Math.max(0, -Math.floorDiv(seenFrom - first, span())) * span();
    }
    long last = wall - micros(valid.get(valid.size() - 1));
    return last <= seenFrom ? last : first;
  }

  private static long micros(ZoneOffset offset) {
    return offset.getTotalSeconds() * 1_000_000L;
  }

  private ZoneRules rules() {
    return (zone == null ? ZoneOffset.UTC : zone).getRules();
  }

  /** The last time on the grid that is not later. */
  private long floor(long wall) {
    if (isMonths()) {
      return month(monthNumber(wall));
    }
    return Math.floorDiv(wall - phase(), span()) * span() + phase();
  }

  private long next(long grid) {
    return isMonths() ? month(monthNumber(grid) + 1) : grid + span();
  }

  /** The number of the bucket of months, found by going back from a later one. */
  private long monthNumber(long wall) {
    long passed = ChronoUnit.MONTHS.between(firstMonth(), NaiveTime.local(wall));
    long moved = offset instanceof Period period ? period.toTotalMonths() : 0;
    long number = Math.floorDiv(passed - moved, months()) + 3;
    while (month(number) > wall) {
      number--;
    }
    return number;
  }

  private boolean isMonths() {
    return width instanceof Period period && period.toTotalMonths() > 0;
  }

  private long months() {
    return ((Period) width).toTotalMonths();
  }

  /** The start of the bucket of months with that number. */
  private long month(long number) {
    LocalDateTime start = firstMonth().plusMonths(number * months());
    if (offset instanceof Period period) {
      start = start.plusMonths(period.toTotalMonths()).plusDays(period.getDays());
    } else if (offset instanceof Duration span) {
      start = start.plus(span);
    }
    return NaiveTime.of(start);
  }

  private LocalDateTime firstMonth() {
    return origin == null ? JANUARY : wallOrigin().toLocalDate().withDayOfMonth(1).atStartOfDay();
  }

  /** The width of buckets that are no months. */
  private long span() {
    if (width instanceof Duration duration) {
      return micros(duration);
    }
    return width instanceof Period period
        ? period.getDays() * NaiveTime.MICROS_PER_DAY
        : (Long) width;
  }

  /** Where on the local clock a bucket starts. */
  private long phase() {
    if (width instanceof Long) {
      return offset == null ? 0 : (Long) offset;
    }
    long counted = NaiveTime.of(origin == null ? MONDAY : wallOrigin());
    if (offset instanceof Period period) {
      return counted + period.getDays() * NaiveTime.MICROS_PER_DAY;
    }
    return counted + (isZonedFixed() || offset == null ? 0 : micros((Duration) offset));
  }

  private boolean isZonedFixed() {
    return zone != null && width instanceof Duration;
  }

  /** By how much moments are moved, not the clock. */
  private long fixedOffset() {
    return isZonedFixed() && offset instanceof Duration span ? micros(span) : 0;
  }

  private LocalDateTime wallOrigin() {
    Instant moment = origin == null ? Instant.EPOCH : origin;
    return LocalDateTime.ofInstant(moment, zone == null ? ZoneOffset.UTC : zone);
  }

  private static long micros(Duration duration) {
    return duration.toNanos() / 1000;
  }

  /** As the column's class. */
  Object start(Kind kind, Object time) {
    return NaiveTime.as(kind, start(NaiveTime.of(time)));
  }

  @Override
  public String toString() {
    return toBucket().toString();
  }
}
