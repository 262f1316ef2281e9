package io.varve.series;

import java.time.Instant;
import java.util.Objects;

/**
 * All times with {@code from <= time < to}; none where both are the same.
 *
 * @param from not later than {@code to}
 */
public record TimeRange(Instant from, Instant to) {

  public TimeRange {
    Objects.requireNonNull(from, "from");
    if (from.isAfter(Objects.requireNonNull(to, "to"))) {
      throw new IllegalArgumentException(
          "range from %s to %s ends before it starts; expected from <= to".formatted(from, to));
    }
  }
}
