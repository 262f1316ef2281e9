package io.varve.ingest;

import io.varve.jdbc.Database;
import io.varve.model.QualifiedName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;

/**
 * Records which times a batch has touched, in its transaction, if something is computed from the
 * table. Thread-safe.
 */
final class Capture {

  private static final String INSTALLED =
      Database.READ_COMMITTED + "SELECT to_regclass('varve_internal.captured') IS NOT NULL";

  private static final String WIDTH =
      "SELECT width FROM varve_internal.captured WHERE source = ?::regclass";

  private static final String RECORD =
      """
      INSERT INTO varve_internal.invalidation (source, lo, hi)
      SELECT ?::regclass, r.lo, r.hi FROM unnest(?::bigint[], ?::bigint[]) AS r (lo, hi)
      """;

  /**
   * One time, after the statement that stored it and in its round trip. Divided as whole numbers,
   * because numeric rounds a quotient; multiplied as numeric, because bigint may overflow.
   */
  private static final String RECORD_ONE =
      """
      ; INSERT INTO varve_internal.invalidation (source, lo, hi)
      SELECT m.source, greatest(m.multiple * m.width, -9223372036854775808)::bigint,
             least((m.multiple + 1) * m.width, 9223372036854775807)::bigint
        FROM (SELECT c.source, c.width,
                     (t.time / c.width - (t.time % c.width < 0)::int)::numeric AS multiple
                FROM varve_internal.captured c, (SELECT ?::bigint) t (time)
               WHERE c.source = ?::regclass) m""";

  private final QualifiedName table;
  private volatile boolean installed;

  Capture(QualifiedName table) {
    this.table = table;
  }

  /**
   * Where the times of the rows go; empty if nothing depends on the table. That stays so until the
   * transaction ends, because the table is locked and whoever begins to depend on it locks it, too.
   */
  Optional<TouchedTimes> begin(Connection connection) throws SQLException {
    if (!isInstalled(connection)) {
      return Optional.empty();
    }
    try (PreparedStatement statement = connection.prepareStatement(WIDTH)) {
      statement.setString(1, table.sql());
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? Optional.of(new TouchedTimes(row.getLong(1))) : Optional.empty();
      }
    }
  }

  /** A statement that records one time, to follow another; empty if nothing could depend on it. */
  String one(Connection connection) throws SQLException {
    return isInstalled(connection) ? RECORD_ONE : "";
  }

  /** Binds that statement's two parameters. */
  void bindOne(PreparedStatement statement, int first, long time) throws SQLException {
    statement.setLong(first, time);
    statement.setString(first + 1, table.sql());
  }

  private boolean isInstalled(Connection connection) throws SQLException {
    if (!installed) {
      try (PreparedStatement statement = connection.prepareStatement(INSTALLED)) {
        statement.execute();
        statement.getMoreResults();
        try (ResultSet row = statement.getResultSet()) {
          installed = row.next() && row.getBoolean(1);
        }
      }
    }
    return installed;
  }

  void record(Connection connection, TouchedTimes touched) throws SQLException {
    Map<Long, Long> ranges = touched.ranges();
    try (PreparedStatement statement = connection.prepareStatement(RECORD)) {
      statement.setString(1, table.sql());
      statement.setArray(2, connection.createArrayOf("bigint", ranges.keySet().toArray()));
      statement.setArray(3, connection.createArrayOf("bigint", ranges.values().toArray()));
      statement.executeUpdate();
    }
  }
}
