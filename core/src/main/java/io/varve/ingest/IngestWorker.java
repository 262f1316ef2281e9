package io.varve.ingest;

import io.varve.ClosedException;
import io.varve.InDoubtException;
import io.varve.VarveException;
import io.varve.ingest.IngestBatch.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Writes the rows of one lane. */
final class IngestWorker<T> implements Runnable {

  private final String name;
  private final BatchOutlet.Target<T> target;
  private final IngestLane<T> lane;
  private final Settlement<T> settlement;
  private final Settlement<T> settlementOfRest;
  private final BatchOutlet<T> outlet;
  private final Thread thread;
  private final AtomicLong sequence = new AtomicLong();
  private volatile @Nullable IngestBatch<T> current;
  private volatile boolean givenUp;

  /**
   * @param name what its batches are named after; never used before
   */
  IngestWorker(
      String name, BatchOutlet.Target<T> target, ByteBudget budget, ThreadFactory threads) {
    IngesterOptions<T> options = target.options();
    this.name = name;
    this.target = target;
    this.lane =
        new IngestLane<>(
            new IngestLane.Limits(
                options.batchRows(), batchBytes(options), options.linger().toNanos()));
    this.settlement = new Settlement<>(target.counters(), budget, lane::settle);
    this.settlementOfRest = new Settlement<>(target.counters(), budget, rows -> {});
    this.outlet = new BatchOutlet<>(target, settlement);
    this.thread = threads.newThread(this);
  }

  /** What lingers leaves half of the queue free, so that a full queue is one being written. */
  private static long batchBytes(IngesterOptions<?> options) {
    return Math.max(
        1, Math.min(options.batchBytes(), options.queueBytes() / 2 / options.workers()));
  }

  boolean isCurrentThread() {
    return Thread.currentThread() == thread;
  }

  IngestLane<T> lane() {
    return lane;
  }

  void start() {
    thread.start();
  }

  @Override
  public void run() {
    try {
      while (takes()) {
        outlet.write(Objects.requireNonNull(current));
      }
      outlet.finish();
    } finally {
      lane.abandon();
    }
  }

  /** Whether there is a batch to write; none once the lane is closed, or the worker given up. */
  private boolean takes() {
    while (!givenUp) {
      try {
        return !lane.take(rows -> current = rows.isEmpty() ? null : batch(rows)).isEmpty();
      } catch (InterruptedException e) {
        // Of a stage or a sink, in this thread, or of the one who gives the worker up.
      }
    }
    return false;
  }

  private IngestBatch<T> batch(List<Waiting<T>> rows) {
    return new IngestBatch<>(name + "/" + sequence.getAndIncrement(), rows);
  }

  /** Waits for the end of the thread; false if interrupted. */
  boolean join(long nanos) {
    try {
      thread.join(Math.max(1, Duration.ofNanos(nanos).toMillis()));
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  /**
   * Settles what is left, the time being over. What the spool does not take, and all that would
   * come after it, is added to the lists.
   */
  void giveUp(List<T> unwritten, List<T> inDoubt) {
    givenUp = true;
    List<Waiting<T>> queued = lane.removeAll();
    IngestBatch<T> batch = current;
    Optional<Spool<T>> spool = target.spool();
    if (batch != null && !leave(batch, spool, settlement, unwritten, inDoubt)) {
      spool = Optional.empty();
    }
    thread.interrupt();
    for (List<Waiting<T>> part : parts(queued)) {
      if (!leave(batch(part), spool, settlementOfRest, unwritten, inDoubt)) {
        spool = Optional.empty();
      }
    }
  }

  /** Whether the batch is in the spool, or was settled by others. */
  private boolean leave(
      IngestBatch<T> batch,
      Optional<Spool<T>> spool,
      Settlement<T> settlement,
      List<T> unwritten,
      List<T> inDoubt) {
    boolean uncommitted = batch.cancellation().cancel();
    Optional<RuntimeException> refusal = spool.flatMap(log -> spool(batch, log, settlement));
    if (spool.isPresent() && refusal.isEmpty()) {
      return true;
    }
    boolean unspooled =
        refusal.filter(e -> e instanceof VarveException known && known.inDoubt()).isEmpty();
    boolean certain = uncommitted && unspooled;
    VarveException why = certain ? closed() : unanswered();
    refusal.ifPresent(why::addSuppressed);
    if (settlement.lost(batch, why)) {
      (certain ? unwritten : inDoubt).addAll(batch.values());
      return false;
    }
    return true;
  }

  /** Why the spool does not take it; empty if it does. */
  private static <T> Optional<RuntimeException> spool(
      IngestBatch<T> batch, Spool<T> spool, Settlement<T> settlement) {
    try {
      settlement.spool(batch, spool, spool.image(batch));
      return Optional.empty();
    } catch (RuntimeException e) {
      return Optional.of(e);
    }
  }

  private ClosedException closed() {
    return new ClosedException("the ingester of " + target.table() + " has been closed");
  }

  private InDoubtException unanswered() {
    return new InDoubtException(
        "closing the ingester of %s: the commit of a batch was not answered in time"
            .formatted(target.table()));
  }

  /** As large as batches are. */
  private List<List<Waiting<T>>> parts(List<Waiting<T>> rows) {
    List<List<Waiting<T>>> parts = new ArrayList<>();
    int from = 0;
    long bytes = 0;
    for (int i = 0; i < rows.size(); i++) {
      bytes += rows.get(i).bytes();
      boolean full =
          bytes >= target.options().batchBytes() || i + 1 - from >= target.options().batchRows();
      if (full || i == rows.size() - 1) {
        parts.add(rows.subList(from, i + 1));
        from = i + 1;
        bytes = 0;
      }
    }
    return parts;
  }
}
