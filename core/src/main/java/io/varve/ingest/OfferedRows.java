package io.varve.ingest;

import io.varve.DeadlineException;
import io.varve.MappingException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one call, counted, so that whatever goes wrong names the row. Notices that the thread
 * was interrupted, and restores that once the transaction is over: a virtual thread whose flag is
 * set could not even roll back. Not thread-safe.
 */
final class OfferedRows<T> {

  private final Supplier<Iterator<? extends T>> rows;
  private final RowErrors errors;
  private final RowSize<T> size;
  private final List<T> ahead = new ArrayList<>();
  private @Nullable Iterator<? extends T> started;
  private long index;
  private boolean all;
  private boolean interrupted;

  OfferedRows(Supplier<Iterator<? extends T>> rows, RowErrors errors, RowSize<T> size) {
    this.rows = rows;
    this.errors = errors;
    this.size = size;
  }

  /**
   * Fetches rows until there are more than that, or no more; whether these are all.
   *
   * @param bytes what they may take in memory
   */
  boolean areAtMost(int most, long bytes) {
    long taken = 0;
    while (ahead.size() <= most && taken <= bytes && hasNext()) {
      T row = next();
      ahead.add(row);
      taken += bytes(row);
      index++;
      checkInterrupt();
    }
    all = ahead.size() <= most && taken <= bytes;
    return all;
  }

  /** A row that cannot be read counts as none here: it is refused when it is encoded. */
  private long bytes(@Nullable T row) {
    try {
      return row == null ? 0 : size.of(row);
    } catch (RuntimeException e) {
      return 0;
    }
  }

  /** Whether those counted are all there are, as far as that is known. */
  boolean areAll() {
    return all;
  }

  /** The rows fetched so far. */
  List<T> fetched() {
    return ahead;
  }

  /**
   * Gives all rows to the load, those fetched before at first. May be called again only as long as
   * there were no others.
   */
  void addTo(RowLoad<T> load, RowRefusals<T> refusals) throws SQLException {
    if (index != ahead.size()) {
      throw new IllegalStateException(
          "%s: %d rows were fetched and %d are at hand; expected all"
              .formatted(errors.task(), index, ahead.size()));
    }
    for (int i = 0; i < ahead.size(); i++) {
      add(ahead.get(i), i, load, refusals);
    }
    while (hasNext()) {
      add(next(), index, load, refusals);
      index++;
      checkInterrupt();
    }
  }

  /** How many rows there were. */
  long count() {
    return index;
  }

  void restoreInterrupt() {
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean hasNext() {
    try {
      return iterator().hasNext();
    } catch (RuntimeException e) {
      throw located(e);
    }
  }

  private T next() {
    try {
      return iterator().next();
    } catch (RuntimeException e) {
      throw located(e);
    }
  }

  /** Asked for only now, because that may fail, too. */
  private Iterator<? extends T> iterator() {
    Iterator<? extends T> iterator = started;
    if (iterator == null) {
      iterator = rows.get();
      started = iterator;
    }
    return iterator;
  }

  /** The caller's own exception stays what it is; a note tells where it came from. */
  private RuntimeException located(RuntimeException e) {
    e.addSuppressed(
        new IllegalStateException(
            "%s: row %d could not be fetched, nothing was written"
                .formatted(errors.task(), index)));
    return e;
  }

  private void add(T row, long at, RowLoad<T> load, RowRefusals<T> refusals) throws SQLException {
    try {
      if (row == null) {
        throw new MappingException("null; expected a row");
      }
      load.add(row, at);
    } catch (MappingException e) {
      refusals.refuse(row, errors.failure(at, e), errors.refused(at, e.getMessage(), e.getCause()));
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
