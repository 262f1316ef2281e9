package io.varve.ingest;

import io.varve.CapacityException;
import io.varve.ClosedException;
import io.varve.DeadlineException;
import io.varve.health.Health;
import io.varve.ingest.IngestBatch.Waiting;
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
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;

/** One lane and one thread per worker; a series always goes to the same lane. */
final class DefaultIngester<T> implements Ingester<T> {

  /** How long {@link #close()} waits at least. */
  private static final Duration CLOSING = Duration.ofMinutes(1);

  private final Table<T> table;
  private final IngesterOptions<T> options;
  private final RowSize<T> size;
  private final ByteBudget budget;
  private final SeriesHash<T> series;
  private final Optional<Spool<T>> spool;
  private final Optional<SpoolReplay<T>> replay;
  private final ScheduledThreadPoolExecutor timer;
  private final List<IngestWorker<T>> workers = new ArrayList<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final IngestCounters counters = new IngestCounters();

  private DefaultIngester(
      Table<T> table,
      IngesterOptions<T> options,
      Optional<Spool<T>> spool,
      BatchWriter<T> writer,
      ThreadFactory threads) {
    this.table = table;
    this.options = options;
    this.size = new RowSize<>(table);
    this.budget = new ByteBudget(options.queueBytes());
    this.series = new SeriesHash<>(table);
    this.spool = spool;
    this.timer = new ScheduledThreadPoolExecutor(1, threads);
    timer.setRemoveOnCancelPolicy(true);
    TimeLimit limit = new TimeLimit(timer, "inserting into " + table.name());
    this.replay =
        spool.map(
            log ->
                new SpoolReplay<>(
                    log, writer, limit, options.spool().orElseThrow().replay(), counters, threads));
    BatchOutlet.Target<T> target =
        new BatchOutlet.Target<>(
            table.name().toString(), options, writer, spool, limit, counters, closed::get);
    String session = UUID.randomUUID().toString();
    for (int i = 0; i < options.workers(); i++) {
      workers.add(new IngestWorker<>(session + "/" + i, target, budget, threads));
    }
  }

  /** Opens the spool, if there is to be one, and takes rows from then on. */
  static <T> DefaultIngester<T> open(
      Table<T> table, IngesterOptions<T> options, BatchWriter<T> writer, ThreadFactory threads) {
    DefaultIngester<T> ingester =
        new DefaultIngester<>(table, options, Spool.open(table, options), writer, threads);
    try {
      ingester.start();
    } catch (RuntimeException | Error e) {
      ingester.spool.ifPresent(Spool::close);
      throw e;
    }
    return ingester;
  }

  private void start() {
    long recovered = spool.map(Spool::rows).orElse(0L);
    counters.recovered.add(recovered);
    counters.offered.add(recovered);
    replay.ifPresent(SpoolReplay::start);
    workers.forEach(IngestWorker::start);
  }

  @Override
  public CompletionStage<RowOutcome> put(T row) {
    requireOpen();
    long bytes = size.of(Objects.requireNonNull(row, "row"));
    IngestLane<T> lane = lane(row);
    if (hasRoom(bytes)) {
      return enqueue(lane, row, bytes);
    }
    return switch (options.overflow()) {
      case BLOCK -> {
        await(bytes, Long.MAX_VALUE);
        yield enqueue(lane, row, bytes);
      }
      case FAIL -> throw full();
      case DROP_NEWEST -> dropNewest(row, bytes);
      case DROP_OLDEST -> {
        makeRoom(bytes);
        yield enqueue(lane, row, bytes);
      }
    };
  }

  /**
   * Takes the bytes if there is room; if not, what waits is written without lingering. A stage that
   * puts a row is never made to wait: it would wait for itself.
   */
  private boolean hasRoom(long bytes) {
    if (budget.tryAcquire(bytes)) {
      return true;
    }
    workers.forEach(worker -> worker.lane().hurry());
    if (isWorker()) {
      budget.acquireBeyond(bytes);
      return true;
    }
    return false;
  }

