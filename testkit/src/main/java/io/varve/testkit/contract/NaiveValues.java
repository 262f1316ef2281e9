package io.varve.testkit.contract;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL's order of values: NaN greatest, the two zeros equal, 1.0 equal to 1.00, nulls last.
 */
final class NaiveValues {

  static final Comparator<@Nullable Object> ORDER = NaiveValues::compareNullable;

  static final Comparator<List<@Nullable Object>> LISTS = NaiveValues::compareLists;

  private NaiveValues() {}

  private static int compareNullable(@Nullable Object left, @Nullable Object right) {
    if (left == null || right == null) {
      return Boolean.compare(left == null, right == null);
    }
    return compare(left, right);
  }

  private static int compareLists(List<@Nullable Object> left, List<@Nullable Object> right) {
    for (int i = 0; i < left.size(); i++) {
      int order = compareNullable(left.get(i), right.get(i));
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  @SuppressWarnings("unchecked")
  static int compare(Object left, Object right) {
    if (left instanceof Number one && right instanceof Number other) {
      return isFloat(one) || isFloat(other)
          ? Double.compare(one.doubleValue() + 0.0, other.doubleValue() + 0.0)
          : exact(one).compareTo(exact(other));
    }
    return ((Comparable<Object>) left).compareTo(right);
  }

  static boolean isFloat(Number number) {
    return number instanceof Double || number instanceof Float;
  }

  /** Of any finite number. */
  static BigDecimal exact(Number number) {
    if (number instanceof BigDecimal decimal) {
      return decimal;
    }
    return isFloat(number)
        ? new BigDecimal(number.doubleValue())
        : BigDecimal.valueOf(number.longValue());
  }

  static boolean isFinite(Number number) {
    return !isFloat(number) || Double.isFinite(number.doubleValue());
  }

  /**
   * Whether two values are the same, of the same class.
   *
   * @param tolerant whether they may differ by rounding
   */
  static boolean same(@Nullable Object found, @Nullable Object expected, boolean tolerant) {
    if (found == null || expected == null) {
      return found == expected;
    }
    if (found instanceof List<?> some && expected instanceof List<?> others) {
      return some.size() == others.size() && sameElements(some, others, tolerant);
    }
    if (found.getClass() != expected.getClass()) {
      return false;
    }
    return compare(found, expected) == 0
        || tolerant
            && found instanceof Number one
            && expected instanceof Number other
            && near(one, other);
  }

  private static boolean sameElements(List<?> some, List<?> others, boolean tolerant) {
    List<@Nullable Object> left = new ArrayList<>(some);
    List<@Nullable Object> right = new ArrayList<>(others);
    for (int i = 0; i < left.size(); i++) {
      if (!same(left.get(i), right.get(i), tolerant)) {
        return false;
      }
    }
    return true;
  }

  private static boolean near(Number found, Number expected) {
    if (!isFinite(found) || !isFinite(expected)) {
      return false;
    }
    double difference = exact(found).subtract(exact(expected)).abs().doubleValue();
    double relative = found instanceof Float ? 1e-6 : 1e-9;
    return difference <= relative * Math.max(1, Math.abs(expected.doubleValue()));
  }
}
