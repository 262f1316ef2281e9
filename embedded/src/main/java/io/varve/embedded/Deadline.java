package io.varve.embedded;

import io.varve.ConnectionException;
import io.varve.DeadlineException;
import java.time.Duration;

/** The end of a wait for something another process does. Not thread-safe. */
final class Deadline {

  private static final long PAUSE_MILLIS = 10;

  private final Duration patience;
  private final long start = System.nanoTime();

  private Deadline(Duration patience) {
    this.patience = patience;
  }

  static Deadline after(Duration patience) {
    return new Deadline(patience);
  }

  Duration left() {
    return patience.minusNanos(System.nanoTime() - start);
  }

  boolean isOver() {
    return left().isNegative();
  }

  /**
   * Lets a moment pass.
   *
   * @param awaited what is waited for, for the error
   * @throws DeadlineException if the patience has run out
   */
  void pauseFor(String awaited) {
    if (isOver()) {
      throw new DeadlineException("waited %d s for %s".formatted(patience.toSeconds(), awaited));
    }
    pause();
  }

  /** Lets a moment pass. */
  void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ConnectionException("interrupted while waiting for PostgreSQL", null, e);
    }
  }
}
