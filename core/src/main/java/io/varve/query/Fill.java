package io.varve.query;

import java.math.BigDecimal;

/**
 * What stands in a bucket without rows. Immutable; see {@link BucketQuery#fill(Fill)}.
 *
 * <p>A bucket <em>with</em> rows keeps what was computed, also where that is null, unless {@link
 * #overNulls()} is asked for.
 */
public sealed interface Fill {

  /** No row. */
  record None() implements Fill {}

  /** A row with null. */
  record Nulls() implements Fill {}

  /**
   * A constant.
   *
   * @param value as precise as the result column takes it
   * @param replacing whether it also stands for nulls
   */
  record Value(BigDecimal value, boolean replacing) implements Fill {

    /** As many digits as a double may need. */
    private static final int MOST_DIGITS = 400;

    public Value {
      if (Math.abs((long) value.scale()) > MOST_DIGITS || value.precision() > MOST_DIGITS) {
        throw new IllegalArgumentException(
            "fill with a number of more than %s digits; expected fewer".formatted(MOST_DIGITS));
      }
    }
  }

  /**
   * What stood in the bucket before; nothing before the first one.
   *
   * @param replacing whether nulls are passed over and replaced
   */
  record Previous(boolean replacing) implements Fill {}

  /**
   * What lies on the straight line between the buckets around; nothing before the first and after
   * the last one.
   *
   * @param replacing whether nulls are passed over and replaced
   */
  record Linear(boolean replacing) implements Fill {}

  /** No row: the default. */
  static Fill none() {
    return new None();
  }

  /** A row with null. */
  static Fill nulls() {
    return new Nulls();
  }

  /** A constant; whole for a result column of whole numbers. */
  static Fill value(long value) {
    return new Value(BigDecimal.valueOf(value), false);
  }

  /** A constant; finite. */
  static Fill value(double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("fill with %s; expected a finite number".formatted(value));
    }
    return value(BigDecimal.valueOf(value));
  }

  /** A constant. */
  static Fill value(BigDecimal value) {
    return new Value(value, false);
  }

  /**
   * The last bucket's value, as {@code locf} in TimescaleDB 2.29: where that bucket has rows but no
   * value, null is carried on.
   */
  static Fill previous() {
    return new Previous(false);
  }

  /**
   * The straight line between the values of the buckets before and after, drawn between their
   * starts, as {@code interpolate} in TimescaleDB 2.29: where one of them has rows but no value,
   * null. Whole numbers are rounded. Only for numbers.
   */
  static Fill linear() {
    return new Linear(false);
  }

  /** The same, but a bucket with rows and no value counts as one without rows. */
  default Fill overNulls() {
    if (this instanceof Value value) {
      return new Value(value.value(), true);
    }
    if (this instanceof Previous) {
      return new Previous(true);
    }
    return this instanceof Linear ? new Linear(true) : this;
  }

  /** Whether buckets without rows get one. */
  default boolean addsRows() {
    return !(this instanceof None);
  }

  /** Whether nulls of buckets with rows are replaced. */
  default boolean replacesNulls() {
    return this instanceof Value value && value.replacing()
        || this instanceof Previous previous && previous.replacing()
        || this instanceof Linear linear && linear.replacing();
  }
}
