package io.varve.ingest;

/** What becomes of a row for which an {@link Ingester}'s queue has no room. */
public enum OverflowPolicy {
  /** Whoever puts it waits. */
  BLOCK,

  /** It is refused with a {@link io.varve.CapacityException}. */
  FAIL,

  /** The rows that have waited longest are dropped, counted and handed to the sink for drops. */
  DROP_OLDEST,

  /** It is dropped, counted and handed to the sink for drops. */
  DROP_NEWEST
}
