package io.varve.query;

import io.varve.model.Table;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Which rows of a table, in which order, how many: what a {@link Query} describes. Immutable.
 *
 * @param instants the range of a time that is a timestamp or date; all for a bigint time
 * @param units the range of a bigint time; all for any other
 * @param conditions all of them hold
 */
record Selection<T>(
    Table<T> table,
    Range<Instant> instants,
    Range<Long> units,
    List<BoundCondition> conditions,
    Order order,
    OptionalLong limit) {

  static <T> Selection<T> all(Table<T> table) {
    return new Selection<>(
        table, Range.all(), Range.all(), List.of(), Order.NONE, OptionalLong.empty());
  }

  Selection<T> within(Range<Instant> range) {
    return new Selection<>(table, instants.intersect(range), units, conditions, order, limit);
  }

  Selection<T> withinUnits(Range<Long> range) {
    return new Selection<>(table, instants, units.intersect(range), conditions, order, limit);
  }

  /**
   * Rows from a time on, in the units of chunks: microseconds, days of a date, a bigint's own.
   *
   * @return empty where it is no such time, as the start of a chunk without a start
   */
  Optional<Selection<T>> since(long units) {
    return switch (table.time().type().kind()) {
      case BIGINT -> Optional.of(withinUnits(new Range<>(units, null)));
      case DATE ->
          units == (int) units
              ? Optional.of(within(new Range<>(Instant.EPOCH.plus(units, ChronoUnit.DAYS), null)))
              : Optional.empty();
      default -> Optional.of(within(new Range<>(Micros.instant(units), null)));
    };
  }

  /**
   * How long the range is, in microseconds or units of a bigint time; infinite if it has no start.
   * A range of instants without an end is taken to end now.
   */
  double length() {
    Long first = units.from();
    Long end = units.to();
    if (first != null && end != null) {
      return (double) end - first;
    }
    Instant from = instants.from();
    return from == null
        ? Double.POSITIVE_INFINITY
        : Math.max(0, Duration.between(from, until(instants.to())).toSeconds() * 1e6);
  }

  private static Instant until(@Nullable Instant end) {
    return end == null ? Instant.now() : end;
  }

  /** Whether the range has no end. */
  boolean isOpen() {
    return instants.to() == null && units.to() == null;
  }

  /** Whether no range was asked for. */
  boolean isUnbounded() {
    return instants.equals(Range.all()) && units.equals(Range.all());
  }

  Selection<T> and(Condition condition) {
    List<BoundCondition> all = new ArrayList<>(conditions);
    all.add(BoundCondition.of(table, condition));
    return new Selection<>(table, instants, units, List.copyOf(all), order, limit);
  }

  Selection<T> ordered(Order by) {
    return new Selection<>(table, instants, units, conditions, by, limit);
  }

  Selection<T> limited(long rows) {
    return new Selection<>(table, instants, units, conditions, order, smaller(limit, rows));
  }

  /** The smaller of a limit and one more, which must not be negative. */
  static OptionalLong smaller(OptionalLong limit, long rows) {
    if (rows < 0) {
      throw new IllegalArgumentException("limit %d; expected 0 or more".formatted(rows));
    }
    return OptionalLong.of(Math.min(rows, limit.orElse(rows)));
  }
}
