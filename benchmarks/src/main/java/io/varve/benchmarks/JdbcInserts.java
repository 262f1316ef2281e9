package io.varve.benchmarks;

import io.varve.EmbeddedProvider;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.List;
import org.postgresql.PGConnection;

/**
 * What JDBC offers to write rows into {@code bench_reference}: batches that the driver rewrites
 * into INSERTs of many rows, and arrays that the server unnests; one transaction each.
 */
final class JdbcInserts {

  private static final int BATCH = 10_000;
  private static final String INSERT = "INSERT INTO bench_reference (time, device, temperature) ";

  private final EmbeddedProvider.Server server;
  private final List<? extends Measured> rows;
  private final String onConflict;

  /**
   * @param onConflict what ends the statement; may be empty
   */
  JdbcInserts(EmbeddedProvider.Server server, List<? extends Measured> rows, String onConflict) {
    this.server = server;
    this.rows = rows;
    this.onConflict = onConflict;
  }

  private Connection connect() throws SQLException {
    Connection connection =
        DriverManager.getConnection(
            server.url() + "?reWriteBatchedInserts=true", server.user(), server.password());
    connection.setAutoCommit(false);
    return connection;
  }

  void batch() throws SQLException {
    try (Connection connection = connect();
        PreparedStatement statement =
            connection.prepareStatement(INSERT + "VALUES (?, ?, ?) " + onConflict)) {
      for (int i = 0; i < rows.size(); i++) {
        Measured row = rows.get(i);
        statement.setTimestamp(1, Timestamp.from(row.time()));
        statement.setString(2, row.device());
        statement.setDouble(3, row.temperature());
        statement.addBatch();
        if ((i + 1) % BATCH == 0 || i + 1 == rows.size()) {
          statement.executeBatch();
        }
      }
      connection.commit();
    }
  }

  void unnest() throws SQLException {
    try (Connection connection = connect();
        PreparedStatement statement =
            connection.prepareStatement(
                INSERT
                    + "SELECT * FROM unnest(?::timestamptz[], ?::text[], ?::float8[]) "
                    + onConflict)) {
      for (int from = 0; from < rows.size(); from += BATCH) {
        List<? extends Measured> part = rows.subList(from, Math.min(rows.size(), from + BATCH));
        statement.setArray(
            1,
            connection.createArrayOf(
                "timestamptz", part.stream().map(row -> row.time().toString()).toArray()));
        statement.setArray(
            2,
            connection.createArrayOf(
                "text", part.stream().map(Measured::device).toArray(String[]::new)));
        statement.setArray(
            3,
            connection
                .unwrap(PGConnection.class)
                .createArrayOf(
                    "float8", part.stream().mapToDouble(Measured::temperature).toArray()));
        statement.executeUpdate();
      }
      connection.commit();
    }
  }
}
