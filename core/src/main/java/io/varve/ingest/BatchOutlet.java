package io.varve.ingest;

import io.varve.CapacityException;
import io.varve.ClosedException;
import io.varve.DeadlineException;
import io.varve.InDoubtException;
import io.varve.VarveException;
import io.varve.jdbc.Retry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
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
   * @param timer breaks off attempts that take too long
   * @param closing whether a batch is not to be tried again
   */
  record Target<T>(
      String table,
      IngesterOptions<T> options,
      BatchWriter<T> writer,
      Optional<Spool<T>> spool,
      ScheduledExecutorService timer,
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
          settlement.committed(batch, storeWithin(batch, report, after));
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

  private WriteResult storeWithin(IngestBatch<T> batch, WriteReport report, Duration after) {
    batch.cancellation().again();
    TimeLimit limit = new TimeLimit(batch.cancellation());
    Future<?> alarm = target.timer().schedule(limit::pass, after.toNanos(), TimeUnit.NANOSECONDS);
    try {
      return store(batch, report);
    } catch (RuntimeException e) {
      throw limit.end() ? brokenOff(after, e) : e;
    } finally {
      alarm.cancel(false);
      limit.end();
    }
  }

  /** Whatever the attempt made of it. */
  private RuntimeException brokenOff(Duration after, RuntimeException e) {
    return e instanceof VarveException known && known.inDoubt()
        ? e
        : new DeadlineException(
            "inserting into %s: broken off after %s".formatted(target.table(), after), null, e);
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
