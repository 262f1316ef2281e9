package io.varve.cli;

import io.varve.cli.csv.LocalZone;
import io.varve.cli.csv.TimeFormat;
import io.varve.cli.csv.Unfit;
import io.varve.cli.shell.CommandException;
import java.time.Instant;
import java.time.ZoneId;

/** An instant as users write it: ISO 8601, perhaps only a year or month, or {@code now}. */
final class TimeOption {

  private TimeOption() {}

  static Instant parse(String option, String text, ZoneId zone) {
    if (text.equalsIgnoreCase("now")) {
      return Instant.now();
    }
    try {
      return TimeFormat.named("iso").parse(day(text.strip())).instant(new LocalZone(zone));
    } catch (Unfit e) {
      throw CommandException.usage(
          option + ": \"" + text + "\" " + e.reason(),
          "expected a time such as 2024, 2024-03-31, '2024-03-31 14:30' or 2024-03-31T14:30:00Z");
    }
  }

  /** The first day of a year or month. */
  private static String day(String text) {
    if (text.matches("\\d{4}")) {
      return text + "-01-01";
    }
    return text.matches("\\d{4}-\\d{2}") ? text + "-01" : text;
  }
}
