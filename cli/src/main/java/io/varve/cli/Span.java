package io.varve.cli;

import io.varve.cli.shell.CommandException;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneId;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A length of time as users write it: {@code 15m}, {@code 1 hour}, {@code 7d}, {@code 1mo}. Exactly
 * one of the two parts counts.
 *
 * @param fixed a fixed width, from seconds to weeks
 * @param calendar months or years; none where the width is fixed
 */
record Span(Duration fixed, Period calendar) {

  private static final Pattern TEXT = Pattern.compile("(\\d{1,9}) ?([a-z]+)");
  private static final long DAYS_PER_MONTH = 31;

  /** In other programs a month, in upper case only by mistake a minute. */
  private static final Pattern CAPITAL_M = Pattern.compile("\\d{1,9} ?M");

  /** Whether a text looks like a span, and not like a name. */
  static boolean isSpan(String text) {
    return find(text).isPresent();
  }

  static Span parse(String text) {
    return find(text)
        .orElseThrow(
            () ->
                CommandException.usage(
                    "\"" + text + "\" is no span of time",
                    "expected a number with s, m, h, d, w, mo or y, such as 15m, 1h, 7d or 1mo"));
  }

  private static Optional<Span> find(String text) {
    if (CAPITAL_M.matcher(text.strip()).matches()) {
      throw CommandException.usage(
          "\"" + text + "\" could be minutes or months", "1m is a minute, 1mo a month");
    }
    Matcher matcher = TEXT.matcher(text.strip().toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      return Optional.empty();
    }
    int amount = Integer.parseInt(matcher.group(1));
    Span span =
        switch (matcher.group(2)) {
          case "s", "sec", "second", "seconds" -> fixed(Duration.ofSeconds(amount));
          case "m", "min", "minute", "minutes" -> fixed(Duration.ofMinutes(amount));
          case "h", "hour", "hours" -> fixed(Duration.ofHours(amount));
          case "d", "day", "days" -> fixed(Duration.ofDays(amount));
          case "w", "week", "weeks" -> fixed(Duration.ofDays(7L * amount));
          case "mo", "mon", "month", "months" -> new Span(Duration.ZERO, Period.ofMonths(amount));
          case "y", "year", "years" -> new Span(Duration.ZERO, Period.ofYears(amount));
          default -> null;
        };
    return amount == 0 ? Optional.empty() : Optional.ofNullable(span);
  }

  private static Span fixed(Duration width) {
    return new Span(width, Period.ZERO);
  }

  boolean isCalendar() {
    return !calendar.isZero();
  }

  /** The instant that long before another, by the calendar of a zone. */
  Instant before(Instant instant, ZoneId zone) {
    return instant.atZone(zone).minus(isCalendar() ? calendar : fixed).toInstant();
  }

  /** The width, or the most it can be. */
  Duration atMost() {
    return isCalendar() ? Duration.ofDays(calendar.toTotalMonths() * DAYS_PER_MONTH) : fixed;
  }
}
