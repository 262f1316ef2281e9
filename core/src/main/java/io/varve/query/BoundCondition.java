package io.varve.query;

import io.varve.model.Table;

/**
 * A condition that fits a table.
 *
 * @param condition as it was given
 * @param sql as it is sent
 */
record BoundCondition(Condition condition, Sql sql) {

  /** Refuses a condition that does not fit. */
  static BoundCondition of(Table<?> table, Condition condition) {
    return new BoundCondition(
        condition, ConditionSql.of(condition, column -> Operand.of(table, column)));
  }

  /** Whether all rows that fulfil it have one and the same value in the column. */
  boolean pins(String column) {
    return pins(condition, column);
  }

  private static boolean pins(Condition condition, String column) {
    return condition instanceof Condition.AllOf all
        ? all.conditions().stream().anyMatch(each -> pins(each, column))
        : condition instanceof Condition.Compared compared
            && compared.operator() == Condition.Operator.EQUAL
            && compared.column().equals(column);
  }

  /** Whether it confines the column to an interval or to single values, or to several of them. */
  boolean bounds(String column) {
    return bounds(condition, column);
  }

  private static boolean bounds(Condition condition, String column) {
    if (condition instanceof Condition.Compared compared) {
      return compared.column().equals(column) && isBound(compared.operator());
    } else if (condition instanceof Condition.OneOf oneOf) {
      return oneOf.column().equals(column);
    } else if (condition instanceof Condition.AllOf all) {
      return all.conditions().stream().anyMatch(each -> bounds(each, column));
    }
    return condition instanceof Condition.AnyOf any
        && any.conditions().stream().allMatch(each -> bounds(each, column));
  }

  private static boolean isBound(Condition.Operator operator) {
    return switch (operator) {
      case EQUAL, LESS, AT_MOST, GREATER, AT_LEAST -> true;
      case NOT_EQUAL, LIKE -> false;
    };
  }
}
