package io.varve.ingest;

import io.varve.ConfigException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Where an {@link Ingester} keeps batches while the database is away: a log on local disk, replayed
 * in order when the database is back. Immutable; start from {@link #in}.
 *
 * <p>The directory belongs to one ingester at a time, and what is in it to one table of one
 * database and to one user there: names of batches in the ledger are the user's. The next ingester
 * with that directory replays what this one leaves, with its own write options. The files are
 * readable by their owner alone; they hold rows, unencrypted.
 *
 * @param directory made if it is not there; on a disk that outlives the process
 * @param maxBytes what the log may take on disk; 1 MiB to 1 TiB, 1 GiB by default
 * @param after how long a batch is tried at the database before it goes to the log: an attempt that
 *     is under way then is broken off; 0 to 1 h, 2 s by default. Raise it where batches take that
 *     long. On replay an attempt has 10 min, or twice this time if that is longer
 */
public record SpoolOptions(Path directory, long maxBytes, Duration after) {

  private static final Duration LONGEST = Duration.ofHours(1);
  private static final Duration REPLAY = Duration.ofMinutes(10);

  public SpoolOptions {
    if (maxBytes < 1L << 20 || maxBytes > 1L << 40) {
      throw new ConfigException(
          "maxBytes of a spool is %d; expected %d to %d".formatted(maxBytes, 1L << 20, 1L << 40));
    }
    if (after.isNegative() || after.compareTo(LONGEST) > 0) {
      throw new ConfigException(
          "after of a spool is %s; expected 0 to %s".formatted(after, LONGEST));
    }
  }

  /** The defaults named above. */
  public static SpoolOptions in(Path directory) {
    return new SpoolOptions(directory, 1L << 30, Duration.ofSeconds(2));
  }

  /** What an attempt at replaying a batch may take. */
  Duration replay() {
    Duration twice = after.multipliedBy(2);
    return twice.compareTo(REPLAY) > 0 ? twice : REPLAY;
  }

  public SpoolOptions maxBytes(long changed) {
    return new SpoolOptions(directory, changed, after);
  }

  public SpoolOptions after(Duration changed) {
    return new SpoolOptions(directory, maxBytes, changed);
  }
}
