package io.varve.query;

import io.varve.model.Row;
import java.util.List;
import java.util.stream.Stream;

/**
 * Aggregates per time bucket. Immutable and thread-safe.
 *
 * <p>A result row has the column {@code bucket}, the bucket's start in the class of the time
 * column, then the group's columns, then one column per {@link Aggregate}; all names must differ.
 * Rows come by bucket, then by the group's columns. There is a row only where there are rows to
 * aggregate, and only rows in the query's range are: a bucket that reaches beyond the range is
 * computed from its part in the range.
 */
public interface BucketQuery {

  /** One row per bucket and combination of these columns; they are added to those before. */
  BucketQuery groupBy(String... columns);

  /** The aggregates to compute, at least one; they are added to those before. */
  BucketQuery select(Aggregate... aggregates);

  /** Newest bucket first; the default is oldest first. */
  BucketQuery newestFirst();

  /** At most that many result rows; 0 or more. Of several limits the smallest counts. */
  BucketQuery limit(long rows);

  /** All result rows, in memory, in a new list. */
  List<Row> list();

  /** The result rows through a cursor; must be closed. See {@link Query#stream}. */
  Stream<Row> stream();
}
