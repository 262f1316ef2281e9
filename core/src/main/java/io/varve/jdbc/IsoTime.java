package io.varve.jdbc;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.chrono.IsoEra;
import java.util.Locale;

/**
 * The one place where times become text: as PostgreSQL prints them in ISO style, timestamptz in
 * UTC, and reads them whatever the session's {@code DateStyle} and {@code TimeZone}. Java's year 0
 * is 1 BC; {@code MAX} and {@code MIN} are the infinities. The digits are ASCII whatever the JVM's
 * locale.
 *
 * <p>Microseconds are the finest there is: what is finer has been refused or rounded before.
 */
public final class IsoTime {

  /** How many microseconds the day of a timestamp has: those of UTC have no other length. */
  public static final long MICROS_PER_DAY = 86_400_000_000L;

  private static final String INFINITY = "infinity";
  private static final String MINUS_INFINITY = "-infinity";

  private IsoTime() {}

  /** A timestamptz. */
  public static String of(Instant time) {
    if (time.equals(Instant.MAX) || time.equals(Instant.MIN)) {
      return infinity(time.equals(Instant.MAX));
    }
    LocalDateTime utc = LocalDateTime.ofInstant(time, ZoneOffset.UTC);
    LocalDate date = utc.toLocalDate();
    return day(date) + ' ' + clock(utc.toLocalTime()) + "+00" + era(date);
  }

  /** A timestamp. */
  public static String of(LocalDateTime time) {
    if (time.equals(LocalDateTime.MAX) || time.equals(LocalDateTime.MIN)) {
      return infinity(time.equals(LocalDateTime.MAX));
    }
    LocalDate date = time.toLocalDate();
    return day(date) + ' ' + clock(time.toLocalTime()) + era(date);
  }

  /** A date. */
  public static String of(LocalDate date) {
    if (date.equals(LocalDate.MAX) || date.equals(LocalDate.MIN)) {
      return infinity(date.equals(LocalDate.MAX));
    }
    return day(date) + era(date);
  }

  /** The infinity of any type of time. */
  public static String infinity(boolean positive) {
    return positive ? INFINITY : MINUS_INFINITY;
  }

  private static String day(LocalDate date) {
    int year = isBeforeChrist(date) ? 1 - date.getYear() : date.getYear();
    return format("%04d-%02d-%02d", year, date.getMonthValue(), date.getDayOfMonth());
  }

  private static String clock(LocalTime time) {
    String seconds = format("%02d:%02d:%02d", time.getHour(), time.getMinute(), time.getSecond());
    int micros = time.getNano() / 1000;
    return micros == 0 ? seconds : seconds + format(".%06d", micros).replaceAll("0+$", "");
  }

  private static String format(String pattern, Object... numbers) {
    return String.format(Locale.ROOT, pattern, numbers);
  }

  private static String era(LocalDate date) {
    return isBeforeChrist(date) ? " BC" : "";
  }

  private static boolean isBeforeChrist(LocalDate date) {
    return date.getEra() == IsoEra.BCE;
  }
}
