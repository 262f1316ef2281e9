package io.varve.testkit.contract;

import io.varve.Varve;
import io.varve.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A session in UTC that has Varve's functions on its search path. */
final class FunctionSession implements AutoCloseable {

  private final Varve varve;
  private final Connection connection;

  private FunctionSession(Varve varve, Connection connection) {
    this.varve = varve;
    this.connection = connection;
  }

  static FunctionSession open(TestDatabase database) throws SQLException {
    Varve varve = database.connect();
    varve.toolkit().install();
    FunctionSession session = new FunctionSession(varve, database.jdbc());
    session.execute("set timezone = 'UTC'", "set search_path = varve, public");
    return session;
  }

  /** On the same database, in sessions of its own. */
  Varve varve() {
    return varve;
  }

  void execute(String... statements) throws SQLException {
    Sql.execute(connection, statements);
  }

  /** The first column of every row, as text; SQL null is the text {@code null}. */
  List<String> list(String sql) throws SQLException {
    return Sql.list(connection, sql);
  }

  /** The one value of a query, as text. */
  String value(String sql) throws SQLException {
    return Sql.value(connection, sql);
  }

  /** The SQLSTATE the statement fails with, or a text that is none. */
  @Nullable String refusal(String sql) {
    try {
      return "no refusal but " + value(sql);
    } catch (SQLException e) {
      return e.getSQLState();
    }
  }

  /** Whether the server answers as this release of TimescaleDB does; Varve's own functions do. */
  boolean isSince(int major, int minor) {
    return varve
        .capabilities()
        .timescaleVersion()
        .map(version -> version.split("[.-]"))
        .map(parts -> Integer.parseInt(parts[0]) * 1000 + Integer.parseInt(parts[1]))
        .map(version -> version >= major * 1000 + minor)
        .orElse(true);
  }

  @Override
  public void close() throws SQLException {
    try (varve) {
      connection.close();
    }
  }
}
