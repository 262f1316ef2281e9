package io.varve.ingest;

import io.varve.model.QualifiedName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * The batches that are stored, in the database whose rows they are. A batch is recorded in the
 * transaction that stores it: so it is there exactly if the rows are. Immutable and thread-safe.
 */
final class Ledger {

  private static final String FIND =
      """
      SELECT written, skipped, failed FROM varve_internal.batch
       WHERE id = ? AND writer = current_user
      """;

  private static final String RECORD =
      """
      WITH forgotten AS (
        DELETE FROM varve_internal.batch WHERE id = ? AND writer = current_user)
      INSERT INTO varve_internal.batch (id, relation, written, skipped, failed)
      SELECT ?, ?::regclass, ?, ?, ?
        FROM pg_catalog.pg_advisory_xact_lock_shared(%s)
      """
          .formatted(groupLock("pg_catalog.split_part(?, '/', 1)"));

  private static final String FORGET =
      """
      DELETE FROM varve_internal.batch WHERE id = ANY (?) AND writer = current_user
      """;

  /** The ledger's primary key: another transaction has stored the batch meanwhile. */
  static final String KEY = "batch_pkey";

  /**
   * A batch that is stored.
   *
   * @param failed rows that were put aside
   */
  record Entry(long written, long skipped, long failed) {}

  private final QualifiedName table;

  Ledger(QualifiedName table) {
    this.table = table;
  }

  /**
   * The lock a transaction shares from recording a batch until its end: who takes it alone knows
   * that no batch of the group is between the two, even one whose client has died.
   *
   * @param group an expression for the group's name
   */
  static String groupLock(String group) {
    return "pg_catalog.hashtextextended('varve.batch ' || current_user || ' ' || " + group + ", 0)";
  }

  /** The batch of that name, if this user has stored it. */
  Optional<Entry> find(Connection connection, String id) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(FIND)) {
      statement.setString(1, id);
      try (ResultSet row = statement.executeQuery()) {
        return row.next()
            ? Optional.of(new Entry(row.getLong(1), row.getLong(2), row.getLong(3)))
            : Optional.empty();
      }
    }
  }

  /**
   * Records the batch; waits for a transaction that is about to record the same one.
   *
   * @param predecessor a batch that nobody will ask for any more
   */
  void record(Connection connection, String id, Optional<String> predecessor, WriteResult result)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(RECORD)) {
      statement.setString(1, predecessor.orElse(null));
      statement.setString(2, id);
      statement.setString(3, table.sql());
      statement.setLong(4, result.written());
      statement.setLong(5, result.skipped());
      statement.setLong(6, result.failures().size());
      statement.setString(7, id);
      statement.executeUpdate();
    }
  }

  /** Removes batches that nobody will ask for any more. */
  void forget(Connection connection, List<String> ids) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(FORGET)) {
      statement.setArray(1, connection.createArrayOf("text", ids.toArray()));
      statement.executeUpdate();
    }
  }
}
