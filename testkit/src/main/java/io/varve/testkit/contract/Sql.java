package io.varve.testkit.contract;

import io.varve.Varve;
import io.varve.model.HypertableInfo;
import io.varve.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Looks at the database past Varve, and tidies it. */
final class Sql {

  private Sql() {}

  /** Runs statements on a connection of their own. */
  static void execute(TestDatabase database, String... statements) throws SQLException {
    try (Connection connection = database.jdbc()) {
      execute(connection, statements);
    }
  }

  static void execute(Connection connection, String... statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** The first column of every row, as text; SQL null is the text {@code null}. */
  static List<String> list(TestDatabase database, String sql) throws SQLException {
    try (Connection connection = database.jdbc()) {
      return list(connection, sql);
    }
  }

  static List<String> list(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      List<String> values = new ArrayList<>();
      while (result.next()) {
        values.add(String.valueOf(result.getString(1)));
      }
      return values;
    }
  }

  /** The one value of a query, as text. */
  static String value(TestDatabase database, String sql) throws SQLException {
    try (Connection connection = database.jdbc()) {
      return value(connection, sql);
    }
  }

  static String value(Connection connection, String sql) throws SQLException {
    List<String> values = list(connection, sql);
    if (values.size() != 1) {
      throw new AssertionError("expected one row, found " + values.size() + ": " + sql);
    }
    return values.get(0);
  }

  static void dropHypertables(Varve varve) {
    for (HypertableInfo table : varve.schema().hypertables()) {
      varve.schema().drop(table.name());
    }
  }
}
