package io.varve.ingest;

import java.util.Iterator;

/** Writes rows of one table. Thread-safe. See {@code Varve.table(…)}. */
public interface TableWriter<T> {

  /** Writes one row in its own transaction. */
  WriteResult insert(T row);

  /** Writes all rows in one transaction: all of them, or none and an exception. */
  WriteResult insertAll(Iterable<? extends T> rows);

  /** Like {@link #insertAll(Iterable)}, consuming the iterator as the rows are sent. */
  WriteResult insertAll(Iterator<? extends T> rows);
}
