package io.varve.query;

import io.varve.model.Table;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Which rows of a table, in which order, how many: what a {@link Query} describes. Immutable.
 *
 * @param instants the range of a time that is a timestamp or date; all for a bigint time
 * @param units the range of a bigint time; all for any other
 * @param conditions all of them hold
 * @param fixed the columns they hold to one value
 */
record Selection<T>(
    Table<T> table,
    Range<Instant> instants,
    Range<Long> units,
    List<Sql> conditions,
    Set<String> fixed,
    Order order,
    OptionalLong limit) {

  static <T> Selection<T> all(Table<T> table) {
    return new Selection<>(
        table, Range.all(), Range.all(), List.of(), Set.of(), Order.NONE, OptionalLong.empty());
  }

  Selection<T> within(Range<Instant> range) {
    return new Selection<>(
        table, instants.intersect(range), units, conditions, fixed, order, limit);
  }

  Selection<T> withinUnits(Range<Long> range) {
    return new Selection<>(
        table, instants, units.intersect(range), conditions, fixed, order, limit);
  }

  Selection<T> and(Condition condition) {
    List<Sql> all = new ArrayList<>(conditions);
    all.add(ConditionSql.of(condition, column -> Operand.of(table, column)));
    Set<String> columns = new HashSet<>(fixed);
    addFixed(columns, condition);
    return new Selection<>(
        table, instants, units, List.copyOf(all), Set.copyOf(columns), order, limit);
  }

  private static void addFixed(Set<String> columns, Condition condition) {
    if (condition instanceof Condition.AllOf all) {
      all.conditions().forEach(each -> addFixed(columns, each));
    } else if (condition instanceof Condition.Compared compared
        && compared.operator() == Condition.Operator.EQUAL) {
      columns.add(compared.column());
    }
  }

  Selection<T> ordered(Order by) {
    return new Selection<>(table, instants, units, conditions, fixed, by, limit);
  }

  Selection<T> limited(long rows) {
    return new Selection<>(table, instants, units, conditions, fixed, order, smaller(limit, rows));
  }

  /** The smaller of a limit and one more, which must not be negative. */
  static OptionalLong smaller(OptionalLong limit, long rows) {
    if (rows < 0) {
      throw new IllegalArgumentException("limit %d; expected 0 or more".formatted(rows));
    }
    return OptionalLong.of(Math.min(rows, limit.orElse(rows)));
  }
}