  private boolean isWorker() {
    return workers.stream().anyMatch(IngestWorker::isCurrentThread)
        || replay.filter(SpoolReplay::isCurrentThread).isPresent();
  }

  /** What is being written is not dropped: if nothing else is there, it waits. */
  private void makeRoom(long bytes) {
    while (!budget.tryAcquire(bytes)) {
      if (!dropOldest()) {
        await(bytes, Long.MAX_VALUE);
        return;
      }
    }
  }

  @Override
  public Optional<CompletionStage<RowOutcome>> offer(T row, Duration timeout) {
    requireOpen();
    long bytes = size.of(Objects.requireNonNull(row, "row"));
    IngestLane<T> lane = lane(row);
    return hasRoom(bytes) || await(bytes, nanos(timeout))
        ? Optional.of(enqueue(lane, row, bytes))
        : Optional.empty();
  }

  /** Half of eternity at most, so that it can be added to a time. */
  private static long nanos(Duration duration) {
    return duration.compareTo(Duration.ofNanos(Long.MAX_VALUE / 2)) > 0
        ? Long.MAX_VALUE / 2
        : Math.max(0, duration.toNanos());
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

  private CompletionStage<RowOutcome> enqueue(IngestLane<T> lane, T row, long bytes) {
    Waiting<T> waiting = new Waiting<>(row, bytes, System.nanoTime(), new CompletableFuture<>());
    if (!lane.add(waiting)) {
      budget.release(bytes);
      throw closedAlready();
    }
    counters.offered.increment();
    return waiting.outcome();
  }

  /** Rows of one series stay in one lane, so that they stay in order. */
  private IngestLane<T> lane(T row) {
    int spread = series.of(row) * 0x9e3779b9;
    return workers.get(Math.floorMod(spread >>> 8, workers.size())).lane();
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
            .map(IngestWorker::lane)
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
    refuseWorker("flushing");
    Map<IngestLane<T>, Long> targets = new HashMap<>();
    workers.forEach(worker -> targets.put(worker.lane(), worker.lane().hurry()));
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

  private void refuseWorker(String doing) {
    if (isWorker()) {
      throw new IllegalStateException(
          "%s the ingester of %s in a stage's own thread would wait for itself; do it in another"
              .formatted(doing, table.name()));
    }
  }

  @Override
  public IngestStats stats() {
    return counters.stats(budget.used(), () -> spool.map(Spool::rows).orElse(0L));
  }

  @Override
  public IngestHealth health() {
    return spool
        .map(Spool::health)
        .orElse(
            new IngestHealth(
                Health.Status.UP, 0, 0, 0, Optional.empty(), 0, List.of(), Optional.empty()));
  }

  @Override
  public void close() {
    Remainder<T> left =
        close(options.retryBudget().compareTo(CLOSING) > 0 ? options.retryBudget() : CLOSING);
    if (!left.isEmpty()) {
      throw new ClosedException(
          "closing the ingester of %s: %d rows were not written, %d may or may not have been"
              .formatted(table.name(), left.unwritten().size(), left.inDoubt().size()));
    }
  }

  @Override
  public Remainder<T> close(Duration timeout) {
    refuseWorker("closing");
    if (!closed.compareAndSet(false, true)) {
      return new Remainder<>(List.of(), List.of(), 0);
    }
    long end = System.nanoTime() + nanos(timeout);
    workers.forEach(worker -> worker.lane().close());
    List<T> unwritten = new ArrayList<>();
    List<T> inDoubt = new ArrayList<>();
    boolean interrupted = false;
    for (IngestWorker<T> worker : workers) {
      interrupted = interrupted || !worker.join(end - System.nanoTime());
    }
    for (IngestWorker<T> worker : workers) {
      worker.giveUp(unwritten, inDoubt);
    }
    if (replay.isPresent()) {
      interrupted |= !replay.get().stop(interrupted ? 0 : end - System.nanoTime());
    }
    timer.shutdownNow();
    spool.ifPresent(Spool::close);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return new Remainder<>(unwritten, inDoubt, spool.map(Spool::rows).orElse(0L));
  }
}
