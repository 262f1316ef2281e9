package io.varve.ingest;

import io.varve.VarveException;
import io.varve.ingest.IngestBatch.Waiting;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * Settles batches, each once: counts its rows, completes their stages, and gives their room back.
 * Thread-safe.
 */
final class Settlement<T> {

  private final IngestCounters counters;
  private final ByteBudget budget;
  private final IntConsumer settled;

  /**
   * @param settled is told of so many rows once their stages are completed
   */
  Settlement(IngestCounters counters, ByteBudget budget, IntConsumer settled) {
    this.counters = counters;
    this.budget = budget;
    this.settled = settled;
  }

  /** Whether the batch was not settled before. */
  boolean committed(IngestBatch<T> batch, WriteResult result) {
    if (!batch.claim()) {
      return false;
    }
    counters.batches.increment();
    counters.written.add(result.written());
    counters.skipped.add(result.skipped());
    complete(batch, new RowOutcome.Committed(result), result.failures());
    return true;
  }

  /** Appends the batch to the spool, and settles it if that succeeds. */
  void spool(IngestBatch<T> batch, Spool<T> spool, Spool.Image image) {
    if (batch.claim(() -> spool.append(image))) {
      complete(batch, new RowOutcome.Spooled(), image.failures());
    }
  }

  private void complete(IngestBatch<T> batch, RowOutcome outcome, List<RowFailure> failures) {
    counters.refused.add(failures.size());
    budget.release(batch.bytes());
    Map<Long, RowFailure> refused = new HashMap<>();
    failures.forEach(failure -> refused.put(failure.index(), failure));
    try {
      for (int i = 0; i < batch.rows().size(); i++) {
        RowFailure failure = refused.get((long) i);
        batch
            .rows()
            .get(i)
            .outcome()
            .complete(failure == null ? outcome : new RowOutcome.Refused(failure));
      }
    } finally {
      settled.accept(batch.rows().size());
    }
  }

  /** Whether the batch was not settled before. */
  boolean lost(IngestBatch<T> batch, Throwable why) {
    if (!batch.claim()) {
      return false;
    }
    boolean inDoubt = why instanceof VarveException known && known.inDoubt();
    (inDoubt ? counters.inDoubt : counters.failed).add(batch.rows().size());
    budget.release(batch.bytes());
    try {
      for (Waiting<T> row : batch.rows()) {
        row.outcome().completeExceptionally(why);
      }
    } finally {
      settled.accept(batch.rows().size());
    }
    return true;
  }
}
