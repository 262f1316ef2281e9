package io.varve.testkit.schema;

import io.varve.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A connection that runs SQL as psql would. */
final class Session implements AutoCloseable {

  private final Connection connection;

  private Session(Connection connection) {
    this.connection = connection;
  }

  static Session on(TestDatabase database) {
    return new Session(database.jdbc());
  }

  static Session of(Connection connection) {
    return new Session(connection);
  }

  Connection connection() {
    return connection;
  }

  Session run(String... statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
      return this;
    }
  }

  /** The first column of the first row. */
  @Nullable String text(String sql) throws SQLException {
    List<@Nullable String> rows = texts(sql);
    return rows.isEmpty() ? null : rows.get(0);
  }

  /** The first column of every row. */
  List<@Nullable String> texts(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      List<@Nullable String> texts = new ArrayList<>();
      while (row.next()) {
        texts.add(row.getString(1));
      }
      return texts;
    }
  }

  boolean isTrue(String sql) throws SQLException {
    return "t".equals(text("SELECT " + sql));
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
