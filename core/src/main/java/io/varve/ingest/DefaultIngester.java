package io.varve.ingest;

import io.varve.CapacityException;
import io.varve.ClosedException;
import io.varve.DeadlineException;
import io.varve.InDoubtException;
import io.varve.VarveException;
import io.varve.ingest.IngestBatch.Waiting;
import io.varve.model.Accessor;
import io.varve.model.Column;
import io.varve.model.Table;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** One lane and one thread per worker; a series always goes to the same lane. */
final class DefaultIngester<T> implements Ingester<T> {

  private final Table<T> table;
  private final IngesterOptions<T> options;
  private final BatchWriter<T> writer;
  private final RowSize<T> size;
  private final ByteBudget budget;
  private final List<Accessor<T>> series;
  private final List<Worker> workers = new ArrayList<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Counters counters = new Counters();

  /** Writes one batch; called by one worker at a time for the same lane. */
  @FunctionalInterface
  interface BatchWriter<T> {

    /**
     * Writes the batch in a transaction of its own, trying again while there is hope.
     *
     * @param predecessor the batch written before it, which the ledger need not keep any more
     * @param retried to be told of each further attempt
     */
    WriteResult write(IngestBatch<T> batch, Optional<String> predecessor, Runnable retried);
  }

  /** Monotonic counts. */
  private static final class Counters {
    final LongAdder offered = new LongAdder();
    final LongAdder written = new LongAdder();
    final LongAdder skipped = new LongAdder();
    final LongAdder refused = new LongAdder();
    final LongAdder failed = new LongAdder();
    final LongAdder inDoubt = new LongAdder();
    final LongAdder dropped = new LongAdder();
    final LongAdder batches = new LongAdder();
    final LongAdder retries = new LongAdder();
  }

  DefaultIngester(
      Table<T> table, IngesterOptions<T> options, BatchWriter<T> writer, ThreadFactory threads) {
    this.table = table;
    this.options = options;
    this.writer = writer;
    this.size = new RowSize<>(table);
    this.budget = new ByteBudget(options.queueBytes());
    this.series = table.dimensions().stream().<Accessor<T>>map(Column::accessor).toList();
    String session = UUID.randomUUID().toString();
    for (int i = 0; i < options.workers(); i++) {
      workers.add(new Worker(session + "/" + i, threads));
    }
    workers.forEach(worker -> worker.thread.start());
  }

  @Override
  public CompletionStage<RowOutcome> put(T row) {
    requireOpen();
    long bytes = size.of(Objects.requireNonNull(row, "row"));
    return switch (options.overflow()) {
      case BLOCK -> {
        await(bytes, Long.MAX_VALUE);
        yield enqueue(row, bytes);
      }
      case FAIL -> {
        if (!budget.tryAcquire(bytes)) {
          throw full();
        }
        yield enqueue(row, bytes);
      }
      case DROP_NEWEST -> budget.tryAcquire(bytes) ? enqueue(row, bytes) : dropNewest(row, bytes);
      case DROP_OLDEST -> {
        while (!budget.tryAcquire(bytes)) {
          if (!dropOldest()) {
            await(bytes, Long.MAX_VALUE);
            break;
          }
        }
        yield enqueue(row, bytes);
      }
    };
  }

  @Override
  public Optional<CompletionStage<RowOutcome>> offer(T row, Duration timeout) {
    requireOpen();
    long bytes = size.of(Objects.requireNonNull(row, "row"));
    return await(bytes, timeout.toNanos()) ? Optional.of(enqueue(row, bytes)) : Optional.empty();
  }

  private boolean await(long bytes, long nanos) {
    try {
      return budget.acquire(bytes, nanos);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DeadlineException(
          "putting a row of %s: interrupted while waiting for room".formatted(table.name()));
    }
  }

  private CompletionStage<RowOutcome> enqueue(T row, long bytes) {
    Waiting<T> waiting = new Waiting<>(row, bytes, System.nanoTime(), new CompletableFuture<>());
    if (!lane(row).add(waiting)) {
      budget.release(bytes);
      throw closedAlready();
    }
    counters.offered.increment();
    return waiting.outcome();
  }

