package io.varve.cli.acceptance;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waiting for what other processes do. */
final class Await {

  /** More than anything takes on a machine that has other things to do. */
  static final Duration PATIENCE = Duration.ofMinutes(4);

  private static final Duration PAUSE = Duration.ofMillis(10);

  private Await() {}

  /** Returns when the condition holds; an error while asking is a no, and shown in the end. */
  static void until(String awaited, Callable<Boolean> condition) {
    long start = System.nanoTime();
    Exception last = null;
    while (System.nanoTime() - start < PATIENCE.toNanos()) {
      try {
        if (condition.call()) {
          return;
        }
        last = null;
      } catch (Exception e) {
        last = e;
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
    throw new AssertionError("waited %d s for %s".formatted(PATIENCE.toSeconds(), awaited), last);
  }
}
