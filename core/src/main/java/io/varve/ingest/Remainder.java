package io.varve.ingest;

import java.util.List;

/**
 * What an {@link Ingester} could not settle before it was closed.
 *
 * @param unwritten rows that are not in the table, in the order they came per series
 * @param inDoubt rows that may or may not be in the table
 * @param spooled how many rows are in the spool: on disk, and replayed by the next ingester that
 *     uses it
 */
public record Remainder<T>(List<T> unwritten, List<T> inDoubt, long spooled) {

  public Remainder {
    unwritten = List.copyOf(unwritten);
    inDoubt = List.copyOf(inDoubt);
  }

  /** Whether every row was settled: written, refused, or in the spool. */
  public boolean isEmpty() {
    return unwritten.isEmpty() && inDoubt.isEmpty();
  }
}