  /** Rows of one series stay in one lane, so that they stay in order. */
  private IngestLane<T> lane(T row) {
    int hash = 1;
    for (Accessor<T> dimension : series) {
      hash = 31 * hash + Objects.hashCode(dimension.get(row));
    }
    int spread = hash * 0x9e3779b9;
    return workers.get(Math.floorMod(spread >>> 8, workers.size())).lane;
  }

  private CompletionStage<RowOutcome> dropNewest(T row, long bytes) {
    Waiting<T> waiting = new Waiting<>(row, bytes, System.nanoTime(), new CompletableFuture<>());
    counters.offered.increment();
    drop(waiting);
    return waiting.outcome();
  }

  /** Whether there was one to drop: what is being written is not. */
  private boolean dropOldest() {
    List<Waiting<T>> oldest =
        workers.stream()
            .map(worker -> worker.lane)
            .filter(lane -> lane.oldest().isPresent())
            .min(Comparator.comparingLong(lane -> lane.oldest().orElse(Long.MAX_VALUE)))
            .map(IngestLane::removeOldest)
            .orElse(List.of());
    for (Waiting<T> row : oldest) {
      budget.release(row.bytes());
      drop(row);
    }
    return !oldest.isEmpty();
  }

  private void drop(Waiting<T> row) {
    counters.dropped.increment();
    row.outcome().completeExceptionally(full());
    options.drops().accept(row.row());
  }

  private CapacityException full() {
    return new CapacityException(
        "the queue for %s is full: %d bytes wait, expected at most %d"
            .formatted(table.name(), budget.used(), options.queueBytes()));
  }

  private void requireOpen() {
    if (closed.get()) {
      throw closedAlready();
    }
  }

  private ClosedException closedAlready() {
    return new ClosedException("the ingester of " + table.name() + " has been closed");
  }

