package io.varve.cli.ingest;

import io.varve.cli.shell.Interruption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Threads that do jobs, in the order they were given. One job more than there are threads may be
 * under way; who brings another waits. The first that fails stops the others, and interrupts the
 * thread that made this object and brings the jobs, as it may be waiting for input. Any thread may
 * stop them.
 */
final class Workers implements AutoCloseable {

  /** Less than an interrupted command has. */
  private static final int SECONDS_TO_STOP = 5;

  private static final int MILLIS_BETWEEN_LOOKS = 100;

  private final ExecutorService executor;
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private final Semaphore free;
  private final int most;
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final Thread owner = Thread.currentThread();
  private volatile boolean stopped;
  private boolean closed;

  Workers(int count) {
    this.most = count + 1;
    this.free = new Semaphore(most);
    this.executor = Executors.newFixedThreadPool(count, this::thread);
  }

  private Thread thread(Runnable work) {
    Thread thread = new Thread(work, "varve-ingest " + (threads.size() + 1));
    thread.setDaemon(true);
    threads.add(thread);
    return thread;
  }

  /** Whether jobs are to end, or not to begin. */
  boolean isStopped() {
    return stopped;
  }

  /**
   * Has a job done, unless they are stopped; waits while enough are under way. Throws what an
   * earlier one failed with.
   */
  void submit(Runnable job) {
    if (acquire(1)) {
      executor.execute(() -> run(job));
    }
    rethrow();
  }

  /** False if the jobs are stopped before. */
  private boolean acquire(int permits) {
    try {
      while (!stopped) {
        if (free.tryAcquire(permits, MILLIS_BETWEEN_LOOKS, TimeUnit.MILLISECONDS)) {
          return true;
        }
      }
    } catch (InterruptedException e) {
      stop();
    }
    return false;
  }

  private void run(Runnable job) {
    try {
      if (!stopped) {
        job.run();
      }
    } catch (RuntimeException | Error e) {
      failure.compareAndSet(null, e);
      stop();
    } finally {
      free.release();
    }
  }

  /** Waits for all jobs, unless they are stopped. Throws what one failed with. */
  void finish() {
    if (acquire(most)) {
      free.release(most);
    }
    rethrow();
  }

  private void rethrow() {
    Throwable first = failure.get();
    if (first instanceof Error error) {
      throw error;
    }
    if (first instanceof RuntimeException error) {
      throw error;
    }
    if (stopped) {
      throw Interruption.ended();
    }
  }

  /** Ends jobs at the next occasion; those that wait for the server may take longer. */
  synchronized void stop() {
    if (!closed) {
      stopped = true;
      threads.forEach(Thread::interrupt);
      owner.interrupt();
    }
  }

  /** Stops what is under way and waits for that, a few seconds at most. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      stopped = true;
      threads.forEach(Thread::interrupt);
    }
    Thread.interrupted(); // this was about the jobs
    executor.shutdown();
    try {
      executor.awaitTermination(SECONDS_TO_STOP, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
