package io.varve.ingest;

import io.varve.MappingException;
import java.math.BigDecimal;

/**
 * {@code numeric}'s binary format: digits in base 10,000, the weight of the first one, the sign and
 * the number of decimals to show. A scale is kept as it is, so 1.50 stays 1.50; PostgreSQL knows no
 * negative scale, so 1E+3 becomes 1000.
 */
final class NumericFormat {

  /** Decimal digits in one digit of the format. */
  private static final int GROUP = 4;

  private static final int MAX_DIGITS_BEFORE_POINT = 131_072;
  private static final int MAX_SCALE = 16_383;
  private static final int POSITIVE = 0;
  private static final int NEGATIVE = 0x4000;

  private NumericFormat() {}

  /** Writes the value as a field. */
  static void write(BigDecimal value, CopyBuffer out) {
    check(value);
    int scale = Math.max(0, value.scale());
    String digits = digits(value, scale);
    int groups = digits.length() / GROUP;
    int first = 0;
    while (first < groups && group(digits, first) == 0) {
      first++;
    }
    int end = groups;
    while (end > first && group(digits, end - 1) == 0) {
      end--;
    }
    int field = out.begin();
    out.putShort(end - first);
    out.putShort(end == first ? 0 : groups - fractionGroups(scale) - 1 - first);
    out.putShort(value.signum() < 0 ? NEGATIVE : POSITIVE);
    out.putShort(scale);
    for (int i = first; i < end; i++) {
      out.putShort(group(digits, i));
    }
    out.end(field);
  }

  private static void check(BigDecimal value) {
    long beforePoint = (long) value.precision() - value.scale();
    if (beforePoint > MAX_DIGITS_BEFORE_POINT && value.signum() != 0) {
      throw new MappingException(
          "a number with %d digits before the decimal point; expected at most %d"
              .formatted(beforePoint, MAX_DIGITS_BEFORE_POINT));
    }
    if (value.scale() > MAX_SCALE) {
      throw new MappingException(
          "a number with %d digits after the decimal point; expected at most %d"
              .formatted(value.scale(), MAX_SCALE));
    }
  }

  /** All decimal digits, filled up with zeros on both sides to whole groups around the point. */
  private static String digits(BigDecimal value, int scale) {
    if (value.signum() == 0) {
      return "";
    }
    String unscaled = value.unscaledValue().abs().toString();
    int appended = fractionGroups(scale) * GROUP - value.scale();
    int length = unscaled.length() + appended;
    int prepended = Math.floorMod(-length, GROUP);
    return "0".repeat(prepended) + unscaled + "0".repeat(appended);
  }

  private static int fractionGroups(int scale) {
    return (scale + GROUP - 1) / GROUP;
  }

  private static int group(String digits, int index) {
    int at = index * GROUP;
    return 1_000 * (digits.charAt(at) - '0')
        + 100 * (digits.charAt(at + 1) - '0')
        + 10 * (digits.charAt(at + 2) - '0')
        + digits.charAt(at + 3)
        - '0';
  }
}
