package io.varve.ingest;

import io.varve.jdbc.Database;
import io.varve.model.Table;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.postgresql.util.PSQLException;

/**
 * The transaction around the rows of one call: what is looked up before them and recorded after
 * them. Thread-safe.
 */
final class BatchTransaction<T> {

  private final Database database;
  private final TableFormat<T> format;
  private final RowErrors errors;
  private final Ledger ledger;
  private final Capture capture;

  /**
   * What the rows of one call need.
   *
   * @param touched where their times go; empty if nothing depends on the table
   */
  record Batch<T>(
      Connection connection,
      TableFormat.Format<T> format,
      RowRefusals<T> refusals,
      Optional<TouchedTimes> touched,
      RowSavepoint savepoint) {}

  /** Sends the rows; returns how many were stored. */
  @FunctionalInterface
  interface Rows<T> {
    long store(Batch<T> batch) throws SQLException;
  }

  /** Another transaction has stored the batch while this one was under way. */
  private static final class StoredMeanwhile extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  BatchTransaction(
      Database database, TableFormat<T> format, RowErrors errors, Capture capture, Table<T> table) {
    this.database = database;
    this.format = format;
    this.errors = errors;
    this.ledger = new Ledger(table.name());
    this.capture = capture;
  }

  /** Stores the rows, unless the options name a batch that is stored already. */
  WriteResult run(WriteOptions<T> options, OfferedRows<T> offered, Rows<T> rows) {
    try {
      return database.transaction(
          errors.task(), connection -> run(connection, options, offered, rows));
    } catch (StoredMeanwhile e) {
      return database.transaction(
          errors.task(),
          connection -> stored(connection, options).map(this::repeated).orElseThrow(() -> e));
    }
  }

  private WriteResult run(
      Connection connection, WriteOptions<T> options, OfferedRows<T> offered, Rows<T> rows)
      throws SQLException {
    TableFormat.Format<T> current = format.lock(connection);
    Optional<Ledger.Entry> before = stored(connection, options);
    if (before.isPresent()) {
      return repeated(before.get());
    }
    RowRefusals<T> refusals = new RowRefusals<>(options);
    Optional<TouchedTimes> touched = capture.begin(connection);
    Batch<T> batch =
        new Batch<>(connection, current, refusals, touched, new RowSavepoint(connection));
    long written = rows.store(batch);
    List<RowFailure> failures = refusals.failures();
    WriteResult result =
        new WriteResult(written, offered.count() - written - failures.size(), failures);
    if (touched.isPresent()) {
      capture.record(connection, touched.get());
    }
    record(connection, options, result);
    return result;
  }

  private Optional<Ledger.Entry> stored(Connection connection, WriteOptions<T> options)
      throws SQLException {
    return options.batchId().isEmpty()
        ? Optional.empty()
        : ledger.find(connection, options.batchId().get());
  }

  private void record(Connection connection, WriteOptions<T> options, WriteResult result)
      throws SQLException {
    if (options.batchId().isEmpty()) {
      return;
    }
    try {
      ledger.record(connection, options.batchId().get(), result);
    } catch (PSQLException e) {
      if (e.getServerErrorMessage() != null
          && Ledger.KEY.equals(e.getServerErrorMessage().getConstraint())) {
        throw new StoredMeanwhile();
      }
      throw e;
    }
  }

  /** The ledger keeps how many rows were put aside, not which. */
  private WriteResult repeated(Ledger.Entry entry) {
    RowFailure unknown =
        new RowFailure(
            -1, null, null, null, errors.task() + ": refused when the batch was stored first");
    return new WriteResult(
        entry.written(),
        entry.skipped(),
        Collections.nCopies(Math.toIntExact(entry.failed()), unknown));
  }
}
