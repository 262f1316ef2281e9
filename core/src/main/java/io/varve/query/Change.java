package io.varve.query;

import io.varve.model.Row;
import java.util.OptionalDouble;

/**
 * From which value a series went to which.
 *
 * @param series its dimensions; a row without columns for a whole query
 * @param from the first finite value
 * @param to the last one
 */
public record Change(Row series, double from, double to) {

  /** The difference; infinite where it is beyond a double. */
  public double change() {
    return to - from;
  }

  /** The difference in percent of the first value's size; empty if that is 0. */
  public OptionalDouble percent() {
    return from == 0 ? OptionalDouble.empty() : OptionalDouble.of(change() / Math.abs(from) * 100);
  }
}
