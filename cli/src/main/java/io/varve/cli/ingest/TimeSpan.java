package io.varve.cli.ingest;

import io.varve.model.Row;
import io.varve.query.Query;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** From the earliest to the latest of some times, all of one column. Not thread-safe. */
public final class TimeSpan {

  private @Nullable Object first;
  private @Nullable Object last;

  /** Takes in one more. */
  @SuppressWarnings("unchecked")
  void add(Object time) {
    Comparable<Object> at = (Comparable<Object>) time;
    first = first == null || at.compareTo(first) < 0 ? at : first;
    last = last == null || at.compareTo(last) > 0 ? at : last;
  }

  /** The earliest. */
  public Optional<Object> first() {
    return Optional.ofNullable(first);
  }

  /** The latest. */
  public Optional<Object> last() {
    return Optional.ofNullable(last);
  }

  /** Whether a stretch of the column's units, without its end, has times of the span. */
  boolean overlaps(long start, long end) {
    return first != null && last != null && units(first) < end && units(last) >= start;
  }

  /** How many rows of the span there are; counting ends at a limit. */
  public long count(Query<Row> all, long limit) {
    if (first == null || last == null) {
      return 0;
    }
    Query<Row> within =
        first instanceof Long from && last instanceof Long to
            ? all.range(from, Math.max(to, to + 1)) // the greatest of all has no next
            : all.range(instant(first), instant(last).plus(1, ChronoUnit.MICROS));
    return within.limit(limit).count();
  }

  /** As chunks have their bounds: microseconds, days of a date, units of a bigint. */
  private static long units(Object time) {
    if (time instanceof Long number) {
      return number;
    }
    return time instanceof LocalDate date
        ? date.toEpochDay()
        : ChronoUnit.MICROS.between(Instant.EPOCH, instant(time));
  }

  private static Instant instant(Object time) {
    if (time instanceof Instant instant) {
      return instant;
    }
    return (time instanceof LocalDate date ? date.atStartOfDay() : (LocalDateTime) time)
        .toInstant(ZoneOffset.UTC);
  }
}
