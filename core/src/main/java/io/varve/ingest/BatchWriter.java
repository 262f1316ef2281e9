package io.varve.ingest;

import io.varve.jdbc.Retry;
import java.util.List;
import java.util.Optional;

/** Writes the batches of an ingester to the database. Thread-safe. */
interface BatchWriter<T> {

  /** What is to be told of the next batch, once its end is known. */
  WriteReport begin();

  /**
   * Writes the batch in a transaction of its own.
   *
   * @param predecessor a batch the ledger need not keep any more
   * @param retry when to try again
   * @param report is told of attempts after the first
   * @param retried told before each further attempt, which it ends by throwing
   */
  WriteResult write(
      IngestBatch<T> batch,
      Optional<String> predecessor,
      Retry retry,
      WriteReport report,
      Runnable retried);

  /** Removes batches from the ledger for which nobody will ask any more. */
  void forget(List<String> batches);
}
