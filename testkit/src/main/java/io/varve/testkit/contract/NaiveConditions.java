package io.varve.testkit.contract;

import io.varve.query.Condition;
import java.util.Collection;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Whether a row fulfils a condition. Null is neither yes nor no. */
final class NaiveConditions {

  private final Function<String, @Nullable Object> row;

  private NaiveConditions(Function<String, @Nullable Object> row) {
    this.row = row;
  }

  static boolean hold(Collection<Condition> conditions, Function<String, @Nullable Object> row) {
    NaiveConditions naive = new NaiveConditions(row);
    return conditions.stream().allMatch(it -> Boolean.TRUE.equals(naive.test(it)));
  }

  private @Nullable Boolean test(Condition condition) {
    if (condition instanceof Condition.Compared compared) {
      Object value = row.apply(compared.column());
      return value == null ? null : compare(compared, value);
    } else if (condition instanceof Condition.OneOf oneOf) {
      return oneOf(oneOf);
    } else if (condition instanceof Condition.Null isNull) {
      return (row.apply(isNull.column()) == null) == isNull.expected();
    } else if (condition instanceof Condition.AllOf all) {
      return all(all.conditions(), false);
    } else if (condition instanceof Condition.AnyOf any) {
      return all(any.conditions(), true);
    }
    Boolean inner = test(((Condition.Not) condition).condition());
    return inner == null ? null : !inner;
  }

  /** With no values there is nothing to compare with, and the answer is no. */
  private @Nullable Boolean oneOf(Condition.OneOf oneOf) {
    Object value = row.apply(oneOf.column());
    if (value == null && !oneOf.values().isEmpty()) {
      return null;
    }
    return value != null
        && oneOf.values().stream().anyMatch(it -> NaiveValues.compare(value, it) == 0);
  }

  /** Whether none decides otherwise; unknown where one that is unknown could. */
  private @Nullable Boolean all(Collection<Condition> conditions, boolean decisive) {
    boolean unknown = false;
    for (Condition condition : conditions) {
      Boolean holds = test(condition);
      if (holds == null) {
        unknown = true;
      } else if (holds == decisive) {
        return decisive;
      }
    }
    return unknown ? null : !decisive;
  }

  private static boolean compare(Condition.Compared compared, Object value) {
    if (compared.operator() == Condition.Operator.LIKE) {
      return like((String) value, (String) compared.value());
    }
    int order = NaiveValues.compare(value, compared.value());
    return switch (compared.operator()) {
      case EQUAL -> order == 0;
      case NOT_EQUAL -> order != 0;
      case LESS -> order < 0;
      case AT_MOST -> order <= 0;
      case GREATER -> order > 0;
      case AT_LEAST -> order >= 0;
      case LIKE -> throw new IllegalStateException("a pattern has no order");
    };
  }

  private static boolean like(String text, String pattern) {
    StringBuilder regex = new StringBuilder();
    pattern
        .chars()
        .forEach(
            it ->
                regex.append(
                    it == '%'
                        ? ".*"
                        : it == '_' ? "." : Pattern.quote(Character.toString((char) it))));
    return Pattern.compile(regex.toString(), Pattern.DOTALL).matcher(text).matches();
  }
}
