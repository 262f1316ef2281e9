package io.varve.testkit.contract;

import io.varve.model.ColumnType.Kind;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/**
 * Times of every kind as one number: microseconds since 1970-01-01 00:00 UTC, or the units of a
 * bigint time.
 */
final class NaiveTime {

  static final long MICROS_PER_DAY = 86_400_000_000L;

  private NaiveTime() {}

  static long of(Object time) {
    if (time instanceof Instant instant) {
      return instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1000;
    } else if (time instanceof LocalDateTime local) {
      return of(local.toInstant(ZoneOffset.UTC));
    } else if (time instanceof LocalDate date) {
      return date.toEpochDay() * MICROS_PER_DAY;
    }
    return (Long) time;
  }

  /** As a column of that kind gives it. */
  static Object as(Kind kind, long time) {
    return switch (kind) {
      case TIMESTAMPTZ -> instant(time);
      case TIMESTAMP -> local(time);
      case DATE -> LocalDate.ofEpochDay(Math.floorDiv(time, MICROS_PER_DAY));
      default -> time;
    };
  }

  static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  /** The same number on a clock that shows UTC. */
  static LocalDateTime local(long micros) {
    return LocalDateTime.ofInstant(instant(micros), ZoneOffset.UTC);
  }

  /** The first time a column of that kind can hold that is not before the bound. */
  static long bound(Kind kind, Object bound) {
    if (bound instanceof Long units) {
      return units;
    }
    Instant instant = (Instant) bound;
    if (instant.equals(Instant.MIN) || instant.equals(Instant.MAX)) {
      return instant.equals(Instant.MIN) ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
    Instant floor = instant.truncatedTo(kind == Kind.DATE ? ChronoUnit.DAYS : ChronoUnit.MICROS);
    long step = kind == Kind.DATE ? MICROS_PER_DAY : 1;
    return of(floor) + (floor.equals(instant) ? 0 : step);
  }

  /** From one time to another in seconds, or in units of a bigint time. */
  static double elapsed(Kind kind, long from, long to) {
    return kind == Kind.BIGINT ? to - from : (to - from) / 1e6;
  }
}
