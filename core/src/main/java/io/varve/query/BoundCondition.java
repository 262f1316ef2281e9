package io.varve.query;

import io.varve.model.Table;
import java.util.List;

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

  /** Whether it says anything about the column. */
  boolean mentions(String column) {
    return mentions(condition, column);
  }

  private static boolean mentions(Condition condition, String column) {
    if (condition instanceof Condition.Compared compared) {
      return compared.column().equals(column);
    } else if (condition instanceof Condition.OneOf oneOf) {
      return oneOf.column().equals(column);
    } else if (condition instanceof Condition.Null missing) {
      return missing.column().equals(column);
    } else if (condition instanceof Condition.AllOf all) {
      return any(all.conditions(), column);
    } else if (condition instanceof Condition.AnyOf any) {
      return any(any.conditions(), column);
    }
    return condition instanceof Condition.Not not && mentions(not.condition(), column);
  }

  private static boolean any(List<Condition> conditions, String column) {
    return conditions.stream().anyMatch(each -> mentions(each, column));
  }
}
