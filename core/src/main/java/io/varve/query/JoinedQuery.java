package io.varve.query;

/**
 * Results of two bucketed queries side by side; by bucket, then by group. Immutable and
 * thread-safe.
 */
public interface JoinedQuery extends Results {

  /** At most that many rows; 0 or more. Of several limits the smallest counts. */
  JoinedQuery limit(long rows);
}
