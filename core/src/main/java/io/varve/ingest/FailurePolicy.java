package io.varve.ingest;

/** What a row that is refused does to the others of its call. */
public enum FailurePolicy {
  /** Nothing of the call is stored, and an exception names the row if it can be found. */
  FAIL_BATCH,

  /** The others are stored; the result tells which rows were refused and why. */
  ISOLATE,

  /**
   * The others are stored; each refused row is handed to the caller's sink before the transaction
   * commits, so that at no moment it is neither there nor here. Where the commit then fails, the
   * sink has had rows that are offered to it again.
   */
  DEAD_LETTER
}
