package io.varve.cli.csv;

import io.varve.cli.shell.CommandException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A pattern of the JDK's {@link DateTimeFormatter}, read strictly: the 30th of February is no date.
 * A zone in the text holds; an abbreviation must be the one in use at that time, because CET and
 * CEST are an hour apart.
 *
 * @param pattern as the user wrote it
 * @param formatter reads it
 */
record TimePattern(String pattern, DateTimeFormatter formatter) implements TimeFormat {

  /** Letters of the time of day. */
  private static final String TIME_LETTERS = "ahHkKmsSAnNB";

  private static final ZonedDateTime SPECIMEN =
      ZonedDateTime.of(2001, 2, 3, 14, 15, 16, 0, ZoneId.of("Europe/Berlin"));

  private static final List<DateTimeFormatter> ZONE_NAMES =
      List.of(
          DateTimeFormatter.ofPattern("z", Locale.ENGLISH),
          DateTimeFormatter.ofPattern("zzzz", Locale.ENGLISH));

  static TimePattern of(String pattern) {
    if (pattern.contains("YYYY") || pattern.contains("DD")) {
      throw CommandException.usage(
          "time format \"" + pattern + "\" asks for week-based years or days of the year",
          "write years as yyyy and days of the month as dd");
    }
    try {
      DateTimeFormatter formatter =
          DateTimeFormatter.ofPattern(strict(pattern), Locale.ENGLISH)
              .withResolverStyle(ResolverStyle.STRICT);
      TimePattern format = new TimePattern(pattern, formatter);
      format.requireDateAndTime();
      return format;
    } catch (IllegalArgumentException e) {
      throw CommandException.usage(
          "time format \"" + pattern + "\" is not a pattern: " + e.getMessage(),
          "expected letters such as dd/MM/yyyy HH:mm:ss, or iso, epoch-s, epoch-ms, epoch-us,"
              + " epoch-ns");
    }
  }

  /** Read strictly, a year {@code y} needs an era; {@code u} does not. */
  private static String strict(String pattern) {
    return letters(pattern).indexOf('G') >= 0 ? pattern : replaceLetters(pattern, 'y', 'u');
  }

  private static String replaceLetters(String pattern, char from, char to) {
    StringBuilder replaced = new StringBuilder();
    boolean quoted = false;
    for (char c : pattern.toCharArray()) {
      quoted ^= c == '\'';
      replaced.append(!quoted && c == from ? to : c);
    }
    return replaced.toString();
  }

  /** The pattern without its quoted texts. */
  private static String letters(String pattern) {
    return pattern.replaceAll("'[^']*'?", "");
  }

  /** Half a time of day, such as hh without a, would otherwise be midnight. */
  private void requireDateAndTime() {
    TemporalAccessor parsed = readBack();
    if (parsed == null || parsed.query(TemporalQueries.localDate()) == null) {
      throw CommandException.usage(
          "time format \"" + pattern + "\" does not tell a date",
          "expected year, month and day, such as dd/MM/yyyy");
    }
    boolean meansTime = letters(pattern).chars().anyMatch(c -> TIME_LETTERS.indexOf(c) >= 0);
    if (meansTime && parsed.query(TemporalQueries.localTime()) == null) {
      throw CommandException.usage(
          "time format \"" + pattern + "\" does not tell the time of day",
          "write hours up to 23 as HH; hours up to 12, hh, need a for AM and PM");
    }
  }

  private @Nullable TemporalAccessor readBack() {
    try {
      return formatter.parse(formatter.format(SPECIMEN));
    } catch (DateTimeException e) {
      return null; // a pattern that cannot read what it writes
    }
  }

  @Override
  public Moment parse(String text) {
    try {
      TemporalAccessor parsed = formatter.parse(text);
      LocalDateTime local = local(parsed);
      return new Moment(local, offset(parsed, local, text));
    } catch (DateTimeException e) {
      throw new Unfit("does not match the time format " + pattern);
    }
  }

  private static LocalDateTime local(TemporalAccessor parsed) {
    LocalTime time = parsed.query(TemporalQueries.localTime());
    if (time != null && time.getNano() % 1000 != 0) {
      throw new Unfit("is finer than a microsecond");
    }
    return LocalDate.from(parsed).atTime(time == null ? LocalTime.MIDNIGHT : time);
  }

  private @Nullable ZoneOffset offset(TemporalAccessor parsed, LocalDateTime local, String text) {
    if (parsed.isSupported(ChronoField.OFFSET_SECONDS)) {
      return ZoneOffset.ofTotalSeconds(parsed.get(ChronoField.OFFSET_SECONDS));
    }
    ZoneId zone = parsed.query(TemporalQueries.zone());
    return zone == null ? null : offset(zone, local, text);
  }

  /** Of a time that came twice the first, unless the zone's name tells which. */
  private ZoneOffset offset(ZoneId zone, LocalDateTime local, String text) {
    List<ZoneOffset> offsets = zone.getRules().getValidOffsets(local);
    if (offsets.isEmpty()) {
      throw new Unfit("does not exist in " + zone + ", where the clocks went forward over it");
    }
    boolean named = letters(pattern).indexOf('z') >= 0;
    return offsets.stream()
        .filter(offset -> !named || isNamed(ZonedDateTime.ofLocal(local, zone, offset), text))
        .findFirst()
        .orElseThrow(() -> new Unfit("names a time zone that is not in use at that time"));
  }

  private static boolean isNamed(ZonedDateTime time, String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    return ZONE_NAMES.stream()
        .map(name -> name.format(time).toLowerCase(Locale.ROOT))
        .anyMatch(lower::contains);
  }

  @Override
  public String title() {
    return pattern;
  }
}
