package io.varve.ingest;

import io.varve.ConstraintException;
import io.varve.jdbc.Database;
import io.varve.model.Table;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

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
      WriteCall<T> call,
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

  BatchTransaction(
      Database database, TableFormat<T> format, RowErrors errors, Capture capture, Table<T> table) {
    this.database = database;
    this.format = format;
    this.errors = errors;
    this.ledger = new Ledger(table.name());
    this.capture = capture;
  }

  /** Stores the rows, unless the call names a batch that is stored already. */
  WriteResult run(WriteCall<T> call, OfferedRows<T> offered, Rows<T> rows) {
    try {
      return database.transaction(
          errors.task(), connection -> run(connection, call, offered, rows));
    } finally {
      call.cancellation().end();
    }
  }

  private WriteResult run(
      Connection connection, WriteCall<T> call, OfferedRows<T> offered, Rows<T> rows)
      throws SQLException {
    call.cancellation().begin(connection);
    TableFormat.Format<T> current = format.lock(connection);
    Optional<Ledger.Entry> entry = enter(connection, call.options());
    if (entry.isPresent() && !entry.get().isNew()) {
      requireSame(call, offered, entry.get());
      return repeated(call, entry.get());
    }
    RowRefusals<T> refusals = new RowRefusals<>(call.options());
    Optional<TouchedTimes> touched = capture.begin(connection);
    Batch<T> batch =
        new Batch<>(
            call,
            connection,
            current,
            refusals,
            touched,
            new RowSavepoint(connection, call.options().onFailure() != FailurePolicy.FAIL_BATCH));
    long written = rows.store(batch);
    List<RowFailure> failures = refusals.failures();
    WriteResult result =
        new WriteResult(written, offered.count() - written - failures.size(), failures);
    if (touched.isPresent()) {
      capture.record(connection, touched.get());
    }
    if (entry.isPresent()) {
      ledger.complete(connection, entry.get(), call.predecessor(), result);
      call.sent().add(entry.get(), result);
    }
    call.cancellation().committing();
    return result;
  }

  private Optional<Ledger.Entry> enter(Connection connection, WriteOptions<T> options)
      throws SQLException {
    return options.batchId().isEmpty()
        ? Optional.empty()
        : Optional.of(ledger.enter(connection, options.batchId().get(), options.claim()));
  }

  /** A name that stands for other rows must not make these pass for stored. */
  private void requireSame(WriteCall<T> call, OfferedRows<T> offered, Ledger.Entry entry) {
    if (!entry.isOfTable()) {
      throw taken(entry, "is recorded for table " + entry.relation());
    }
    if (!call.isNamedByCaller()) {
      return;
    }
    boolean allKnown = offered.areAll() || call.size().isPresent();
    long known = offered.areAll() ? offered.count() : call.size().orElse(offered.count());
    if (allKnown ? known != entry.rows() : known > entry.rows()) {
      throw taken(
          entry,
          "is recorded with %d rows, and %s%d were offered"
              .formatted(entry.rows(), allKnown ? "" : "at least ", known));
    }
  }

  private ConstraintException taken(Ledger.Entry entry, String why) {
    return new ConstraintException(
        "%s: batch \"%s\" %s; expected the same rows again: give other rows another name"
            .formatted(errors.task(), entry.id(), why));
  }

  /** Removes batches from the ledger that nobody will ask for any more. */
  void forget(List<String> batches) {
    database.transaction(
        "forgetting stored batches",
        connection -> {
          ledger.forget(connection, batches);
          return batches.size();
        });
  }

  /** The ledger keeps how many rows were put aside, not which. */
  private WriteResult repeated(WriteCall<T> call, Ledger.Entry entry) {
    return call.sent().find(entry).orElseGet(() -> unnamed(entry));
  }

  private WriteResult unnamed(Ledger.Entry entry) {
    RowFailure unknown =
        new RowFailure(
            -1, null, null, null, errors.task() + ": refused when the batch was stored first");
    return new WriteResult(
        entry.written(),
        entry.skipped(),
        Collections.nCopies(Math.toIntExact(entry.failed()), unknown));
  }
}
