package io.varve.query;

/**
 * Aggregates per time bucket, or over the whole range where there are no buckets. Immutable and
 * thread-safe: every step returns a new query.
 *
 * <p>A result row has the column {@code bucket} ({@link Bucket#as} names it otherwise), the
 * bucket's start in the class of the time column (not where there are no buckets), then the group's
 * columns, then one column per {@link Aggregate}, then one per {@link Moving}; all names must
 * differ. Rows come by bucket, then by the group's columns, unless another order is asked for. Only
 * rows in the query's range are aggregated: a bucket that reaches beyond the range is computed from
 * its part in the range.
 *
 * <p>Whatever the order in which they are asked for, steps are taken in this one: rows are grouped
 * and aggregated, groups are filtered ({@link #having}), empty buckets filled, moving aggregates
 * computed, the greatest kept ({@link #top}), and the rest ordered and limited. Columns a step
 * names must be there already.
 */
public interface BucketQuery extends Results {

  /** One row per bucket and combination of these columns; they are added to those before. */
  BucketQuery groupBy(String... columns);

  /** The aggregates to compute, at least one; they are added to those before. */
  BucketQuery select(Aggregate... aggregates);

  /**
   * Only result rows that fulfil a condition on result columns, such as {@code
   * column("temperature_avg").gt(20.0)}; several hold together.
   */
  BucketQuery having(Condition condition);

  /**
   * What stands in the aggregates of buckets without rows, for each group by itself. With any but
   * {@link Fill#none()} there is a row for every bucket of the query's range, whose two ends must
   * be given, and every group that has a row in it; without groups, also where there is no row at
   * all.
   *
   * @throws IllegalStateException if the query's range is open, or the answer's rows per group
   *     would be more than ten million
   */
  BucketQuery fill(Fill fill);

  /**
   * What stands in one result column of buckets without rows, unlike the others: {@code
   * fill(Fill.linear()).fill("count", Fill.value(0))}.
   */
  BucketQuery fill(String column, Fill fill);

  /** Aggregates over the last few result rows of a group; they are added to those before. */
  BucketQuery moving(Moving... aggregates);

  /**
   * Of each bucket only the rows with the greatest values of a result column, at most so many; of
   * equal ones those whose group comes first. Nulls come last.
   */
  BucketQuery top(int rows, String column);

  /** Smallest first by a result column, nulls last; several orders count in the order given. */
  BucketQuery orderBy(String column);

  /** Greatest first by a result column, nulls last. */
  BucketQuery orderByDescending(String column);

  /** Newest bucket first; the default is oldest first. */
  BucketQuery newestFirst();

  /** At most that many result rows; 0 or more. Of several limits the smallest counts. */
  BucketQuery limit(long rows);

  /**
   * Rows of both queries that have the same bucket and group side by side: the bucket and group of
   * the first, its aggregates, then those of the second. Both must have buckets of the same width
   * and groups of the same types; all names must differ, for which {@link Aggregate#as} is there.
   * The second query may be about another table of the same database, and about other times.
   */
  JoinedQuery join(BucketQuery other);

  /** Like {@link #join}, with nulls for what one of the queries lacks. */
  JoinedQuery fullJoin(BucketQuery other);
}
