package io.varve.ingest;

/** What has become of a row that an {@link Ingester} took. */
public sealed interface RowOutcome {

  /**
   * Its transaction is committed: the row is in the table, or was left out on purpose because its
   * key was there, or because a later row of the batch has the same key.
   *
   * @param batch what became of all rows of its transaction
   */
  record Committed(WriteResult batch) implements RowOutcome {}

  /**
   * The table refused it; the others of its batch are committed.
   *
   * @param failure why; its index is the row's position in its batch
   */
  record Refused(RowFailure failure) implements RowOutcome {}

  /**
   * It is in the spool, on disk, and is written to the table when the database is back; if the
   * table refuses it then, it goes to the sink for dead letters.
   */
  record Spooled() implements RowOutcome {}
}
