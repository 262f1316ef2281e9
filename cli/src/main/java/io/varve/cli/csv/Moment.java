package io.varve.cli.csv;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * A time as a file states it.
 *
 * @param local date and time of day as written, at most microseconds
 * @param offset the offset from UTC, if it was written
 */
public record Moment(LocalDateTime local, @Nullable ZoneOffset offset) {

  /** The limits of PostgreSQL's timestamps. */
  private static final Instant EARLIEST = Instant.parse("-4713-11-24T00:00:00Z");

  private static final Instant LATEST = Instant.parse("+294276-12-31T23:59:59.999999Z");

  /** The instant; times without an offset are in the given zone. */
  public Instant instant(LocalZone zone) {
    return inRange(offset == null ? zone.instant(local) : local.toInstant(offset));
  }

  /** Date and time of day for a column without time zone; an offset would be lost. */
  public LocalDateTime withoutZone() {
    if (offset != null) {
      throw new Unfit("has an offset from UTC, which a timestamp without time zone cannot keep");
    }
    inRange(local.toInstant(ZoneOffset.UTC));
    return local;
  }

  /** The date, for a column of dates; an offset or a time of day would be lost. */
  public LocalDate date() {
    if (offset != null) {
      throw new Unfit("has an offset from UTC, which a date cannot keep");
    }
    if (!local.toLocalTime().equals(LocalTime.MIDNIGHT)) {
      throw new Unfit("has a time of day, which a date cannot keep");
    }
    inRange(local.toInstant(ZoneOffset.UTC));
    return local.toLocalDate();
  }

  private static Instant inRange(Instant instant) {
    if (instant.isBefore(EARLIEST) || instant.isAfter(LATEST)) {
      throw new Unfit("is outside of what PostgreSQL can hold, 4714 BC to the year 294276");
    }
    return instant;
  }
}
