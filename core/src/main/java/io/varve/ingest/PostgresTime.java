package io.varve.ingest;

import io.varve.MappingException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/**
 * Java's times as PostgreSQL stores them: microseconds or days since 2000-01-01, exactly or not at
 * all.
 */
final class PostgresTime {

  /** What to add to PostgreSQL's microseconds or days to count from 1970. */
  static final long UNIX_MICROS = 946_684_800_000_000L;

  static final int UNIX_DAYS = 10_957;

  static final long POSITIVE_INFINITY = Long.MAX_VALUE;
  static final long NEGATIVE_INFINITY = Long.MIN_VALUE;
  static final int POSITIVE_INFINITY_DAYS = Integer.MAX_VALUE;
  static final int NEGATIVE_INFINITY_DAYS = Integer.MIN_VALUE;

  private static final long UNIX_SECONDS = UNIX_MICROS / 1_000_000;

  /** Julian day 0, -4713-11-24, is the first day of both types. */
  private static final long FIRST_DAY = -2_451_545;

  private static final long FIRST_SECOND = FIRST_DAY * 86_400;

  /** The first second after 294276-12-31. */
  private static final long END_SECOND = 9_223_371_331_200L;

  /** 5874897-12-31. */
  static final int LAST_DAY = 2_147_483_493 - 2_451_545;

  private PostgresTime() {}

  /** Microseconds since 2000; {@code MAX} and {@code MIN} are the infinities. */
  static long micros(Instant time) {
    if (time.equals(Instant.MAX) || time.equals(Instant.MIN)) {
      return time.equals(Instant.MAX) ? POSITIVE_INFINITY : NEGATIVE_INFINITY;
    }
    return micros(time.getEpochSecond(), time.getNano(), time);
  }

  /** Microseconds since 2000; {@code MAX} and {@code MIN} are the infinities. */
  static long micros(LocalDateTime time) {
    if (time.equals(LocalDateTime.MAX) || time.equals(LocalDateTime.MIN)) {
      return time.equals(LocalDateTime.MAX) ? POSITIVE_INFINITY : NEGATIVE_INFINITY;
    }
    return micros(time.toEpochSecond(ZoneOffset.UTC), time.getNano(), time);
  }

  private static long micros(long unixSeconds, int nanos, Object time) {
    long seconds = unixSeconds - UNIX_SECONDS;
    if (seconds < FIRST_SECOND || seconds >= END_SECOND) {
      throw new MappingException(
          time
              + " is out of range; expected -4713-11-24 to +294276-12-31, or MIN or MAX for"
              + " infinity");
    }
    if (nanos % 1_000 != 0) {
      throw new MappingException(
          time
              + " is finer than a microsecond, PostgreSQL's precision; truncate it first:"
              + " truncatedTo(ChronoUnit.MICROS)");
    }
    return seconds * 1_000_000 + nanos / 1_000;
  }

  /** Days since 2000; {@code MAX} and {@code MIN} are the infinities. */
  static int days(LocalDate date) {
    if (date.equals(LocalDate.MAX) || date.equals(LocalDate.MIN)) {
      return date.equals(LocalDate.MAX) ? POSITIVE_INFINITY_DAYS : NEGATIVE_INFINITY_DAYS;
    }
    long days = date.toEpochDay() - UNIX_DAYS;
    if (days < FIRST_DAY || days > LAST_DAY) {
      throw new MappingException(
          date
              + " is out of range; expected -4713-11-24 to +5874897-12-31, or MIN or MAX for"
              + " infinity");
    }
    return (int) days;
  }
}
