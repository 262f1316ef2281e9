package io.varve.testkit.fault;

import io.varve.ingest.OverflowPolicy;
import io.varve.ingest.WriteMode;
import java.time.Duration;
import java.util.SplittableRandom;

/**
 * What a round does, all of it drawn from one seed. The faults take turns, so that a short run has
 * each of them.
 *
 * @param rows about so many are written
 * @param strike after so many rows the fault happens
 * @param patience how long a batch is tried again
 * @param repeats how many things the fault breaks, or how long it lasts in half seconds
 */
record Choices(
    long seed,
    WriteMode mode,
    Way way,
    Fault fault,
    int rows,
    int strike,
    int threads,
    int workers,
    int batchRows,
    long queueBytes,
    OverflowPolicy overflow,
    Duration patience,
    int repeats) {

  /** Rarely rows are dropped. */
  private static final OverflowPolicy[] OVERFLOW = {
    OverflowPolicy.BLOCK,
    OverflowPolicy.BLOCK,
    OverflowPolicy.BLOCK,
    OverflowPolicy.DROP_NEWEST,
    OverflowPolicy.DROP_OLDEST
  };

  private static final int CALL_ROWS = 400;

  /** So many callers want one of the server's few connections. */
  private static final int STORM_THREADS = 500;

  /** How rows are handed over. */
  enum Way {
    CALLS,
    INGESTER
  }

  static Choices of(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Fault fault = Fault.values()[Math.floorMod(seed, Fault.values().length)];
    int rows = 5_200 + random.nextInt(800);
    return new Choices(
        seed,
        one(random, WriteMode.values()),
        one(random, Way.values()),
        fault,
        rows,
        random.nextInt(rows * 9 / 10),
        fault == Fault.STORM ? STORM_THREADS : 2 + random.nextInt(3),
        1 + random.nextInt(3),
        100 + random.nextInt(900),
        (64L << 10) << random.nextInt(6),
        one(random, OVERFLOW),
        random.nextInt(4) == 0 ? Duration.ofMillis(300) : Duration.ofSeconds(40),
        1 + random.nextInt(3));
  }

  /** Rows of one call. */
  int callRows() {
    return Math.min(CALL_ROWS, rows / threads);
  }

  private static <E> E one(SplittableRandom random, E[] values) {
    return values[random.nextInt(values.length)];
  }
}
