package io.varve.cli.shell;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Ctrl-C, for work that wants to end in order: it opens a {@link Region} and asks {@link #check}
 * now and then. Other work just ends with the process. Thread-safe.
 */
public final class Interruption {

  private static final long SECONDS_TO_END = 5;

  /** Work that can be stopped; closed by the thread that does it. */
  public final class Region implements AutoCloseable {

    private final Runnable cancel;
    private final CountDownLatch ended = new CountDownLatch(1);

    private Region(Runnable cancel) {
      this.cancel = cancel;
    }

    @Override
    public void close() {
      region.compareAndSet(this, null);
      ended.countDown();
    }
  }

  private final AtomicReference<@Nullable Region> region = new AtomicReference<>();
  private volatile boolean requested;

  /**
   * Begins work that can be stopped.
   *
   * @param cancel wakes the work up if it waits for something; called from another thread
   */
  public Region region(Runnable cancel) {
    Region begun = new Region(cancel);
    region.set(begun);
    return begun;
  }

  /** Ends the command if the user asked for that. */
  public void check() {
    if (requested) {
      throw CommandException.failure("interrupted", null).exitingWith(ExitCode.INTERRUPTED);
    }
  }

  public boolean isRequested() {
    return requested;
  }

  /** Asks the work to stop, and waits a moment until it has. */
  public void request() {
    requested = true;
    Region current = region.get();
    if (current != null) {
      try {
        current.cancel.run();
        current.ended.await(SECONDS_TO_END, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
