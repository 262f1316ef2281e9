package io.varve.testkit;

import io.varve.model.Row;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** A subscriber that notes what it is told, and asks when it is told to. */
final class Taker implements Flow.Subscriber<Row> {

  final Queue<String> signals = new ConcurrentLinkedQueue<>();
  private final AtomicReference<Flow.Subscription> subscription = new AtomicReference<>();
  private Beginning beginning = started -> {};
  private final Consumer<Row> onRow;
  private final Runnable onEnd;

  Taker() {
    this(row -> {}, () -> {});
  }

  Taker(Consumer<Row> onRow, Runnable onEnd) {
    this.onRow = onRow;
    this.onEnd = onEnd;
  }

  void request(long rows) {
    subscription.get().request(rows);
  }

  void cancel() {
    subscription.get().cancel();
  }

  /** The same, with something to do as soon as it has its subscription. */
  Taker beginning(Beginning first) {
    beginning = first;
    return this;
  }

  @Override
  public void onSubscribe(Flow.Subscription started) {
    subscription.set(started);
    try {
      beginning.with(started);
    } catch (Exception e) {
      throw new IllegalStateException("the subscriber could not begin", e);
    }
  }

  @Override
  public void onNext(Row row) {
    signals.add("row");
    onRow.accept(row);
  }

  @Override
  public void onError(Throwable error) {
    signals.add(error.getClass().getSimpleName());
  }

  @Override
  public void onComplete() {
    signals.add("complete");
    onEnd.run();
  }

  /** What a subscriber does with its subscription at once. */
  @FunctionalInterface
  interface Beginning {
    void with(Flow.Subscription subscription) throws Exception;
  }
}
