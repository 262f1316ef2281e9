package io.varve.cli.output;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.stream.LongStream;

/**
 * A vertical axis with round numbers on it.
 *
 * @param low where it begins
 * @param high where it ends, above {@code low}
 * @param step between two labels
 */
record ValueAxis(double low, double high, double step) {

  /** Closer values than that are one: a step between them would be lost in rounding. */
  private static final double FINEST = 1e-12;

  private static final double TINIEST = 1e-300;
  private static final double LARGEST = 1e300;

  /**
   * The axis that holds all values from {@code least} to {@code most} with about so many labels.
   */
  static ValueAxis of(double least, double most, int labels) {
    double largest = Math.max(Math.abs(least), Math.abs(most));
    if (largest > LARGEST) {
      return new ValueAxis(-Double.MAX_VALUE, Double.MAX_VALUE, Double.MAX_VALUE);
    }
    double span = most - least;
    if (span <= Math.max(TINIEST, largest * FINEST)) {
      double around = largest <= TINIEST ? 1 : largest * 0.1;
      return of(least - around, most + around, labels);
    }
    double step = roundStep(span / Math.max(1, labels));
    return new ValueAxis(Math.floor(least / step) * step, Math.ceil(most / step) * step, step);
  }

  /** The next 1, 2 or 5 times a power of ten. */
  private static double roundStep(double atLeast) {
    double power = Math.pow(10, Math.floor(Math.log10(atLeast)));
    for (int factor : new int[] {1, 2, 5}) {
      if (factor * power >= atLeast * (1 - 1e-9)) {
        return factor * power;
      }
    }
    return 10 * power;
  }

  /** Where labels stand, from low to high. */
  List<Double> ticks() {
    long steps = Math.round((high / 2 - low / 2) / step * 2);
    return LongStream.rangeClosed(0, steps).mapToObj(i -> low + i * step).toList();
  }

  /** Where a value stands, from 0 at the bottom to 1 at the top. */
  double position(double value) {
    return (value / 2 - low / 2) / (high / 2 - low / 2);
  }

  /** A label with as many decimals as the step needs. */
  String label(double tick) {
    if (Math.abs(high) >= 1e15 || Math.abs(low) >= 1e15 || step < 1e-9) {
      return "%.3g".formatted(tick);
    }
    int decimals = Math.max(0, (int) -Math.floor(Math.log10(step) + 1e-9));
    BigDecimal rounded = BigDecimal.valueOf(tick).setScale(decimals, RoundingMode.HALF_EVEN);
    return rounded.signum() == 0
        ? BigDecimal.ZERO.setScale(decimals).toPlainString()
        : rounded.toPlainString();
  }
}
