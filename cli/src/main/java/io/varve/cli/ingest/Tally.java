package io.varve.cli.ingest;

import io.varve.ingest.WriteResult;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What has become of the rows of a load so far. Batches whose writing has begun are in doubt until
 * it is known whether they are committed. Thread-safe.
 */
final class Tally {

  /**
   * What became of some rows.
   *
   * @param written rows committed
   * @param skipped rows left out because their key was there
   * @param rejected rows put aside
   */
  record Counts(long written, long skipped, long rejected) {

    static final Counts NONE = new Counts(0, 0, 0);

    long sum() {
      return written + skipped + rejected;
    }

    Counts plus(Counts other) {
      return new Counts(
          written + other.written, skipped + other.skipped, rejected + other.rejected);
    }
  }

  private final List<LineRange> doubtful = new ArrayList<>();
  private final TimeSpan span = new TimeSpan();
  private Counts counts = Counts.NONE;

  /** A batch is about to be written. */
  synchronized void began(LineRange lines) {
    doubtful.add(lines);
  }

  /** It was certainly not stored. */
  synchronized void undone(LineRange lines) {
    doubtful.remove(lines);
  }

  /**
   * It is stored.
   *
   * @param unfit rows that were put aside before
   */
  synchronized void committed(LineRange lines, WriteResult result, long unfit, TimeSpan times) {
    doubtful.remove(lines);
    counts =
        counts.plus(
            new Counts(result.written(), result.skipped(), unfit + result.failures().size()));
    times.first().ifPresent(span::add);
    times.last().ifPresent(span::add);
  }

  synchronized Counts counts() {
    return counts;
  }

  /** Whether the table took, or had, any row. */
  synchronized boolean isAnyTaken() {
    return counts.written() + counts.skipped() > 0;
  }

  /** The times of the rows committed; to be asked when all is done. */
  synchronized TimeSpan span() {
    return span;
  }

  /** Batches of which it is unknown whether they are stored, in the order of the file. */
  synchronized List<LineRange> doubtful() {
    return doubtful.stream().sorted(Comparator.comparingLong(LineRange::first)).toList();
  }
}
