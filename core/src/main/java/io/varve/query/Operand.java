package io.varve.query;

import io.varve.jdbc.Identifiers;
import io.varve.model.Column;
import io.varve.model.ColumnType;
import io.varve.model.Table;

/**
 * What a condition is about.
 *
 * @param subject its name in messages
 * @param sql its expression
 * @param type its type
 */
record Operand(String subject, String sql, ColumnType type) {

  /** A column of a table; refuses one it does not have. */
  static Operand of(Table<?> table, String column) {
    Column<?, ?> known = table.column(column);
    return new Operand(
        "table %s, column \"%s\"".formatted(table.name(), column),
        Identifiers.quote(column),
        known.type());
  }
}
