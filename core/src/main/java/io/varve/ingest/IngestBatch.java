package io.varve.ingest;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Rows that are being written. Settled once: by the worker that writes them, or by whoever closes
 * the ingester before that is done. Thread-safe.
 *
 * @param id its name in the ledger
 * @param sent what its attempts had done when they sent their commits
 */
record IngestBatch<T>(
    String id,
    List<Waiting<T>> rows,
    Cancellation cancellation,
    SentResults sent,
    AtomicBoolean settled,
    ReentrantLock settling) {

  /**
   * A row with its stage.
   *
   * @param bytes what it takes in memory, estimated
   * @param since when it came, by {@link System#nanoTime}
   */
  record Waiting<T>(T row, long bytes, long since, CompletableFuture<RowOutcome> outcome) {}

  IngestBatch(String id, List<Waiting<T>> rows) {
    this(id, rows, new Cancellation(), new SentResults(), new AtomicBoolean(), new ReentrantLock());
  }

  /** Whether the caller is the one who settles it. */
  boolean claim() {
    return claim(() -> {});
  }

  /** The same, after a step that settles it: if that throws, it is not settled. */
  boolean claim(Runnable step) {
    settling.lock();
    try {
      if (settled.get()) {
        return false;
      }
      step.run();
      settled.set(true);
      return true;
    } finally {
      settling.unlock();
    }
  }

  List<T> values() {
    return rows.stream().map(Waiting::row).toList();
  }

  long bytes() {
    return rows.stream().mapToLong(Waiting::bytes).sum();
  }
}
