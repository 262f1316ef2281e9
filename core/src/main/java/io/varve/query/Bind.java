package io.varve.query;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PGobject;

/**
 * A value bound to a statement.
 *
 * @param value in a class the driver takes for the type; null for SQL's null
 * @param sqlType one of {@link Types}
 */
record Bind(@Nullable Object value, int sqlType) {

  /** Text of which the server finds out the type: that of the column it is compared with. */
  static Bind untyped(String text) {
    return new Bind(text, Types.OTHER);
  }

  /** Text that the server reads as the type of that name. */
  static Bind typed(String type, String text) {
    PGobject object = new PGobject();
    object.setType(type);
    try {
      object.setValue(text);
    } catch (SQLException e) {
      throw new IllegalStateException("a " + type + " takes any text", e);
    }
    return new Bind(object, Types.OTHER);
  }

  /** Whether its type is known without what it is compared with. */
  boolean isTyped() {
    return sqlType != Types.OTHER;
  }

  static Bind bigint(long value) {
    return new Bind(value, Types.BIGINT);
  }

  void set(PreparedStatement statement, int index) throws SQLException {
    statement.setObject(index, value, sqlType);
  }
}
