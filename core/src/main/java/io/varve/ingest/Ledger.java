package io.varve.ingest;

import io.varve.ConflictException;
import io.varve.model.QualifiedName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/**
 * The batches that are stored, in the database whose rows they are. A batch is recorded in the
 * transaction that stores it: so it is there exactly if the rows are. It is entered before the rows
 * are sent, so that a second attempt waits for the first there, and not at a key of the table,
 * which would take the rows for duplicates of themselves. Immutable and thread-safe.
 */
final class Ledger {

  /** Waits for a transaction that has entered the same name; the second statement sees its row. */
  private static final String ENTER =
      """
      INSERT INTO varve_internal.batch (id, relation) VALUES (?, ?::regclass)
      ON CONFLICT (id, writer) DO NOTHING;
      SELECT xid::text, relation = ?::regclass, relation::text, written, skipped, failed
        FROM varve_internal.batch WHERE id = ? AND writer = current_user
      """;

  private static final String COMPLETE =
      """
      WITH forgotten AS (
        DELETE FROM varve_internal.batch WHERE id = ? AND writer = current_user)
      UPDATE varve_internal.batch SET written = ?, skipped = ?, failed = ?
       WHERE id = ? AND writer = current_user
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
   * Enters the batch, unless this user has stored it already. Whoever else enters that name waits
   * until this transaction ends.
   */
  Entry enter(Connection connection, String id) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(ENTER)) {
      statement.setString(1, id);
      statement.setString(2, table.sql());
      statement.setString(3, table.sql());
      statement.setString(4, id);
      statement.execute();
      boolean isNew = statement.getUpdateCount() == 1;
      statement.getMoreResults();
      try (ResultSet row = statement.getResultSet()) {
        if (!row.next()) {
          throw new ConflictException(
              "inserting into %s: batch \"%s\" was recorded and removed meanwhile"
                  .formatted(table, id));
        }
        return entry(row, id, isNew);
      }
    }
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
}
