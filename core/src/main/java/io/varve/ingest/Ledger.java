package io.varve.ingest;

import io.varve.ClosedException;
import io.varve.ConflictException;
import io.varve.VarveException;
import io.varve.model.QualifiedName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * The batches that are stored, in the database whose rows they are. A batch is recorded in the
 * transaction that stores it: so it is there exactly if the rows are. It is entered before the rows
 * are sent, so that a second attempt waits for the first there, and not at a key of the table,
 * which would take the rows for duplicates of themselves. Immutable and thread-safe.
 */
final class Ledger {

  /**
   * Each statement sees what was committed while the one before it waited: the first for whoever
   * reads the group, the second for a transaction that has entered the same name.
   */
  private static final String ENTER =
      """
      SELECT pg_catalog.pg_advisory_xact_lock_shared(%s);
      INSERT INTO varve_internal.batch (id, relation)
      SELECT ?, ?::regclass
       WHERE ?::uuid IS NULL
          OR EXISTS (SELECT FROM varve_internal.claim
                      WHERE id = pg_catalog.split_part(?, '/', 1) AND writer = current_user
                        AND token = ?::uuid)
      ON CONFLICT (id, writer) DO NOTHING;
      SELECT xid::text, relation = ?::regclass, relation::text, written, skipped, failed
        FROM varve_internal.batch WHERE id = ? AND writer = current_user
      """
          .formatted(groupLock("pg_catalog.split_part(?, '/', 1)"));

  private static final String COMPLETE =
      """
      WITH forgotten AS (
        DELETE FROM varve_internal.batch WHERE id = ? AND writer = current_user)
      UPDATE varve_internal.batch SET written = ?, skipped = ?, failed = ?
       WHERE id = ? AND writer = current_user
      """;

  private static final String FORGET =
      """
      DELETE FROM varve_internal.batch WHERE id = ANY (?) AND writer = current_user
      """;

  /**
   * A batch that is stored, or that this transaction is about to store.
   *
   * @param isNew whether this transaction has entered it; its counts are yet to come then
   * @param transaction the transaction that stores it
   * @param isOfTable whether it is a batch of this table
   * @param relation the table it is of
   * @param failed rows that were put aside
   */
  record Entry(
      String id,
      boolean isNew,
      String transaction,
      boolean isOfTable,
      String relation,
      long written,
      long skipped,
      long failed) {

    long rows() {
      return written + skipped + failed;
    }
  }

  private final QualifiedName table;

  Ledger(QualifiedName table) {
    this.table = table;
  }

  /**
   * The lock a transaction shares from entering a batch until its end: who takes it alone knows
   * that no batch of the group is between the two, even one whose client has died.
   *
   * @param group an expression for the group's name
   */
  static String groupLock(String group) {
    return "pg_catalog.hashtextextended('varve.batch ' || current_user || ' ' || " + group + ", 0)";
  }

  /**
   * Enters the batch, unless this user has stored it already. Whoever else enters that name waits
   * until this transaction ends.
   *
   * @param claim the token of a claim that must be held for that
   */
  Entry enter(Connection connection, String id, Optional<String> claim) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(ENTER)) {
      statement.setString(1, id);
      statement.setString(2, id);
      statement.setString(3, table.sql());
      statement.setString(4, claim.orElse(null));
      statement.setString(5, id);
      statement.setString(6, claim.orElse(null));
      statement.setString(7, table.sql());
      statement.setString(8, id);
      statement.execute();
      statement.getMoreResults();
      boolean isNew = statement.getUpdateCount() == 1;
      statement.getMoreResults();
      try (ResultSet row = statement.getResultSet()) {
        if (!row.next()) {
          throw absent(id, claim);
        }
        return entry(row, id, isNew);
      }
    }
  }

  private VarveException absent(String id, Optional<String> claim) {
    String batch = "inserting into %s: batch \"%s\" ".formatted(table, id);
    return claim.isPresent()
        ? new ClosedException(
            batch
                + "was sent with a claim that has been lost: another process has claimed the"
                + " batches since, or it was closed; wait for that process, then claim them again")
        : new ConflictException(batch + "was recorded and removed meanwhile");
  }

  private static Entry entry(ResultSet row, String id, boolean isNew) throws SQLException {
    return new Entry(
        id,
        isNew,
        row.getString(1),
        row.getBoolean(2),
        row.getString(3),
        row.getLong(4),
        row.getLong(5),
        row.getLong(6));
  }

  /**
   * Records what became of the batch this transaction has entered.
   *
   * @param predecessor a batch that nobody will ask for any more
   */
  void complete(
      Connection connection, Entry entered, Optional<String> predecessor, WriteResult result)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(COMPLETE)) {
      statement.setString(1, predecessor.orElse(null));
      statement.setLong(2, result.written());
      statement.setLong(3, result.skipped());
      statement.setLong(4, result.failures().size());
      statement.setString(5, entered.id());
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
