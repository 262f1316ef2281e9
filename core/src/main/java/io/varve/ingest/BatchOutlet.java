package io.varve.ingest;

import io.varve.CapacityException;
import io.varve.ClosedException;
import io.varve.InDoubtException;
import io.varve.VarveException;
import io.varve.jdbc.Retry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the batches of one worker go: to the database; or, if it does not take them in time or
 * others wait there, to the spool. Used by one thread.
 */
final class BatchOutlet<T> {

  private static final Logger LOG = LoggerFactory.getLogger(BatchOutlet.class);

  private static final long LONGEST_WAIT = Duration.ofMillis(500).toNanos();

  private final Target<T> target;
  private final Settlement<T> settlement;
  private final Retry patient;
  private @Nullable String predecessor;

  /**
   * What the workers of an ingester share.
   *
   * @param limit breaks off attempts that take too long
   * @param closing whether a batch is not to be tried again
   */
  record Target<T>(
      String table,
      IngesterOptions<T> options,
      BatchWriter<T> writer,
      Optional<Spool<T>> spool,
      TimeLimit limit,
      IngestCounters counters,
      BooleanSupplier closing) {}

  BatchOutlet(Target<T> target, Settlement<T> settlement) {
    this.target = target;
    this.settlement = settlement;
    this.patient =
        Retry.of(
            Integer.MAX_VALUE,
            target
                .options()
                .spool()
                .map(SpoolOptions::after)
                .orElse(target.options().retryBudget()));
  }

  /** Settles the batch. */
  void write(IngestBatch<T> batch) {
    WriteReport report = target.writer().begin();
    try {
      if (target.spool().isEmpty()) {
        settlement.committed(batch, store(batch, report));
      } else {
        storeOrSpool(
            batch, report, target.spool().get(), target.options().spool().orElseThrow().after());
      }
    } catch (RuntimeException | Error e) {
      report.failed(batch.rows()::size, e);
      settlement.lost(batch, e);
    }
  }

  /** No batch comes any more, so the ledger need not keep the last one. */
  void finish() {
    String last = predecessor;
    if (last == null) {
      return;
    }
    try {
      target.writer().forget(List.of(last));
    } catch (VarveException e) {
      LOG.debug("the ledger keeps batch {}: {}", last, e.getMessage());
    }
  }

  /** Told before any stage completes. */
  private WriteResult store(IngestBatch<T> batch, WriteReport report) {
    WriteResult result =
        target
            .writer()
            .write(batch, Optional.ofNullable(predecessor), patient, report, this::retried);
    predecessor = batch.id();
    report.written(result);
    return result;
  }

  private void retried() {
    if (target.spool().isPresent() && target.closing().getAsBoolean()) {
      throw new ClosedException("the ingester of " + target.table() + " is being closed");
    }
    target.counters().retries.increment();
  }

  /**
   * A batch whose commit was not answered goes to the spool under its name, and keeps its place in
   * the ledger: it never becomes a predecessor.
   */
  private void storeOrSpool(
      IngestBatch<T> batch, WriteReport report, Spool<T> spool, Duration after) {
    long start = System.nanoTime();
    while (true) {
      if (spool.isEmpty() && !after.isZero()) {
        try {
          settlement.committed(
              batch,
              target.limit().within(after, batch.cancellation(), () -> store(batch, report)));
          return;
        } catch (VarveException e) {
          if (!Spool.takes(e)) {
            throw settledOrDoubtful(batch, e);
          }
        }
      }
      try {
        settlement.spool(batch, spool);
        return;
      } catch (CapacityException e) {
        if (System.nanoTime() - start >= target.options().retryBudget().toNanos()) {
          throw settledOrDoubtful(batch, e);
        }
        await(spool);
      }
    }
  }

  private static VarveException settledOrDoubtful(IngestBatch<?> batch, VarveException e) {
    return batch.cancellation().isDoubtful() && !e.inDoubt()
        ? new InDoubtException(
            "the commit of an earlier attempt was not answered; " + e.getMessage(),
            e.sqlState().orElse(null),
            e)
        : e;
  }

  private void await(Spool<T> spool) {
    try {
      spool.awaitChange(LONGEST_WAIT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClosedException("the ingester of " + target.table() + " is being closed");
    }
  }
}
