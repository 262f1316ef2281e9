package io.varve.ingest;

import io.varve.ClosedException;
import io.varve.DeadlineException;
import io.varve.VarveException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Breaks off attempts at batches that take too long. Thread-safe. */
final class TimeLimit {

  private final ScheduledExecutorService timer;
  private final String doing;

  /**
   * @param timer what watches the time
   * @param doing what an attempt does, for the message
   */
  TimeLimit(ScheduledExecutorService timer, String doing) {
    this.timer = timer;
    this.doing = doing;
  }

  /**
   * Runs the attempt in this thread.
   *
   * @throws DeadlineException if it was broken off and the batch is certainly not stored
   * @throws ClosedException if nobody watches the time any more; nothing was attempted
   */
  <R> R within(Duration limit, Cancellation batch, Supplier<R> attempt) {
    batch.again();
    Alarm alarm = new Alarm(batch);
    Future<?> waiting = schedule(alarm, limit);
    try {
      return attempt.get();
    } catch (RuntimeException e) {
      throw alarm.end() ? brokenOff(limit, e) : e;
    } finally {
      waiting.cancel(false);
      alarm.end();
    }
  }

  private Future<?> schedule(Alarm alarm, Duration limit) {
    try {
      return timer.schedule(alarm, limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      throw new ClosedException(doing + ": the ingester has been closed", null, e);
    }
  }

  /** Whatever the attempt made of it. */
  private RuntimeException brokenOff(Duration limit, RuntimeException e) {
    return e instanceof VarveException known && known.inDoubt()
        ? e
        : new DeadlineException("%s: broken off after %s".formatted(doing, limit), null, e);
  }

  /** The end of one attempt's time. */
  private static final class Alarm implements Runnable {

    private final Thread thread = Thread.currentThread();
    private final Cancellation attempt;
    private boolean passed;
    private boolean ended;

    Alarm(Cancellation attempt) {
      this.attempt = attempt;
    }

    /** Breaks the attempt's connection, or its waiting for one. */
    @Override
    public synchronized void run() {
      if (!ended) {
        passed = true;
        attempt.breakOff();
        thread.interrupt();
      }
    }

    /** The attempt is over; whether it was broken off. Called by the thread that made it. */
    synchronized boolean end() {
      if (!ended && passed) {
        // The interrupt was this object's: it has had its effect.
        Thread.interrupted();
      }
      ended = true;
      return passed;
    }
  }
}