  @Override
  public IngestStats flush() {
    Map<IngestLane<T>, Long> targets = new HashMap<>();
    workers.forEach(worker -> targets.put(worker.lane, worker.lane.hurry()));
    try {
      for (Map.Entry<IngestLane<T>, Long> target : targets.entrySet()) {
        target.getKey().awaitSettled(target.getValue());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DeadlineException(
          "flushing the rows of %s: interrupted, they are written later".formatted(table.name()));
    }
    return stats();
  }

  @Override
  public IngestStats stats() {
    long written = counters.written.sum();
    long skipped = counters.skipped.sum();
    long refused = counters.refused.sum();
    long failed = counters.failed.sum();
    long inDoubt = counters.inDoubt.sum();
    long dropped = counters.dropped.sum();
    long offered = counters.offered.sum();
    long settled = written + skipped + refused + failed + inDoubt + dropped;
    return new IngestStats(
        Math.max(offered, settled),
        written,
        skipped,
        refused,
        failed,
        inDoubt,
        dropped,
        Math.max(0, offered - settled),
        budget.used(),
        counters.batches.sum(),
        counters.retries.sum());
  }

  @Override
  public void close() {
    Remainder<T> left = close(options.retryBudget());
    if (!left.isEmpty()) {
      throw new ClosedException(
          "closing the ingester of %s: %d rows were not written, %d may or may not have been"
              .formatted(table.name(), left.unwritten().size(), left.inDoubt().size()));
    }
  }

  @Override
  public Remainder<T> close(Duration timeout) {
    if (!closed.compareAndSet(false, true)) {
      return new Remainder<>(List.of(), List.of());
    }
    long end = System.nanoTime() + timeout.toNanos();
    workers.forEach(worker -> worker.lane.close());
    List<T> unwritten = new ArrayList<>();
    List<T> inDoubt = new ArrayList<>();
    boolean interrupted = false;
    for (Worker worker : workers) {
      interrupted |= !worker.join(end - System.nanoTime());
    }
    for (Worker worker : workers) {
      worker.giveUp(unwritten, inDoubt);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return new Remainder<>(unwritten, inDoubt);
  }

  /** Writes the rows of one lane. */
  private final class Worker implements Runnable {

    private final String name;
    private final IngestLane<T> lane;
    private final Thread thread;
    private volatile @Nullable IngestBatch<T> current;
    private @Nullable String predecessor;
    private long sequence;

    Worker(String name, ThreadFactory threads) {
      this.name = name;
      this.lane =
          new IngestLane<>(
              new IngestLane.Limits(
                  options.batchRows(), options.batchBytes(), options.linger().toNanos()));
      this.thread = threads.newThread(this);
    }

    @Override
    public void run() {
      try {
        while (!lane.take(this::begin).isEmpty()) {
          write(Objects.requireNonNull(current));
        }
      } catch (InterruptedException e) {
        // Whoever closes the ingester takes care of what is left.
        Thread.currentThread().interrupt();
      }
    }

    private void begin(List<Waiting<T>> rows) {
      current = rows.isEmpty() ? null : new IngestBatch<>(name + "/" + sequence++, rows);
    }

    private void write(IngestBatch<T> batch) {
      try {
        WriteResult result =
            writer.write(batch, Optional.ofNullable(predecessor), counters.retries::increment);
        predecessor = batch.id();
        settle(batch, () -> committed(batch, result));
      } catch (VarveException e) {
        settle(batch, () -> lost(batch, e, e.inDoubt() ? counters.inDoubt : counters.failed));
      } catch (RuntimeException | Error e) {
        settle(batch, () -> lost(batch, e, counters.failed));
      }
    }

    private void settle(IngestBatch<T> batch, Runnable how) {
      if (batch.claim()) {
        how.run();
        budget.release(batch.bytes());
        lane.settle(batch.rows().size());
      }
    }

    private void committed(IngestBatch<T> batch, WriteResult result) {
      counters.batches.increment();
      counters.written.add(result.written());
      counters.skipped.add(result.skipped());
      counters.refused.add(result.failures().size());
      Map<Long, RowFailure> failures = new HashMap<>();
      result.failures().forEach(failure -> failures.put(failure.index(), failure));
      RowOutcome committed = new RowOutcome.Committed(result);
      for (int i = 0; i < batch.rows().size(); i++) {
        RowFailure failure = failures.get((long) i);
        batch
            .rows()
            .get(i)
            .outcome()
            .complete(failure == null ? committed : new RowOutcome.Refused(failure));
      }
    }

    private void lost(IngestBatch<T> batch, Throwable why, LongAdder counter) {
      counter.add(batch.rows().size());
      batch.rows().forEach(row -> row.outcome().completeExceptionally(why));
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

    /** Settles what is left: the time is over. */
    void giveUp(List<T> unwritten, List<T> inDoubt) {
      if (!thread.isAlive()) {
        return;
      }
      List<Waiting<T>> queued = lane.removeAll();
      IngestBatch<T> batch = current;
      if (batch != null) {
        giveUp(batch, unwritten, inDoubt);
      }
      thread.interrupt();
      queued.forEach(row -> unwritten.add(row.row()));
      leave(queued, counters.failed, closedAlready());
    }

    private void giveUp(IngestBatch<T> batch, List<T> unwritten, List<T> inDoubt) {
      boolean uncommitted = batch.cancellation().cancel();
      if (batch.claim()) {
        (uncommitted ? unwritten : inDoubt).addAll(batch.values());
        VarveException why =
            uncommitted
                ? closedAlready()
                : new InDoubtException(
                    "closing the ingester of %s: the commit of a batch was not answered in time"
                        .formatted(table.name()));
        leave(batch.rows(), uncommitted ? counters.failed : counters.inDoubt, why);
        lane.settle(batch.rows().size());
      }
    }

    private void leave(List<Waiting<T>> rows, LongAdder counter, VarveException why) {
      counter.add(rows.size());
      for (Waiting<T> row : rows) {
        budget.release(row.bytes());
        row.outcome().completeExceptionally(why);
      }
    }
  }
}
