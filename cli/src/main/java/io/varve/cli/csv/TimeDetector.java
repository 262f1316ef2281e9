package io.varve.cli.csv;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds out how a column writes times, if it does.
 *
 * <p>Written dates are unmistakable, except that 03/04/2014 may be in March or in April: unless
 * another value settles it, as 13/04/2014 does, that is reported and not guessed. Numbers are times
 * only where something else says so as well, such as the column's name.
 */
final class TimeDetector {

  /** How sure it is. */
  enum Certainty {
    /** Cannot be anything else. */
    WRITTEN,
    /** A number that would make a plausible time. */
    NUMERIC,
    /** A date whose day and month cannot be told apart. */
    AMBIGUOUS
  }

  /**
   * What a column's values look like.
   *
   * @param format how to read them; for an ambiguous date, one of the two ways
   * @param example one of the values
   */
  record Finding(TimeFormat format, Certainty certainty, String example) {}

  private TimeDetector() {}

  /** Looks at the values of a column, none of them null. */
  static Optional<Finding> detect(List<String> values) {
    if (values.isEmpty()) {
      return Optional.empty();
    }
    return Optional.ofNullable(startsLikeNumber(values) ? numeric(values) : written(values));
  }

  private static boolean startsLikeNumber(List<String> values) {
    return Share.most(values, text -> Numbers.isDecimal(text.strip()));
  }

  private static @Nullable Finding written(List<String> values) {
    TimeFormat iso = new TimeFormat.Written(DateOrder.YEAR_MONTH_DAY);
    if (Share.most(values, fits(iso))) {
      return new Finding(iso, Certainty.WRITTEN, values.get(0));
    }
    TimeFormat dayFirst = new TimeFormat.Written(DateOrder.DAY_MONTH_YEAR);
    TimeFormat monthFirst = new TimeFormat.Written(DateOrder.MONTH_DAY_YEAR);
    long days = Share.count(values, fits(dayFirst));
    long months = Share.count(values, fits(monthFirst));
    if (!Share.isMost(Math.max(days, months), values.size())) {
      return null;
    }
    TimeFormat format = days > months ? dayFirst : monthFirst;
    Certainty certainty = days == months ? Certainty.AMBIGUOUS : Certainty.WRITTEN;
    return new Finding(format, certainty, values.get(0));
  }

  private static @Nullable Finding numeric(List<String> values) {
    TimeFormat digits = new TimeFormat.Digits();
    if (Share.most(values, text -> isPlausibleYear(text) && fits(digits).test(text))) {
      return new Finding(digits, Certainty.NUMERIC, values.get(0));
    }
    for (EpochUnit unit : EpochUnit.values()) {
      if (Share.most(values, text -> isLikely(unit, text))) {
        return new Finding(new TimeFormat.Epoch(unit), Certainty.NUMERIC, values.get(0));
      }
    }
    return null;
  }

  /** 18xx to 21xx: other numbers of eight digits are numbers. */
  private static boolean isPlausibleYear(String text) {
    String century = text.strip().length() >= 2 ? text.strip().substring(0, 2) : "";
    return switch (century) {
      case "18", "19", "20", "21" -> true;
      default -> false;
    };
  }

  private static boolean isLikely(EpochUnit unit, String text) {
    String number = text.strip();
    return Numbers.isDecimal(number) && unit.isLikely(Double.parseDouble(number));
  }

  private static Predicate<String> fits(TimeFormat format) {
    return text -> {
      try {
        format.parse(text.strip());
        return true;
      } catch (Unfit e) {
        return false;
      }
    };
  }
}
