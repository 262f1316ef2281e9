package io.varve.series;

import java.time.Instant;
import java.util.OptionalDouble;

/**
 * How an entity's value changed between its first and its last record of a range; both are the same
 * where there is only one.
 */
public record ValueDelta(
    String entityId, Instant firstTime, double firstValue, Instant lastTime, double lastValue) {

  /** The last value minus the first. */
  public double delta() {
    return lastValue - firstValue;
  }

  /**
   * The change in percent of the first value's size, positive where the value grew; empty if the
   * first value is 0.
   */
  public OptionalDouble percent() {
    return firstValue == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(delta() / Math.abs(firstValue) * 100);
  }
}
