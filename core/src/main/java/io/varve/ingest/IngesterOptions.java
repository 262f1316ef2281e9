package io.varve.ingest;

import io.varve.ConfigException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How an {@link Ingester} gathers and writes rows. Immutable; start from {@link #defaults} and
 * change what should differ.
 *
 * @param write what becomes of duplicates and refused rows; by default rows are appended and
 *     refused rows isolated. Without a failure policy one refused row fails its whole batch,
 *     whoever put the others. A sink is called by several threads at a time. A batch id is not
 *     allowed: the ingester names its batches itself
 * @param batchRows a batch is written when so many rows wait; 1 to 1,000,000, 5,000 by default
 * @param batchBytes or when they take so much memory, estimated; 1 KiB to 1 GiB, 4 MiB by default
 * @param linger or when the oldest of them has waited so long; 0 to 1 h, 500 ms by default
 * @param queueBytes what may wait in all, batches being written included; 1 KiB to 64 GiB, 64 MiB
 *     by default
 * @param workers batches written at the same time; 1 to 8, 2 by default
 * @param overflow what happens when the queue is full; BLOCK by default
 * @param drops is given every row dropped for that, in the thread that put the last row, so by
 *     several threads at a time; by default they are only counted
 * @param retryBudget how long a batch is tried again after errors that time may heal; 0 to 1 d, 60
 *     s by default. An attempt that has begun is not cut short. With a spool: how long a batch
 *     waits for room there
 * @param spool where batches go while the database is away; nowhere by default. Goes with the
 *     failure policy {@code DEAD_LETTER} alone: nobody waits any more for a row that is refused
 *     when it is replayed. Rows reach the sink when their batch is replayed, perhaps in a later
 *     process, and more than once if it throws
 */
public record IngesterOptions<T>(
    WriteOptions<T> write,
    int batchRows,
    long batchBytes,
    Duration linger,
    long queueBytes,
    int workers,
    OverflowPolicy overflow,
    Consumer<? super T> drops,
    Duration retryBudget,
    Optional<SpoolOptions> spool) {

  public IngesterOptions {
    if (write.batchId().isPresent()) {
      throw new ConfigException(
          "batch id \"%s\" for an ingester; expected none: it names its batches itself"
              .formatted(write.batchId().get()));
    }
    check("batchRows", batchRows, 1, 1_000_000);
    check("batchBytes", batchBytes, 1L << 10, 1L << 30);
    check("linger", linger, Duration.ofHours(1));
    check("queueBytes", queueBytes, 1L << 10, 64L << 30);
    check("workers", workers, 1, 8);
    check("retryBudget", retryBudget, Duration.ofDays(1));
    if (spool.isPresent() && write.onFailure() != FailurePolicy.DEAD_LETTER) {
      throw new ConfigException(
          "failure policy %s for an ingester with a spool; expected DEAD_LETTER: rows that are"
                  .formatted(write.onFailure())
              + " refused when they are replayed need a sink, see WriteOptions.deadLetters");
    }
  }

  private static void check(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new ConfigException(
          "%s of an ingester is %d; expected %d to %d".formatted(name, value, least, most));
    }
  }

  private static void check(String name, Duration value, Duration most) {
    if (value.isNegative() || value.compareTo(most) > 0) {
      throw new ConfigException(
          "%s of an ingester is %s; expected 0 to %s".formatted(name, value, most));
    }
  }

  /** The defaults named above. */
  public static <T> IngesterOptions<T> defaults() {
    return new IngesterOptions<>(
        WriteOptions.<T>append().isolating(),
        5_000,
        4L << 20,
        Duration.ofMillis(500),
        64L << 20,
        2,
        OverflowPolicy.BLOCK,
        row -> {},
        Duration.ofSeconds(60),
        Optional.empty());
  }

  public IngesterOptions<T> write(WriteOptions<T> changed) {
    return with(draft -> draft.write = changed);
  }

  public IngesterOptions<T> batchRows(int changed) {
    return with(draft -> draft.batchRows = changed);
  }

  public IngesterOptions<T> batchBytes(long changed) {
    return with(draft -> draft.batchBytes = changed);
  }

  public IngesterOptions<T> linger(Duration changed) {
    return with(draft -> draft.linger = changed);
  }

  public IngesterOptions<T> queueBytes(long changed) {
    return with(draft -> draft.queueBytes = changed);
  }

  public IngesterOptions<T> workers(int changed) {
    return with(draft -> draft.workers = changed);
  }

  public IngesterOptions<T> overflow(OverflowPolicy changed) {
    return with(draft -> draft.overflow = changed);
  }

  public IngesterOptions<T> drops(Consumer<? super T> changed) {
    return with(draft -> draft.drops = changed);
  }

  public IngesterOptions<T> retryBudget(Duration changed) {
    return with(draft -> draft.retryBudget = changed);
  }

  public IngesterOptions<T> spool(SpoolOptions changed) {
    return with(draft -> draft.spool = Optional.of(changed));
  }

  private IngesterOptions<T> with(Consumer<Draft<T>> change) {
    Draft<T> draft = new Draft<>(this);
    change.accept(draft);
    return draft.options();
  }

  /** The same options, to be changed. */
  private static final class Draft<T> {
    private WriteOptions<T> write;
    private int batchRows;
    private long batchBytes;
    private Duration linger;
    private long queueBytes;
    private int workers;
    private OverflowPolicy overflow;
    private Consumer<? super T> drops;
    private Duration retryBudget;
    private Optional<SpoolOptions> spool;

    Draft(IngesterOptions<T> options) {
      this.write = options.write;
      this.batchRows = options.batchRows;
      this.batchBytes = options.batchBytes;
      this.linger = options.linger;
      this.queueBytes = options.queueBytes;
      this.workers = options.workers;
      this.overflow = options.overflow;
      this.drops = options.drops;
      this.retryBudget = options.retryBudget;
      this.spool = options.spool;
    }

    IngesterOptions<T> options() {
      return new IngesterOptions<>(
          write,
          batchRows,
          batchBytes,
          linger,
          queueBytes,
          workers,
          overflow,
          drops,
          retryBudget,
          spool);
    }
  }
}
