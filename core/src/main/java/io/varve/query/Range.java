package io.varve.query;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A half-open range of times, {@code from <= time < to}; null is an open end. It is empty where
 * {@code from} is not less than {@code to}.
 */
record Range<C extends Comparable<C>>(@Nullable C from, @Nullable C to) {

  static <C extends Comparable<C>> Range<C> all() {
    return new Range<>(null, null);
  }

  /** A range somebody asked for: refused where it ends before it starts. */
  static <C extends Comparable<C>> Range<C> of(C from, C to) {
    Objects.requireNonNull(from, "from");
    if (from.compareTo(Objects.requireNonNull(to, "to")) > 0) {
      throw new IllegalArgumentException(
          "range from %s to %s ends before it starts; expected from <= to".formatted(from, to));
    }
    return new Range<>(from, to);
  }

  /** What lies in both; an empty range where that is nothing. */
  Range<C> intersect(Range<C> other) {
    return new Range<>(later(from, other.from), earlier(to, other.to));
  }

  private static <C extends Comparable<C>> @Nullable C later(@Nullable C left, @Nullable C right) {
    if (left == null || right == null) {
      return left == null ? right : left;
    }
    return left.compareTo(right) >= 0 ? left : right;
  }

  private static <C extends Comparable<C>> @Nullable C earlier(
      @Nullable C left, @Nullable C right) {
    if (left == null || right == null) {
      return left == null ? right : left;
    }
    return left.compareTo(right) <= 0 ? left : right;
  }
}
