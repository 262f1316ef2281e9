package io.varve.ingest;

import java.util.Iterator;

/**
 * Writes rows of one table. Thread-safe. See {@code Varve.table(…)}.
 *
 * <p>A value is stored exactly or refused. What a column cannot hold is a {@link
 * io.varve.MappingException} that names row, column and reason before anything is sent: an absent
 * value where there must be one, a time finer than a microsecond or out of PostgreSQL's range, an
 * integer too large for its column, text with a NUL or half a surrogate pair, more digits or
 * characters than the column's precision, scale or length keeps. The {@code MAX} and {@code MIN} of
 * {@code Instant}, {@code LocalDateTime} and {@code LocalDate} are stored as the infinities, but
 * not as the time of a row, which no chunk could hold.
 *
 * <p>Appends store given values in identity columns as well; the other modes cannot write to those
 * that are GENERATED ALWAYS.
 *
 * <p>What the server refuses names the row where the server names it or, in a merge of up to a
 * million rows, where it is found by trying: {@link io.varve.ConstraintException} for constraints,
 * {@link io.varve.DataException} for values. A table that is absent, no hypertable, or whose
 * columns are not the model's is a {@link io.varve.SchemaException}. After any exception nothing of
 * the call is stored, unless it is an {@link io.varve.InDoubtException}.
 *
 * <p>Chunks that are missing are created. Transactions are READ COMMITTED.
 */
public interface TableWriter<T> {

  /** Writes one row in its own transaction. For many rows, {@link #insertAll} is much faster. */
  WriteResult insert(T row);

  /** Writes all rows in one transaction: all of them, or none and an exception. */
  WriteResult insertAll(Iterable<? extends T> rows);

  /**
   * Like {@link #insertAll(Iterable)}, consuming the iterator as the rows are sent. Any number of
   * rows in any order takes the same memory, some tens of megabytes at most; rows in the order of
   * time take the least.
   *
   * <p>The transaction is open until the iterator ends, and the server's time limits go on while it
   * waits. An exception of the iterator is passed on as it is, with a suppressed one that tells the
   * row. An interrupt of the thread ends the call with a {@link io.varve.DeadlineException}; the
   * thread stays interrupted.
   */
  WriteResult insertAll(Iterator<? extends T> rows);

  /** Like {@link #insert(Object)}, as the options say. */
  WriteResult insert(T row, WriteOptions<T> options);

  /**
   * Writes all rows in one transaction, as the options say: offered = written + skipped + failures.
   * Of rows with the same key in one call the last one counts, and the others are skipped; where
   * refused rows are put aside, the last one that is not refused. An upsert that stores fewer rows
   * than there are keys, because a trigger discards some, is a {@link
   * io.varve.ConstraintException}; in SKIP_DUPLICATES such rows count as skipped.
   *
   * <p>A {@link java.util.Collection} is sent again, within the bounds of the settings {@code
   * retry-attempts} and {@code retry-budget}, after an error that time may heal, which a statement
   * that somebody cancels is not; after a commit whose outcome is unknown only if that cannot store
   * a row twice: with a batch id, or in a mode other than APPEND, whose counts then are those of
   * the last time. Otherwise an {@link io.varve.InDoubtException} tells so.
   *
   * <p>With {@link FailurePolicy#ISOLATE} some megabytes of rows are kept to be sent again; in the
   * modes other than APPEND all rows of the call are.
   *
   * @throws io.varve.MappingException in modes other than APPEND also if the table has no key, or a
   *     column to update is absent or part of the key
   */
  WriteResult insertAll(Iterable<? extends T> rows, WriteOptions<T> options);

  /** Like {@link #insertAll(Iterable, WriteOptions)}, but never sent again. */
  WriteResult insertAll(Iterator<? extends T> rows, WriteOptions<T> options);
}
