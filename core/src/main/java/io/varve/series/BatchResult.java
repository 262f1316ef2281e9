package io.varve.series;

import io.varve.ingest.RowFailure;
import java.time.Duration;
import java.util.List;

/**
 * What became of many records: offered = written + skipped + failed.
 *
 * @param written records stored
 * @param skipped records left out on purpose: there already, or followed in the same batch by one
 *     with the same key
 * @param failures records refused, each with its position among those offered, from 0, and the
 *     reason, in the order of their positions
 * @param took from the call to its end
 */
public record BatchResult(long written, long skipped, List<RowFailure> failures, Duration took) {

  public BatchResult {
    failures = List.copyOf(failures);
  }

  /** How many records were refused. */
  public int failed() {
    return failures.size();
  }
}
