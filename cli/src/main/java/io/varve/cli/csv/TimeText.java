package io.varve.cli.csv;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * Reads one time written for people, from left to right: a date ({@code 2014-02-14}, {@code
 * 2014/2/14}, {@code 20140214}, {@code 14.02.2014}), then perhaps a time of day after {@code T} or
 * a blank, then perhaps an offset. By hand, because the JDK's formatter takes ten times as long and
 * cannot say what is wrong.
 */
final class TimeText {

  private static final int FINEST_DIGITS = 6;
  private static final String EXPECTED = "is not a time like 2014-02-14T14:30:00Z";

  private final String text;
  private final DateOrder order;
  private int at;

  private TimeText(String text, DateOrder order) {
    this.text = text;
    this.order = order;
  }

  static Moment parse(String text, DateOrder order) {
    return new TimeText(text, order).moment();
  }

  private Moment moment() {
    LocalDate date = date();
    LocalDateTime local = date.atStartOfDay();
    ZoneOffset offset = null;
    if (skipSeparator()) {
      local = timeOfDay(date);
      skipBlanks();
      offset = offset();
    }
    expect(at == text.length());
    return new Moment(local, offset);
  }

  private LocalDate date() {
    int start = at;
    int first = number();
    int digits = at - start;
    if (digits == 8 && order == DateOrder.YEAR_MONTH_DAY && !isDateSeparator()) {
      return date(first / 10_000, first / 100 % 100, first % 100);
    }
    boolean yearFirst = order == DateOrder.YEAR_MONTH_DAY;
    expect(yearFirst ? digits >= 4 && digits <= 6 : digits <= 2);
    expect(isDateSeparator());
    char separator = text.charAt(at++);
    int second = number(1, 2);
    expect(at < text.length() && text.charAt(at++) == separator);
    int third = yearFirst ? number(1, 2) : number(4, 4);
    return switch (order) {
      case YEAR_MONTH_DAY -> date(first, second, third);
      case DAY_MONTH_YEAR -> date(third, second, first);
      case MONTH_DAY_YEAR -> date(third, first, second);
    };
  }

  private static LocalDate date(int year, int month, int day) {
    try {
      return LocalDate.of(year, month, day);
    } catch (DateTimeException e) {
      throw new Unfit("is not a date of the calendar");
    }
  }

  private LocalDateTime timeOfDay(LocalDate date) {
    int start = at;
    int hour = number();
    int minute;
    int second = 0;
    boolean seconds;
    if (at - start == 4 || at - start == 6) { // 1430 or 143000
      seconds = at - start == 6;
      second = seconds ? hour % 100 : 0;
      minute = (seconds ? hour / 100 : hour) % 100;
      hour = hour / (seconds ? 10_000 : 100);
    } else {
      expect(at - start <= 2 && skip(':'));
      minute = number(2, 2);
      seconds = skip(':');
      if (seconds) {
        second = number(2, 2);
      }
    }
    int nanos = seconds ? fraction() : 0; // 12:00.5 would be half a minute
    return timeOfDay(date, hour, minute, second, nanos);
  }

  private static LocalDateTime timeOfDay(
      LocalDate date, int hour, int minute, int second, int nanos) {
    if (hour == 24 && minute == 0 && second == 0 && nanos == 0) {
      return date.plusDays(1).atStartOfDay();
    }
    if (hour > 23 || minute > 59 || second > 59) {
      throw new Unfit("is not a time of day");
    }
    return LocalDateTime.of(date, LocalTime.of(hour, minute, second, nanos));
  }

  private int fraction() {
    if (!skip('.') && !skip(',')) {
      return 0;
    }
    int start = at;
    int micros = 0;
    for (; at < text.length() && isDigit(text.charAt(at)); at++) {
      if (at - start < FINEST_DIGITS) {
        micros = micros * 10 + text.charAt(at) - '0';
      } else if (text.charAt(at) != '0') {
        throw new Unfit("is finer than a microsecond");
      }
    }
    expect(at > start);
    for (int digits = at - start; digits < FINEST_DIGITS; digits++) {
      micros *= 10;
    }
    return micros * 1000;
  }

  private @Nullable ZoneOffset offset() {
    if (at == text.length()) {
      return null;
    }
    if (skip('Z') || skip('z') || skipWord("UTC") || skipWord("GMT")) {
      return ZoneOffset.UTC;
    }
    char sign = text.charAt(at++);
    expect(sign == '+' || sign == '-');
    int hours = number(2, 2);
    int minutes = at < text.length() && (skip(':') || isDigit(text.charAt(at))) ? number(2, 2) : 0;
    int seconds = skip(':') ? number(2, 2) : 0;
    return offset(sign, hours * 3600 + minutes * 60 + seconds, minutes, seconds);
  }

  private static ZoneOffset offset(char sign, int total, int minutes, int seconds) {
    if (total > 18 * 3600 || minutes > 59 || seconds > 59) {
      throw new Unfit("has an impossible offset from UTC");
    }
    return ZoneOffset.ofTotalSeconds(sign == '-' ? -total : total);
  }

  private int number(int fewest, int most) {
    int start = at;
    int value = 0;
    while (at < text.length() && at - start < most && isDigit(text.charAt(at))) {
      value = value * 10 + text.charAt(at++) - '0';
    }
    expect(at - start >= fewest);
    return value;
  }

  private int number() {
    int value = number(1, 9);
    expect(at == text.length() || !isDigit(text.charAt(at)));
    return value;
  }

  private boolean isDateSeparator() {
    return at < text.length() && "-/.".indexOf(text.charAt(at)) >= 0;
  }

  private boolean skipSeparator() {
    return skip('T') || skip('t') || skipBlanks();
  }

  private boolean skipBlanks() {
    int start = at;
    while (skip(' ')) {
      // one more
    }
    return at > start;
  }

  private boolean skip(char expected) {
    if (at < text.length() && text.charAt(at) == expected) {
      at++;
      return true;
    }
    return false;
  }

  private boolean skipWord(String word) {
    if (text.regionMatches(at, word, 0, word.length())) {
      at += word.length();
      return true;
    }
    return false;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static void expect(boolean condition) {
    if (!condition) {
      throw new Unfit(EXPECTED);
    }
  }
}
