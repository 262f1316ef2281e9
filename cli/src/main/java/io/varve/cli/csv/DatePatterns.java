package io.varve.cli.csv;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Writes the pattern that a date is written in, where day and month may be either. */
final class DatePatterns {

  private static final Pattern TEXT =
      Pattern.compile(
          "\\d{1,2}([./-])\\d{1,2}\\1\\d{4}"
              + "(?:( |T)\\d{1,2}:\\d{2}(:\\d{2})?([.,]\\d{1,9})?)?");

  private static final List<String> DAYS = List.of("dd", "d");

  private DatePatterns() {}

  /** The pattern of nearly all of the values, day or month first; none if it is another. */
  static Optional<String> of(List<String> values, boolean dayFirst) {
    Matcher text = TEXT.matcher(values.get(0).strip());
    if (!text.matches()) {
      return Optional.empty();
    }
    return DAYS.stream()
        .flatMap(
            day ->
                List.of("HH", "H").stream()
                    .map(hour -> date(text, day, dayFirst) + time(text, hour)))
        .filter(pattern -> Share.most(values, value -> fits(pattern, value)))
        .findFirst();
  }

  private static String date(Matcher text, String day, boolean dayFirst) {
    String month = day.replace('d', 'M');
    String first = dayFirst ? day : month;
    String second = dayFirst ? month : day;
    return first + text.group(1) + second + text.group(1) + "yyyy";
  }

  private static String time(Matcher text, String hour) {
    if (text.group(2) == null) {
      return "";
    }
    String fraction = text.group(4);
    return (text.group(2).equals("T") ? "'T'" : " ")
        + hour
        + ":mm"
        + (text.group(3) == null ? "" : ":ss")
        + (fraction == null ? "" : fraction.charAt(0) + "S".repeat(fraction.length() - 1));
  }

  private static boolean fits(String pattern, String text) {
    try {
      TimeFormat.named(pattern).parse(text.strip());
      return true;
    } catch (Unfit e) {
      return false;
    }
  }
}
