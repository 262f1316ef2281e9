package io.varve.ingest;

import io.varve.jdbc.Retry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what is in the spool to the database, batch by batch in order, for as long as it takes.
 *
 * <p>What makes it exactly once: a batch is stored under its name in the ledger, so one that comes
 * again is not stored again. Its name is removed from the ledger only when the file it is in has
 * been deleted for good. Whatever crashes in between leaves the file and the names, or no file; the
 * names that a crash leaves over do no harm.
 */
final class SpoolReplay<T> implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(SpoolReplay.class);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LAST_PAUSE = Duration.ofSeconds(5);

  private final Spool<T> spool;
  private final BatchWriter<T> writer;
  private final TimeLimit limit;
  private final Duration longest;
  private final IngestCounters counters;
  private final Retry once = Retry.of(1, Duration.ZERO);
  private final Thread thread;
  private final List<String> forgettable = new ArrayList<>();
  private volatile @Nullable IngestBatch<T> current;
  private WriteReport report;
  private volatile boolean stopped;
  private volatile boolean untidy = true;
  private volatile int failures;

  /**
   * @param limit breaks off attempts, since a connection that died in silence never ends one
   * @param longest what an attempt may take
   */
  SpoolReplay(
      Spool<T> spool,
      BatchWriter<T> writer,
      TimeLimit limit,
      Duration longest,
      IngestCounters counters,
      ThreadFactory threads) {
    this.spool = spool;
    this.writer = writer;
    this.limit = limit;
    this.longest = longest;
    this.counters = counters;
    this.report = writer.begin();
    this.thread = threads.newThread(this);
  }

  void start() {
    thread.start();
  }

  @Override
  public void run() {
    while (!stopped) {
      try {
        if (untidy || spool.awaitBatch()) {
          step();
        }
      } catch (InterruptedException e) {
        // Of a sink or a listener, in this thread, or of the one who stops it.
      }
    }
  }

  boolean isCurrentThread() {
    return Thread.currentThread() == thread;
  }

  private void step() throws InterruptedException {
    try {
      untidy = true;
      replayHead();
      tidyUp();
      untidy = false;
      failures = 0;
      spool.goesOn();
    } catch (RuntimeException | Error e) {
      if (!stopped) {
        LOG.debug("the spool is not replayed", e);
        spool.stuck(e);
        counters.retries.increment();
        pause();
      }
    }
  }

  private void replayHead() {
    if (current == null) {
      report = writer.begin();
      current = spool.head().orElse(null);
    }
    IngestBatch<T> batch = current;
    if (batch == null) {
      return;
    }
    WriteResult result = limit.within(longest, batch.cancellation(), () -> write(batch));
    spool.goesOn();
    report.written(result);
    spool.pass(() -> count(result, batch.rows().size()));
    current = null;
  }

  private WriteResult write(IngestBatch<T> batch) {
    return writer.write(batch, Optional.empty(), once, report, () -> {});
  }

  private void count(WriteResult result, int rows) {
    counters.batches.increment();
    counters.written.add(result.written());
    counters.skipped.add(result.skipped());
    // An earlier attempt may have stored rows the spool does not hold, so these are counted.
    counters.refused.add(Math.max(0, rows - result.written() - result.skipped()));
  }

  private void tidyUp() {
    forgettable.addAll(spool.removeReplayed());
    if (!forgettable.isEmpty()) {
      writer.forget(forgettable);
      forgettable.clear();
    }
  }

  private void pause() throws InterruptedException {
    long bound = Math.min(LAST_PAUSE.toNanos(), FIRST_PAUSE.toNanos() << Math.min(failures++, 20));
    TimeUnit.NANOSECONDS.sleep((long) (ThreadLocalRandom.current().nextDouble() * bound));
  }

  /**
   * Ends the thread, together with what it is doing if that is not done by then, or has failed
   * before; false if interrupted.
   */
  boolean stop(long nanos) {
    stopped = true;
    boolean interrupted = false;
    try {
      if ((current != null || untidy) && failures == 0) {
        thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos)));
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }
    IngestBatch<T> batch = current;
    if (batch != null) {
      batch.cancellation().cancel();
    }
    thread.interrupt();
    return !interrupted;
  }
}
