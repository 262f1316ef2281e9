package io.varve.cli.shell;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Ctrl-C, for work that wants to end in order: it runs within {@link #during} and asks {@link
 * #check} now and then. Other work just ends with the process. Thread-safe.
 *
 * <p>Once such work has begun, the process is kept until the whole command has {@linkplain
 * #commandEnded ended}: closing its files and saying how to go on come after the work.
 */
public final class Interruption {

  private static final Duration TO_END = Duration.ofSeconds(8);
  private static final Duration BETWEEN_CANCELS = Duration.ofMillis(200);

  private final AtomicReference<@Nullable Runnable> cancel = new AtomicReference<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean begun;
  private volatile boolean requested;

  /**
   * Does work that can be stopped.
   *
   * @param cancel wakes the work up if it waits for something; called from another thread, perhaps
   *     several times
   */
  public void during(Runnable cancel, Runnable work) {
    begun = true;
    this.cancel.set(cancel);
    try {
      work.run();
    } finally {
      this.cancel.set(null);
    }
  }

  /** Ends the command if the user asked for that. */
  public void check() {
    if (requested) {
      throw ended();
    }
  }

  /** Whether the user asked for the end: what work failed with is due to that then. */
  public boolean isRequested() {
    return requested;
  }

  /** What a command ends with that the user ended. */
  public static CommandException ended() {
    return CommandException.failure("interrupted", null).exitingWith(ExitCode.INTERRUPTED);
  }

  /** The command is over: all it wanted to write and to say is written and said. */
  public void commandEnded() {
    ended.countDown();
  }

  /** Asks the work to stop, and waits a moment until the command has ended, if work had begun. */
  public void request() {
    requested = true;
    if (!begun) {
      return;
    }
    try {
      long start = System.nanoTime();
      do {
        cancel();
      } while (!ended.await(BETWEEN_CANCELS.toMillis(), TimeUnit.MILLISECONDS)
          && System.nanoTime() - start < TO_END.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Again and again, because one that comes before a statement has begun is lost. */
  private void cancel() {
    Runnable current = cancel.get();
    if (current != null) {
      current.run();
    }
  }
}
