package io.varve.ingest;

import io.varve.model.Table;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What one call wants done with its rows, over all its attempts.
 *
 * @param merge the statement for rows whose key may be there; empty for plain appends
 * @param size how many rows there are, where that is known beforehand
 * @param isNamedByCaller whether other rows might come under the batch's name; an ingester names
 *     each batch anew, and its spool may hold fewer rows than were sent
 * @param predecessor a batch the ledger need not keep any longer
 */
record WriteCall<T>(
    WriteOptions<T> options,
    Optional<Merge> merge,
    OptionalLong size,
    boolean isNamedByCaller,
    Optional<String> predecessor,
    Cancellation cancellation,
    SentResults sent) {

  /** Refuses options the table does not allow. */
  static <T> WriteCall<T> of(Table<T> table, WriteOptions<T> options) {
    return new WriteCall<>(
        options,
        merge(table, options),
        OptionalLong.empty(),
        true,
        Optional.empty(),
        new Cancellation(),
        new SentResults());
  }

  /** The same for that many rows. */
  WriteCall<T> sized(long rows) {
    return new WriteCall<>(
        options, merge, OptionalLong.of(rows), isNamedByCaller, predecessor, cancellation, sent);
  }

  /** A batch of an ingester, under its own name. */
  static <T> WriteCall<T> of(
      Table<T> table, WriteOptions<T> options, IngestBatch<T> batch, Optional<String> predecessor) {
    return new WriteCall<>(
        options.batch(batch.id()),
        merge(table, options),
        OptionalLong.of(batch.rows().size()),
        false,
        predecessor,
        batch.cancellation(),
        batch.sent());
  }

  private static Optional<Merge> merge(Table<?> table, WriteOptions<?> options) {
    return options.mode() == WriteMode.APPEND
        ? Optional.empty()
        : Optional.of(Merge.of(table, options));
  }
}
