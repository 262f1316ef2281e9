package io.varve.ingest;

import io.varve.jdbc.Retry;
import java.util.List;
import java.util.Optional;

/** Writes the batches of an ingester to the database. Thread-safe. */
interface BatchWriter<T> {

  /**
   * Writes the batch in a transaction of its own.
   *
   * @param predecessor a batch the ledger need not keep any more
   * @param retry when to try again
   * @param retried told before each further attempt, which it ends by throwing
   */
  WriteResult write(
      IngestBatch<T> batch, Optional<String> predecessor, Retry retry, Runnable retried);

  /** Removes batches from the ledger for which nobody will ask any more. */
  void forget(List<String> batches);
}
