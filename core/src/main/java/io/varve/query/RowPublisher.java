package io.varve.query;

import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Rows for the JDK's reactive streams, a cursor for each subscriber.
 *
 * <p>Whoever requests rows counts up the demand and, if nobody is serving it, hands the serving to
 * the executor: signals come one after the other, never two at a time. A cancellation is served
 * like a request, so the cursor is closed by whoever holds it; while somebody is serving, it closes
 * the cursor at once, which cancels a statement that runs. Nothing is served before {@code
 * onSubscribe} has returned.
 *
 * <p>One row is fetched ahead of the demand: the end is told with the last row, and does not wait
 * for a request that may never come.
 */
final class RowPublisher<R> implements Flow.Publisher<R> {

  private final Supplier<Cursor<R>> source;
  private final Executor executor;

  RowPublisher(Supplier<Cursor<R>> source, Executor executor) {
    this.source = source;
    this.executor = executor;
  }

  @Override
  public void subscribe(Flow.Subscriber<? super R> subscriber) {
    Objects.requireNonNull(subscriber, "subscriber");
    RowSubscription<R> subscription = new RowSubscription<>(source, executor, subscriber);
    subscriber.onSubscribe(subscription);
    subscription.begin();
  }

  private static final class RowSubscription<R> implements Flow.Subscription, Runnable {

    private final Supplier<Cursor<R>> source;
    private final Executor executor;
    private final Flow.Subscriber<? super R> subscriber;
    private final AtomicLong demand = new AtomicLong();

    /** Not yet served; the first is {@link #begin}'s, so nobody serves before it. */
    private final AtomicInteger calls = new AtomicInteger(1);

    private volatile boolean cancelled;
    private volatile @Nullable RuntimeException refusal;

    /** Set by whoever serves, and by nobody else. */
    private volatile @Nullable Cursor<R> cursor;

    /** Touched by whoever serves, and by nobody else. */
    private boolean ended;

    /** The next row, not wanted yet; touched by whoever serves, and by nobody else. */
    private @Nullable R ahead;

    RowSubscription(
        Supplier<Cursor<R>> source, Executor executor, Flow.Subscriber<? super R> subscriber) {
      this.source = source;
      this.executor = executor;
      this.subscriber = subscriber;
    }

    /** The subscriber has its subscription; what it has called so far is served now. */
    void begin() {
      if (calls.decrementAndGet() != 0) {
        serve();
      }
    }

    @Override
    public void request(long rows) {
      if (rows <= 0) {
        refusal =
            new IllegalArgumentException("request of %d rows; expected 1 or more".formatted(rows));
      } else {
        demand.accumulateAndGet(
            rows, (before, more) -> before + more < 0 ? Long.MAX_VALUE : before + more);
      }
      if (calls.getAndIncrement() == 0) {
        serve();
      }
    }

    @Override
    public void cancel() {
      cancelled = true;
      Cursor<R> running = cursor;
      if (calls.getAndIncrement() == 0) {
        serve();
      } else if (running != null) {
        running.close();
      }
    }

    /** Where the executor takes nothing more, the end is served here: no row is fetched for it. */
    private void serve() {
      try {
        executor.execute(this);
      } catch (RejectedExecutionException e) {
        refusal = e;
        run();
      }
    }

    @Override
    public void run() {
      int served = 1;
      do {
        step();
        served = calls.addAndGet(-served);
      } while (served != 0);
    }

    /** Nothing follows a complete answer, whatever the subscriber throws then. */
    private void step() {
      boolean complete = false;
      try {
        complete = advance();
      } catch (Throwable e) {
        fail(e);
      }
      if (complete) {
        subscriber.onComplete();
      }
    }

    /** Hands over what is wanted now; true if that was the rest. */
    private boolean advance() {
      while (isWilling() && demand.get() > 0) {
        if (!next()) {
          end();
          return !cancelled;
        }
      }
      RuntimeException wrong = refusal;
      if (!ended && !cancelled && wrong != null) {
        throw wrong;
      }
      if (cancelled) {
        end();
      }
      return false;
    }

    private boolean isWilling() {
      return !ended && !cancelled && refusal == null;
    }

    /** Hands over a row; false if there is none, or none after it. */
    private boolean next() {
      if (cursor == null && !begun()) {
        return false;
      }
      R row = Objects.requireNonNull(ahead);
      ahead = null;
      demand.updateAndGet(wanted -> wanted == Long.MAX_VALUE ? wanted : wanted - 1);
      subscriber.onNext(row);
      return !isWilling() || look();
    }

    /** A cancellation sees the cursor before its statement runs, or is seen here. */
    private boolean begun() {
      Cursor<R> rows = source.get();
      cursor = rows;
      if (cancelled) {
        return false;
      }
      rows.open();
      return look();
    }

    private boolean look() {
      return Objects.requireNonNull(cursor).tryAdvance(row -> ahead = row);
    }

    private void fail(Throwable failure) {
      end();
      if (!cancelled) {
        subscriber.onError(failure);
      }
      if (failure instanceof Error error) {
        throw error;
      }
    }

    private void end() {
      ended = true;
      ahead = null;
      Cursor<R> rows = cursor;
      cursor = null;
      if (rows != null) {
        rows.close();
      }
    }
  }
}
