package io.varve.jdbc;

import io.varve.ConnectionException;
import io.varve.InDoubtException;
import io.varve.VarveException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries again what time may heal: connecting while the server is away, full or starting, and
 * writing while it is that, or after a deadlock, a lock or a limit that stood in the way.
 *
 * <p>Between two attempts it waits a random time from nothing up to a bound that doubles each time
 * (<em>full jitter</em>): clients that lost the server together must not come back together. It
 * gives up, with the last error, when the attempts or the time are used up, or at once if the error
 * is not one that time heals. Immutable and thread-safe.
 */
public final class Retry {

  /** Lets time pass. */
  @FunctionalInterface
  public interface Sleeper {
    void sleep(Duration duration) throws InterruptedException;
  }

  private static final Logger LOG = LoggerFactory.getLogger(Retry.class);

  private static final Duration FIRST_BOUND = Duration.ofMillis(100);
  private static final Duration LAST_BOUND = Duration.ofSeconds(5);

  private final int attempts;
  private final Duration budget;
  private final LongSupplier nanoTime;
  private final Sleeper sleeper;
  private final DoubleSupplier random;

  /**
   * @param attempts the most attempts, at least 1
   * @param budget no attempt begins later than this after the first
   * @param nanoTime a clock, as {@link System#nanoTime}
   * @param random numbers from 0 to 1
   */
  public Retry(
      int attempts,
      Duration budget,
      LongSupplier nanoTime,
      Sleeper sleeper,
      DoubleSupplier random) {
    this.attempts = attempts;
    this.budget = budget;
    this.nanoTime = nanoTime;
    this.sleeper = sleeper;
    this.random = random;
  }

  /** With the machine's clock. */
  public static Retry of(int attempts, Duration budget) {
    return new Retry(
        attempts,
        budget,
        System::nanoTime,
        duration -> TimeUnit.NANOSECONDS.sleep(duration.toNanos()),
        () -> ThreadLocalRandom.current().nextDouble());
  }

  /** Connects: runs the step until it succeeds or there is no point in going on. */
  public <R> R call(Supplier<R> step) {
    return call(SqlErrors::mayHeal, step);
  }

  /**
   * Writes: runs the step until it succeeds or there is no point in going on.
   *
   * <p>Once the outcome of an attempt is unknown, it stays so until one succeeds: whatever ends it
   * then is an {@link InDoubtException}.
   *
   * @param repeatable whether the step may run again although its commit may have gone through
   */
  public <R> R write(boolean repeatable, Supplier<R> step) {
    AtomicBoolean doubtful = new AtomicBoolean();
    try {
      return call(
          e -> {
            doubtful.compareAndSet(false, e.inDoubt());
            return !Thread.currentThread().isInterrupted()
                && (e.inDoubt() ? repeatable : SqlErrors.mayHealWrite(e));
          },
          step);
    } catch (RuntimeException e) {
      throw doubtful.get() ? inDoubt(e) : e;
    }
  }

  /** Whether a write that failed so may go through later, if it can be repeated. */
  public static boolean isHopeful(VarveException e) {
    return e.inDoubt() || SqlErrors.mayHealWrite(e);
  }

  /** That a later attempt did not go through says nothing about an earlier one. */
  private static RuntimeException inDoubt(RuntimeException last) {
    if (last instanceof VarveException known && known.inDoubt()) {
      return last;
    }
    return new InDoubtException(
        "the commit of an earlier attempt was not answered, and it was not found out what became of"
            + " it: "
            + last.getMessage(),
        last instanceof VarveException known ? known.sqlState().orElse(null) : null,
        last);
  }

  private <R> R call(Predicate<VarveException> mayHeal, Supplier<R> step) {
    long start = nanoTime.getAsLong();
    for (int attempt = 1; ; attempt++) {
      try {
        return step.get();
      } catch (VarveException e) {
        Duration pause = pause(attempt);
        Duration elapsed = Duration.ofNanos(nanoTime.getAsLong() - start);
        if (attempt >= attempts || !mayHeal.test(e) || elapsed.plus(pause).compareTo(budget) > 0) {
          throw e;
        }
        LOG.debug("attempt {} failed, next in {}: {}", attempt, pause, e.getMessage());
        await(pause, e);
      }
    }
  }

  private Duration pause(int attempt) {
    long bound = Math.min(LAST_BOUND.toNanos(), FIRST_BOUND.toNanos() << Math.min(attempt - 1, 20));
    return Duration.ofNanos((long) (random.getAsDouble() * bound));
  }

  private void await(Duration pause, VarveException failure) {
    try {
      sleeper.sleep(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ConnectionException(
          failure.getMessage() + "; interrupted while waiting to try again",
          failure.sqlState().orElse(null),
          failure);
    }
  }
}
