package io.varve.query;

import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Rows for the JDK's reactive streams, a cursor for each subscriber.
 *
 * <p>Whoever requests rows counts up the demand and, if nobody is serving it, hands the serving to
 * the executor: signals come one after the other, never two at a time. A cancellation is served
 * like a request, so the cursor is closed by whoever holds it.
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
    subscriber.onSubscribe(new RowSubscription<>(source, executor, subscriber));
  }

  private static final class RowSubscription<R> implements Flow.Subscription, Runnable {

    private final Supplier<Cursor<R>> source;
    private final Executor executor;
    private final Flow.Subscriber<? super R> subscriber;
    private final AtomicLong demand = new AtomicLong();
    private final AtomicInteger calls = new AtomicInteger();
    private volatile boolean cancelled;
    private volatile @Nullable RuntimeException refusal;

    /** Touched by whoever serves, and by nobody else. */
    private @Nullable Cursor<R> cursor;

    private boolean ended;

    RowSubscription(
        Supplier<Cursor<R>> source, Executor executor, Flow.Subscriber<? super R> subscriber) {
      this.source = source;
      this.executor = executor;
      this.subscriber = subscriber;
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
      serve();
    }

    @Override
    public void cancel() {
      cancelled = true;
      serve();
    }

    private void serve() {
      if (calls.getAndIncrement() == 0) {
        executor.execute(this);
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

    /** Hands over what is wanted now. */
    private void step() {
      try {
        while (!ended && !cancelled && refusal == null && demand.get() > 0) {
          next();
        }
        RuntimeException wrong = refusal;
        if (!ended && !cancelled && wrong != null) {
          throw wrong;
        }
        if (!ended && cancelled) {
          end();
        }
      } catch (RuntimeException e) {
        end();
        if (!cancelled) {
          subscriber.onError(e);
        }
      }
    }

    private void next() {
      if (cursor == null) {
        cursor = source.get();
      }
      demand.updateAndGet(rows -> rows == Long.MAX_VALUE ? rows : rows - 1);
      if (!cursor.tryAdvance(subscriber::onNext)) {
        end();
        subscriber.onComplete();
      }
    }

    private void end() {
      ended = true;
      if (cursor != null) {
        cursor.close();
        cursor = null;
      }
    }
  }
}
