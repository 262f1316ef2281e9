package io.varve.ingest;

import io.varve.jdbc.Database;
import io.varve.model.Column;
import io.varve.model.Table;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;

/**
 * Inserts one row by a prepared statement, which takes one round trip where a COPY takes three. The
 * values go as text without a type, so the server reads each as what its column is at that moment.
 * They are stored in identity columns, too, as COPY does. Immutable and thread-safe.
 */
final class RowInsert<T> {

  private final Table<T> table;
  private final RowErrors errors;
  private final Capture capture;
  private final String sql;

  /**
   * @param columns their quoted names, joined by commas
   */
  RowInsert(Table<T> table, String columns, RowErrors errors, Capture capture) {
    this.table = table;
    this.errors = errors;
    this.capture = capture;
    this.sql =
        Database.READ_COMMITTED
            + "INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE VALUES (?%s)"
                .formatted(table.name().sql(), columns, ", ?".repeat(table.columns().size() - 1));
  }

  /**
   * Inserts a row the codec has accepted.
   *
   * @param time its time
   */
  void insert(Connection connection, T row, long time) throws SQLException {
    String also = capture.one(connection);
    try (PreparedStatement statement = connection.prepareStatement(sql + also)) {
      int parameter = 1;
      for (Column<T, ?> column : table.columns()) {
        bind(statement, parameter++, column, row);
      }
      if (!also.isEmpty()) {
        capture.bindOne(statement, parameter, time);
      }
      statement.execute();
      statement.getMoreResults();
      int stored = statement.getUpdateCount();
      if (stored != 1) {
        throw errors.discarded(1, stored);
      }
    }
  }

  private static <T> void bind(
      PreparedStatement statement, int parameter, Column<T, ?> column, T row) throws SQLException {
    Object value = column.accessor().get(row);
    if (value == null) {
      statement.setNull(parameter, Types.OTHER);
    } else {
      statement.setObject(parameter, TextFormat.of(column.type(), value), Types.OTHER);
    }
  }
}
