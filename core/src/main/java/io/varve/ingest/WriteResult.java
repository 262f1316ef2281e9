package io.varve.ingest;

import java.util.List;

/**
 * What became of the rows of one write: offered = written + skipped + failures.
 *
 * @param written rows committed
 * @param skipped rows left out on purpose, such as duplicates
 * @param failures rows refused, each with its reason
 */
public record WriteResult(long written, long skipped, List<RowFailure> failures) {

  public WriteResult {
    failures = List.copyOf(failures);
  }
}
