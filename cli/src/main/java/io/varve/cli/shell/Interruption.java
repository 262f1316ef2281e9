package io.varve.cli.shell;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Ctrl-C, for work that wants to end in order: it runs within {@link #during} and asks {@link
 * #check} now and then. Other work just ends with the process. Thread-safe.
 */
public final class Interruption {

  private static final long SECONDS_TO_END = 5;

  private record Work(Runnable cancel, CountDownLatch ended) {}

  private final AtomicReference<@Nullable Work> current = new AtomicReference<>();
  private volatile boolean requested;

  /**
   * Does work that can be stopped.
   *
   * @param cancel wakes the work up if it waits for something; called from another thread
   */
  public void during(Runnable cancel, Runnable work) {
    Work begun = new Work(cancel, new CountDownLatch(1));
    current.set(begun);
    try {
      work.run();
    } finally {
      current.set(null);
      begun.ended().countDown();
    }
  }

  /** Ends the command if the user asked for that. */
  public void check() {
    if (requested) {
      throw CommandException.failure("interrupted", null).exitingWith(ExitCode.INTERRUPTED);
    }
  }

  /** Asks the work to stop, and waits a moment until it has. */
  public void request() {
    requested = true;
    Work work = current.get();
    if (work != null) {
      try {
        work.cancel().run();
        work.ended().await(SECONDS_TO_END, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
