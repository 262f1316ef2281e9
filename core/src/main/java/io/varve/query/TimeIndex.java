package io.varve.query;

import io.varve.model.Column;
import io.varve.model.Table;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Whether an index leads to the rows of a line at a given time. */
final class TimeIndex {

  private TimeIndex() {}

  /**
   * @param each whether the lines are the series; else all rows are one
   */
  static boolean leadsTo(Connection connection, Selection<?> selection, boolean each)
      throws SQLException {
    Table<?> table = selection.table();
    if (table.dimensions().isEmpty()) {
      return leadsToTime(connection, table);
    }
    SeriesIndex index = SeriesIndex.of(connection, table);
    return !index.order().isEmpty()
        && (isOneSeries(selection) || each && index.nullable().isEmpty());
  }

  private static boolean isOneSeries(Selection<?> selection) {
    return selection.table().dimensions().stream()
        .map(Column::name)
        .allMatch(
            name -> selection.conditions().stream().anyMatch(condition -> condition.pins(name)));
  }

  /** Whether an index begins with the time. */
  static boolean leadsToTime(Connection connection, Table<?> table) throws SQLException {
    String sql =
        """
        SELECT EXISTS (
          SELECT 1
            FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_catalog.pg_index i ON i.indrelid = c.oid
            JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
            JOIN pg_catalog.pg_am m ON m.oid = ic.relam
            JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
           WHERE n.nspname = ? AND c.relname = ? AND a.attname = ?
             AND i.indisvalid AND i.indpred IS NULL AND m.amname = 'btree')
        """;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, table.name().schema());
      statement.setString(2, table.name().name());
      statement.setString(3, table.time().name());
      try (ResultSet row = statement.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    }
  }
}
