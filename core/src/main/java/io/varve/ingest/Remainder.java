package io.varve.ingest;

import java.util.List;

/**
 * What an {@link Ingester} could not settle before it was closed.
 *
 * @param unwritten rows that are not in the table, in the order they came per series
 * @param inDoubt rows that may or may not be in the table
 */
public record Remainder<T>(List<T> unwritten, List<T> inDoubt) {

  public Remainder {
    unwritten = List.copyOf(unwritten);
    inDoubt = List.copyOf(inDoubt);
  }

  /** Whether every row was settled. */
  public boolean isEmpty() {
    return unwritten.isEmpty() && inDoubt.isEmpty();
  }
}
