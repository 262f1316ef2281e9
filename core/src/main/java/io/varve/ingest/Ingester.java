package io.varve.ingest;

import io.varve.ClosedException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Takes rows one by one, from any number of threads, and writes them in batches. Thread-safe; on
 * virtual threads no lock is held while waiting for the server. Start from {@code
 * varve.ingester(table)}; use one per table, and close it.
 *
 * <p>Rows of one series (all dimensions equal) are written in the order they were put; different
 * series may overtake each other. The queue is bounded by bytes; what happens when it is full is
 * the {@link OverflowPolicy}. No row vanishes: each that was taken is counted in {@link #stats()},
 * and its stage completes.
 *
 * <p>A batch that fails is sent again while there is hope and time. With write options that isolate
 * or have a sink for dead letters, as by default, a row the table refuses does not hold up the
 * others; without, it fails all rows of its batch. Each batch is recorded in the ledger, so that
 * one whose commit was not answered is stored exactly once.
 *
 * <p>With a {@link SpoolOptions spool} a batch that the database does not take in time goes to a
 * log on local disk, and so do all that follow until the log is empty again. One thread replays it,
 * in order, as long as that takes. Each batch is replayed under its own name in the ledger and so
 * is stored exactly once, whatever crashes in between.
 */
public interface Ingester<T> extends AutoCloseable {

  /**
   * Takes a row. The stage completes when its transaction is committed, when the row is in the
   * spool, or when it is known what else became of it: exceptionally with the {@link
   * io.varve.VarveException} of a batch that could not be written, with an {@link
   * io.varve.InDoubtException} if it may or may not have been, with a {@link
   * io.varve.CapacityException} if the row was dropped, and with a {@link ClosedException} if it
   * was left at the end. Stages complete in the thread that writes: hand long work on to another. A
   * row put in that thread never waits, even if that exceeds the bound of the queue; flushing and
   * closing there is refused.
   *
   * @throws io.varve.CapacityException with {@link OverflowPolicy#FAIL}, if there is no room
   * @throws io.varve.DeadlineException if the thread is interrupted while it waits for room
   * @throws ClosedException after {@link #close}
   */
  CompletionStage<RowOutcome> put(T row);

  /**
   * Like {@link #put}, but waits for room so long at most, whatever the overflow policy; empty if
   * there was none, and then the row is not counted.
   */
  Optional<CompletionStage<RowOutcome>> offer(T row, Duration timeout);

  /**
   * Writes what was put before now without lingering; returns when all of that is settled, which it
   * is when it is in the spool.
   */
  IngestStats flush();

  /** What has become of the rows so far. */
  IngestStats stats();

  /** Whether rows wait in the spool, and since when. Does not ask the server. */
  IngestHealth health();

  /**
   * Takes no more rows, writes what waits, and gives up when the time is over. Returns what is left
   * by then; a second call returns nothing. With a spool, what cannot be written goes there; what
   * is there stays, and is replayed by the next ingester that uses it.
   */
  Remainder<T> close(Duration timeout);

  /**
   * Like {@link #close(Duration)} with the time for trying a batch, one minute at least.
   *
   * @throws ClosedException if rows are left, with how many; their stages tell which
   */
  @Override
  void close();
}
