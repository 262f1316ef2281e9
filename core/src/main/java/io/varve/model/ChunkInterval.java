package io.varve.model;

import io.varve.MappingException;
import io.varve.jdbc.IsoTime;
import io.varve.model.ColumnType.Kind;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The width of a chunk in the units of its time column: microseconds for timestamps, days for
 * dates, plain units for bigint. Chunks are aligned to the Unix epoch (zero for bigint), as
 * TimescaleDB's are, so the default of seven days starts on Thursdays.
 *
 * @param units the width, positive
 */
public record ChunkInterval(long units) {

  private static final Map<String, Long> MICROS =
      Map.of(
          "microsecond", 1L,
          "millisecond", 1_000L,
          "second", 1_000_000L,
          "minute", 60_000_000L,
          "hour", 3_600_000_000L,
          "day", IsoTime.MICROS_PER_DAY,
          "week", 7 * IsoTime.MICROS_PER_DAY);

  private static final Pattern WIDTH = Pattern.compile("(-?\\d{1,18}) +([a-z]+?)s?");
  private static final Pattern UNITS = Pattern.compile("-?\\d{1,19}");

  public ChunkInterval {
    if (units <= 0) {
      throw new MappingException("a chunk of " + units + " units; expected a positive width");
    }
  }

  /** The width where none is given: seven days, and none for a bigint time. */
  static ChunkInterval byDefault(ColumnType time) {
    if (time.kind() == Kind.BIGINT) {
      throw new MappingException(
          "a bigint time has no default chunk; expected a width in the column's own units, such as"
              + " chunk = \"100000\"");
    }
    return parse("7 days", time);
  }

  /**
   * Reads {@code "<n> <unit>"} (microseconds to weeks) for timestamps, whole days or weeks for
   * dates, a plain integer for bigint.
   */
  static ChunkInterval parse(String text, ColumnType time) {
    String width = text.strip().toLowerCase(Locale.ROOT);
    long units = units(text, width, time.kind());
    if (units <= 0) {
      throw refusal(text, "expected a positive width");
    }
    return new ChunkInterval(units);
  }

  private static long units(String text, String width, Kind time) {
    if (time == Kind.BIGINT) {
      return integer(text, width);
    }
    return time == Kind.DATE ? days(text, width) : micros(text, width);
  }

  private static long micros(String text, String width) {
    Matcher matcher = WIDTH.matcher(width);
    if (matcher.matches()) {
      String unit = matcher.group(2);
      if (unit.equals("month") || unit.equals("year")) {
        throw refusal(text, calendarWidth(Long.parseLong(matcher.group(1)), unit));
      }
      Long micros = MICROS.get(unit);
      if (micros != null) {
        try {
          return Math.multiplyExact(Long.parseLong(matcher.group(1)), micros);
        } catch (ArithmeticException e) {
          throw refusal(text, "expected at most 106751991 days");
        }
      }
    }
    throw refusal(
        text,
        "expected \"<n> <unit>\" with microseconds, milliseconds, seconds, minutes, hours, days or"
            + " weeks, such as \"1 day\"");
  }

  private static String calendarWidth(long amount, String unit) {
    String reason = "a chunk has a fixed width, which months and years have not; use days";
    boolean isUsual = amount > 0 && amount < 10_000;
    return isUsual
        ? reason + ", such as \"%d days\"".formatted(amount * (unit.equals("year") ? 365 : 30))
        : reason;
  }

  private static long days(String text, String width) {
    long micros = micros(text, width);
    if (micros % IsoTime.MICROS_PER_DAY != 0) {
      throw refusal(text, "expected whole days or weeks for a date");
    }
    return micros / IsoTime.MICROS_PER_DAY;
  }

  private static long integer(String text, String width) {
    if (!UNITS.matcher(width).matches()) {
      throw refusal(text, "expected a plain integer in the units of a bigint time");
    }
    try {
      return Long.parseLong(width);
    } catch (NumberFormatException e) {
      throw refusal(text, "expected at most " + Long.MAX_VALUE);
    }
  }

  private static MappingException refusal(String text, String reason) {
    return new MappingException("chunk \"%s\": %s".formatted(text, reason));
  }
}
