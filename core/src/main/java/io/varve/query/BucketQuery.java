package io.varve.query;

import io.varve.model.Row;
import java.util.List;
import java.util.stream.Stream;

/**
 * Aggregates per time bucket. Immutable and thread-safe. Rows come by bucket, then by the group's
 * columns; the first column of a row is {@code bucket}.
 */
public interface BucketQuery {

  /** One row per bucket and combination of these columns. */
  BucketQuery groupBy(String... columns);

  /** The aggregates to compute, at least one. */
  BucketQuery select(Aggregate... aggregates);

  /** Newest bucket first; the default is oldest first. */
  BucketQuery newestFirst();

  /** At most that many rows. */
  BucketQuery limit(long rows);

  /** All rows, in memory. */
  List<Row> list();

  /** The rows through a cursor; must be closed. */
  Stream<Row> stream();
}
