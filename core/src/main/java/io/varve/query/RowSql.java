package io.varve.query;

import io.varve.model.Column;
import io.varve.model.Table;
import java.util.OptionalLong;

/** Writes the statements that read or count rows. */
final class RowSql {

  private RowSql() {}

  /** All columns of the selected rows, in the table's order. */
  static Sql rows(Selection<?> selection) {
    SqlBuilder sql = new SqlBuilder().sql("SELECT ");
    columns(sql, selection.table());
    from(sql, selection);
    if (selection.order() != Order.NONE) {
      sql.sql(" ORDER BY ").name(selection.table().time().name()).sql(selection.order().sql());
    }
    limit(sql, selection.limit());
    return sql.build();
  }

  /** The number of selected rows. */
  static Sql count(Selection<?> selection) {
    SqlBuilder sql = new SqlBuilder().sql("SELECT count(*)");
    if (selection.limit().isEmpty()) {
      from(sql, selection);
    } else {
      from(sql.sql(" FROM (SELECT 1"), selection);
      limit(sql, selection.limit());
      sql.sql(") AS selected");
    }
    return sql.build();
  }

  static void columns(SqlBuilder sql, Table<?> table) {
    sql.each(table.columns().stream().map(Column::name).toList(), ", ", sql::name);
  }

  private static void from(SqlBuilder sql, Selection<?> selection) {
    sql.sql(" FROM ").sql(selection.table().name().sql());
    new Filter(selection).where(sql);
  }

  static void limit(SqlBuilder sql, OptionalLong limit) {
    if (limit.isPresent()) {
      sql.sql(" LIMIT ").bind(Bind.bigint(limit.getAsLong()));
    }
  }
}
