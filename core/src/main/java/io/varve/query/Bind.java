package io.varve.query;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;

/**
 * A value bound to a statement.
 *
 * @param value in a class the driver takes for the type
 * @param sqlType one of {@link Types}
 */
record Bind(Object value, int sqlType) {

  /** Text of which the server finds out the type: that of the column it is compared with. */
  static Bind untyped(String text) {
    return new Bind(text, Types.OTHER);
  }

  static Bind bigint(long value) {
    return new Bind(value, Types.BIGINT);
  }

  void set(PreparedStatement statement, int index) throws SQLException {
    statement.setObject(index, value, sqlType);
  }
}
