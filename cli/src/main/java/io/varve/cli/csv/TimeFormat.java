package io.varve.cli.csv;

import java.math.BigDecimal;
import java.time.ZoneOffset;

/** How a column writes its times. */
public sealed interface TimeFormat
    permits TimeFormat.Written, TimeFormat.Digits, TimeFormat.Epoch, TimePattern {

  /** Reads one time, or says why it is none. */
  Moment parse(String text);

  /** A few words for the summary. */
  String title();

  /** The format of that name ({@code iso}, {@code epoch-s}, …) or pattern ({@code dd/MM/yyyy}). */
  static TimeFormat named(String name) {
    return switch (name) {
      case "iso" -> new Written(DateOrder.YEAR_MONTH_DAY);
      case "epoch-s" -> new Epoch(EpochUnit.SECONDS);
      case "epoch-ms" -> new Epoch(EpochUnit.MILLISECONDS);
      case "epoch-us" -> new Epoch(EpochUnit.MICROSECONDS);
      case "epoch-ns" -> new Epoch(EpochUnit.NANOSECONDS);
      default -> TimePattern.of(name);
    };
  }

  /** Date and time as people write them, the parts of the date in a known order. */
  record Written(DateOrder order) implements TimeFormat {
    @Override
    public Moment parse(String text) {
      return TimeText.parse(text, order);
    }

    @Override
    public String title() {
      return order == DateOrder.YEAR_MONTH_DAY ? "ISO 8601" : order.title();
    }
  }

  /** {@code 20140214}, {@code 201402141430}, {@code 20140214143000}: digits only. */
  record Digits() implements TimeFormat {
    @Override
    public Moment parse(String text) {
      int length = text.length();
      if (length != 8 && length != 12 && length != 14) {
        throw new Unfit("is not a time of 8, 12 or 14 digits, like 20140214143000");
      }
      return length == 8
          ? TimeText.parse(text, DateOrder.YEAR_MONTH_DAY)
          : TimeText.parse(
              text.substring(0, 8) + "T" + text.substring(8), DateOrder.YEAR_MONTH_DAY);
    }

    @Override
    public String title() {
      return "YYYYMMDD";
    }
  }

  /** Units since 1970. */
  record Epoch(EpochUnit unit) implements TimeFormat {
    @Override
    public Moment parse(String text) {
      return new Moment(unit.time(number(text)), ZoneOffset.UTC);
    }

    private static BigDecimal number(String text) {
      if (!Numbers.isDecimal(text)) {
        throw new Unfit("is not a number of units since 1970");
      }
      return new BigDecimal(text);
    }

    @Override
    public String title() {
      return unit.title() + " since 1970";
    }
  }
}
