package io.varve.cli.csv;

import java.math.BigDecimal;
import java.math.MathContext;

/** What counts as a number in a file, and which numbers a double keeps. */
final class Numbers {

  /** Up to here every decimal survives a double and back. */
  private static final int ALWAYS_EXACT_DIGITS = 15;

  /** With so many digits every double is written unmistakably. */
  private static final int DOUBLE_DIGITS = 17;

  private Numbers() {}

  /** Whether the text is an integer; one with a leading zero is a code, not a number. */
  static boolean isInteger(String text) {
    int start = signLength(text);
    int digits = text.length() - start;
    if (digits == 0 || (digits > 1 && text.charAt(start) == '0')) {
      return false;
    }
    for (int i = start; i < text.length(); i++) {
      if (!isDigit(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  /** Whether the text is a decimal number: digits, perhaps a point, perhaps an exponent. */
  static boolean isDecimal(String text) {
    int at = signLength(text);
    int whole = skipDigits(text, at);
    if (whole - at > 1 && text.charAt(at) == '0') {
      return false;
    }
    int end = whole;
    if (end < text.length() && text.charAt(end) == '.') {
      end = skipDigits(text, end + 1);
      if (end - whole == 1 && whole == at) {
        return false;
      }
    } else if (whole == at) {
      return false;
    }
    return end == text.length() || isExponent(text, end);
  }

  private static boolean isExponent(String text, int at) {
    if (text.charAt(at) != 'e' && text.charAt(at) != 'E') {
      return false;
    }
    int start = at + 1;
    if (start < text.length() && (text.charAt(start) == '+' || text.charAt(start) == '-')) {
      start++;
    }
    int end = skipDigits(text, start);
    return end == text.length() && end > start && end - start <= 4;
  }

  /** Whether the text means not-a-number or infinity. */
  static boolean isSpecial(String text) {
    return switch (text) {
      case "NaN",
          "nan",
          "NAN",
          "Infinity",
          "-Infinity",
          "+Infinity",
          "inf",
          "-inf",
          "+inf",
          "Inf",
          "-Inf",
          "+Inf" ->
          true;
      default -> false;
    };
  }

  /** The double of a special text. */
  static double special(String text) {
    if (text.charAt(0) == 'N' || text.charAt(0) == 'n') {
      return Double.NaN;
    }
    return text.charAt(0) == '-' ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
  }

  /**
   * Whether a double keeps the decimal: with up to 15 digits always; with 16 or 17 if it is how a
   * double is written out.
   */
  static boolean isExactAsDouble(String decimal) {
    if (decimal.length() <= ALWAYS_EXACT_DIGITS
        && decimal.indexOf('e') < 0
        && decimal.indexOf('E') < 0) {
      return true;
    }
    BigDecimal exact = new BigDecimal(decimal).stripTrailingZeros();
    double value = exact.doubleValue();
    if (Double.isInfinite(value) || (value == 0 && exact.signum() != 0)) {
      return false;
    }
    return exact.precision() <= DOUBLE_DIGITS
        && new BigDecimal(value).round(new MathContext(exact.precision())).compareTo(exact) == 0;
  }

  private static int signLength(String text) {
    return !text.isEmpty() && (text.charAt(0) == '-' || text.charAt(0) == '+') ? 1 : 0;
  }

  private static int skipDigits(String text, int from) {
    int at = from;
    while (at < text.length() && isDigit(text.charAt(at))) {
      at++;
    }
    return at;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
