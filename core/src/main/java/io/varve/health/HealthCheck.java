package io.varve.health;

import io.varve.jdbc.Database;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Internal: asks the server for a sign of life within a time limit, whatever the data source does.
 * Thread-safe.
 *
 * <p>One question at a time: callers who come while it is open wait for the same answer, so that a
 * server that hangs does not collect threads.
 */
public final class HealthCheck {

  private final Database database;
  private final Duration limit;
  private final LongSupplier nanoTime;
  private final ThreadFactory threads;
  private final AtomicReference<@Nullable CompletableFuture<Health>> open = new AtomicReference<>();

  public HealthCheck(Database database, Duration limit, LongSupplier nanoTime) {
    this(database, limit, nanoTime, HealthCheck::daemon);
  }

  HealthCheck(Database database, Duration limit, LongSupplier nanoTime, ThreadFactory threads) {
    this.database = database;
    this.limit = limit;
    this.nanoTime = nanoTime;
    this.threads = threads;
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "varve health check");
    thread.setDaemon(true);
    return thread;
  }

  /** The state now; never throws, never waits much longer than the limit. */
  public Health check() {
    long start = nanoTime.getAsLong();
    try {
      return question().get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return down(start, "no answer within " + limit.toMillis() + " ms");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return down(start, "interrupted while waiting for an answer");
    } catch (ExecutionException e) {
      return down(start, String.valueOf(e.getCause()));
    }
  }

  private CompletableFuture<Health> question() {
    CompletableFuture<Health> mine = new CompletableFuture<>();
    CompletableFuture<Health> others = open.compareAndExchange(null, mine);
    if (others != null) {
      return others;
    }
    try {
      threads.newThread(() -> answer(mine)).start();
    } catch (OutOfMemoryError e) {
      // What the JVM throws where the system has no thread left.
      open.set(null);
      mine.complete(down(nanoTime.getAsLong(), "no thread to ask with: " + e.getMessage()));
    }
    return mine;
  }

  private void answer(CompletableFuture<Health> question) {
    try {
      question.complete(ask());
    } catch (Error e) {
      question.completeExceptionally(e);
      throw e;
    }
  }

  private Health ask() {
    long start = nanoTime.getAsLong();
    int seconds = (int) Math.max(1, limit.toSeconds());
    try {
      return database.call("checking health", connection -> connection.isValid(seconds))
          ? new Health(Health.Status.UP, since(start), Optional.empty())
          : down(start, "the connection does not answer");
    } catch (RuntimeException e) {
      return down(start, String.valueOf(e.getMessage()));
    } finally {
      open.set(null);
    }
  }

  private Health down(long start, String problem) {
    return new Health(Health.Status.DOWN, since(start), Optional.of(problem));
  }

  private Duration since(long start) {
    return Duration.ofNanos(nanoTime.getAsLong() - start);
  }
}
