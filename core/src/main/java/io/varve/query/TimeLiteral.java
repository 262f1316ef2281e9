package io.varve.query;

import io.varve.jdbc.IsoTime;
import io.varve.model.ColumnType.Kind;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * Times as PostgreSQL reads them, whatever the session's {@code DateStyle} and {@code TimeZone}.
 * Values are sent as text and not as the driver's own because the driver rounds to microseconds,
 * while a bound must be rounded up, and takes the first year of PostgreSQL's calendar for {@code
 * -infinity}.
 */
final class TimeLiteral {

  /** The first day of PostgreSQL's timestamps and dates: Julian day 0. */
  private static final LocalDateTime FIRST = LocalDateTime.of(-4713, 11, 24, 0, 0);

  private static final LocalDateTime TIMESTAMPS_END = LocalDateTime.of(294277, 1, 1, 0, 0);
  private static final LocalDateTime DATES_END = LocalDateTime.of(5874898, 1, 1, 0, 0);

  private TimeLiteral() {}

  /**
   * The least time of the kind that is not before the instant: {@code time >= x} and {@code time <
   * x} hold for it exactly when they hold for the instant itself.
   */
  static String bound(Kind kind, Instant instant) {
    LocalDateTime end = end(kind);
    if (!instant.isBefore(end.toInstant(ZoneOffset.UTC))) {
      return IsoTime.infinity(true);
    }
    if (instant.isBefore(FIRST.toInstant(ZoneOffset.UTC))) {
      return instant.equals(Instant.MIN) ? IsoTime.infinity(false) : finite(kind, FIRST);
    }
    LocalDateTime time =
        ceiling(
            LocalDateTime.ofInstant(instant, ZoneOffset.UTC),
            kind == Kind.DATE ? ChronoUnit.DAYS : ChronoUnit.MICROS);
    return time.isBefore(end) ? finite(kind, time) : IsoTime.infinity(true);
  }

  /** Whether the instant's bound is a time of PostgreSQL's calendar, and nothing is beyond it. */
  static boolean isInCalendar(Kind kind, Instant instant) {
    return !instant.isBefore(FIRST.toInstant(ZoneOffset.UTC))
        && !bound(kind, instant).equals(IsoTime.infinity(true));
  }

  private static LocalDateTime ceiling(LocalDateTime time, ChronoUnit unit) {
    LocalDateTime floor = time.truncatedTo(unit);
    return floor.equals(time) ? time : floor.plus(1, unit);
  }

  /** The value itself; empty if PostgreSQL cannot hold it. */
  static Optional<String> exact(Instant instant) {
    if (instant.equals(Instant.MAX) || instant.equals(Instant.MIN)) {
      return Optional.of(IsoTime.of(instant));
    }
    boolean inCalendar =
        !instant.isBefore(FIRST.toInstant(ZoneOffset.UTC))
            && instant.isBefore(TIMESTAMPS_END.toInstant(ZoneOffset.UTC));
    return inCalendar
        ? exact(Kind.TIMESTAMPTZ, LocalDateTime.ofInstant(instant, ZoneOffset.UTC))
        : Optional.empty();
  }

  /** The value itself; empty if PostgreSQL cannot hold it. */
  static Optional<String> exact(LocalDateTime time) {
    if (time.equals(LocalDateTime.MAX) || time.equals(LocalDateTime.MIN)) {
      return Optional.of(IsoTime.of(time));
    }
    return exact(Kind.TIMESTAMP, time);
  }

  /** The value itself; empty if PostgreSQL cannot hold it. */
  static Optional<String> exact(LocalDate date) {
    if (date.equals(LocalDate.MAX) || date.equals(LocalDate.MIN)) {
      return Optional.of(IsoTime.of(date));
    }
    return exact(Kind.DATE, date.atStartOfDay());
  }

  private static Optional<String> exact(Kind kind, LocalDateTime time) {
    boolean held = !time.isBefore(FIRST) && time.isBefore(end(kind)) && time.getNano() % 1000 == 0;
    return held ? Optional.of(finite(kind, time)) : Optional.empty();
  }

  private static LocalDateTime end(Kind kind) {
    return kind == Kind.DATE ? DATES_END : TIMESTAMPS_END;
  }

  private static String finite(Kind kind, LocalDateTime time) {
    return switch (kind) {
      case DATE -> IsoTime.of(time.toLocalDate());
      case TIMESTAMPTZ -> IsoTime.of(time.toInstant(ZoneOffset.UTC));
      default -> IsoTime.of(time);
    };
  }
}
