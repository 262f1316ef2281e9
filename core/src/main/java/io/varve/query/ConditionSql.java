package io.varve.query;

import io.varve.MappingException;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Writes conditions as SQL. */
final class ConditionSql {

  private final Function<String, Operand> operands;
  private final SqlBuilder sql = new SqlBuilder();

  private ConditionSql(Function<String, Operand> operands) {
    this.operands = operands;
  }

  /**
   * @param operands what a name stands for; refuses those that stand for nothing
   */
  static Sql of(Condition condition, Function<String, Operand> operands) {
    ConditionSql writer = new ConditionSql(operands);
    writer.write(condition);
    return writer.sql.build();
  }

  private void write(Condition condition) {
    if (condition instanceof Condition.Compared compared) {
      compare(compared);
    } else if (condition instanceof Condition.OneOf oneOf) {
      oneOf(oneOf);
    } else if (condition instanceof Condition.Null missing) {
      sql.sql(operands.apply(missing.column()).sql())
          .sql(missing.expected() ? " IS NULL" : " IS NOT NULL");
    } else if (condition instanceof Condition.AllOf all) {
      join(all.conditions(), " AND ", "true");
    } else if (condition instanceof Condition.AnyOf any) {
      join(any.conditions(), " OR ", "false");
    } else if (condition instanceof Condition.Not not) {
      sql.sql("NOT (");
      write(not.condition());
      sql.sql(")");
    }
  }

  private void compare(Condition.Compared compared) {
    Operand operand = operands.apply(compared.column());
    if (compared.operator() == Condition.Operator.LIKE
        && (operand.type().array() || operand.type().kind() != Kind.TEXT)) {
      throw new MappingException(
          "%s is of type %s; expected text to be compared with a pattern"
              .formatted(operand.subject(), operand.type().sql()));
    }
    Bind bind = bind(operand, compared.column(), compared.value());
    sql.sql(operand.sql()).sql(" " + compared.operator().sql() + " ").bind(bind);
  }

  private void oneOf(Condition.OneOf oneOf) {
    Operand operand = operands.apply(oneOf.column());
    List<Bind> binds =
        oneOf.values().stream().map(value -> bind(operand, oneOf.column(), value)).toList();
    if (binds.isEmpty()) {
      sql.sql("false");
    } else if (binds.size() == 1) {
      sql.sql(operand.sql()).sql(" = ").bind(binds.get(0));
    } else {
      sql.sql(operand.sql()).sql(" = ANY (");
      array(operand, binds);
      sql.sql(")");
    }
  }

  /**
   * However many there are: a statement has at most 65,535 values. The array has a type where a
   * single value has one; the column's may be narrower.
   */
  private void array(Operand operand, List<Bind> binds) {
    Bind all =
        Bind.untyped(
            TextLiteral.array(binds.stream().map(bind -> TextLiteral.of(bind.value())).toList()));
    if (binds.get(0).isTyped()) {
      sql.sql("CAST(")
          .bind(all)
          .sql(" AS ")
          .sql(ColumnType.arrayOf(operand.type().kind()).sql())
          .sql(")");
    } else {
      sql.bind(all);
    }
  }

  private static Bind bind(Operand operand, String column, @Nullable Object value) {
    if (value == null) {
      throw new MappingException(
          "%s: it is compared with null, which nothing equals; expected a value, or a test for null of \"%s\""
              .formatted(operand.subject(), column));
    }
    return new Comparison(operand.subject(), operand.type()).with(Objects.requireNonNull(value));
  }

  private void join(List<Condition> conditions, String operator, String none) {
    if (conditions.isEmpty()) {
      sql.sql(none);
      return;
    }
    sql.sql("(").each(conditions, operator, this::write).sql(")");
  }
}
