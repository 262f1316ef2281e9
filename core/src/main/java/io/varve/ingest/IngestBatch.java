package io.varve.ingest;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Rows that are being written. Settled once: by the worker that writes them, or by whoever closes
 * the ingester before that is done. Thread-safe.
 *
 * @param id its name in the ledger
 */
record IngestBatch<T>(
    String id, List<Waiting<T>> rows, Cancellation cancellation, AtomicBoolean settled) {

  /**
   * A row with its stage.
   *
   * @param bytes what it takes in memory, estimated
   * @param since when it came, by {@link System#nanoTime}
   */
  record Waiting<T>(T row, long bytes, long since, CompletableFuture<RowOutcome> outcome) {}

  IngestBatch(String id, List<Waiting<T>> rows) {
    this(id, rows, new Cancellation(), new AtomicBoolean());
  }

  /** Whether the caller is the one who settles it. */
  boolean claim() {
    return settled.compareAndSet(false, true);
  }

  List<T> values() {
    return rows.stream().map(Waiting::row).toList();
  }

  long bytes() {
    return rows.stream().mapToLong(Waiting::bytes).sum();
  }
}
