package io.varve.ingest;

import io.varve.DeadlineException;
import io.varve.MappingException;
import java.sql.SQLException;
import java.util.Iterator;

/**
 * The rows of one call, counted, so that whatever goes wrong names the row. Notices that the thread
 * was interrupted, and restores that once the transaction is over: a virtual thread whose flag is
 * set could not even roll back. Not thread-safe.
 */
final class OfferedRows<T> {

  private final Iterator<? extends T> rows;
  private final RowErrors errors;
  private long index;
  private boolean interrupted;

  OfferedRows(Iterator<? extends T> rows, RowErrors errors) {
    this.rows = rows;
    this.errors = errors;
  }

  /** Whether there is no row left. */
  boolean isEmpty() {
    return !hasNext();
  }

  /** Gives all rows to the load. */
  void addTo(ChunkLoad<T> load) throws SQLException {
    while (hasNext()) {
      add(next(), load);
      index++;
      checkInterrupt();
    }
  }

  void restoreInterrupt() {
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean hasNext() {
    try {
      return rows.hasNext();
    } catch (RuntimeException e) {
      throw located(e);
    }
  }

  private T next() {
    try {
      return rows.next();
    } catch (RuntimeException e) {
      throw located(e);
    }
  }

  /** The caller's own exception stays what it is; a note tells where it came from. */
  private RuntimeException located(RuntimeException e) {
    e.addSuppressed(
        new IllegalStateException(
            "%s: row %d could not be fetched, nothing was written"
                .formatted(errors.task(), index)));
    return e;
  }

  private void add(T row, ChunkLoad<T> load) throws SQLException {
    if (row == null) {
      throw errors.refused(index, "null; expected a row", null);
    }
    try {
      load.add(row, index);
    } catch (MappingException e) {
      throw errors.refused(index, e.getMessage(), e.getCause());
    }
  }

  private void checkInterrupt() {
    if (Thread.interrupted()) {
      interrupted = true;
      throw new DeadlineException(
          "%s: the thread was interrupted at row %d, nothing was written"
              .formatted(errors.task(), index));
    }
  }
}
