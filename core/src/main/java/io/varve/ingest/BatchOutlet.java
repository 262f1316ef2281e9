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
  private boolean isAway;

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
    isAway = true;
    try {
      if (target.spool().isEmpty()) {
        commit(batch, store(batch, report));
      } else {
        storeOrSpool(
            batch, report, target.spool().get(), target.options().spool().orElseThrow().after());
      }
    } catch (RuntimeException | Error e) {
      Throwable why = orDoubtful(batch, e);
      report.failed(batch.rows()::size, why);
      settlement.lost(batch, why);
    }
  }

  /**
   * No batch comes any more, so the ledger need not keep the last one. A server that did not take
   * the last batch is not asked: a name left over does no harm.
   */
  void finish() {
    String last = predecessor;
    if (last == null || isAway) {
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
    isAway = false;
    report.written(result);
    return result;
  }

  /** A batch that went to the spool meanwhile keeps its place in the ledger. */
  private void commit(IngestBatch<T> batch, WriteResult result) {
    if (settlement.committed(batch, result)) {
      predecessor = batch.id();
    }
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
    Optional<Spool.Image> image = Optional.empty();
    while (!isStored(batch, report, spool, after)) {
      try {
        image = image.or(() -> Optional.of(spool.image(batch)));
        settlement.spool(batch, spool, image.get());
        return;
      } catch (CapacityException e) {
        if (System.nanoTime() - start >= target.options().retryBudget().toNanos()) {
          throw e;
        }
        await(batch, spool);
      }
    }
  }

  /** Whether the database takes the batch, which it is not asked while others wait. */
  private boolean isStored(
      IngestBatch<T> batch, WriteReport report, Spool<T> spool, Duration after) {
    if (!spool.isEmpty() || after.isZero()) {
      return false;
    }
    try {
      commit(batch, target.limit().within(after, batch.cancellation(), () -> store(batch, report)));
      return true;
    } catch (VarveException e) {
      if (!Spool.takes(e)) {
        throw e;
      }
      return false;
    }
  }

  /** Whatever ended the last attempt says nothing about an earlier one. */
  private static Throwable orDoubtful(IngestBatch<?> batch, Throwable e) {
    boolean isKnown = e instanceof VarveException known && known.inDoubt();
    if (isKnown || !batch.cancellation().isDoubtful()) {
      return e;
    }
    return new InDoubtException(
        "the commit of an earlier attempt was not answered; " + e.getMessage(),
        e instanceof VarveException known ? known.sqlState().orElse(null) : null,
        e);
  }

  private void await(IngestBatch<T> batch, Spool<T> spool) {
    try {
      spool.awaitChange(LONGEST_WAIT);
    } catch (InterruptedException e) {
      // Of a sink, in this thread, or of the one who has given the batch up.
      if (batch.settled().get()) {
        throw new ClosedException("the ingester of " + target.table() + " is being closed");
      }
    }
  }
}
