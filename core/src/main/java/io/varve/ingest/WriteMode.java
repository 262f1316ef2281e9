package io.varve.ingest;

/** What becomes of a row whose key is in the table already. */
public enum WriteMode {
  /** It is refused, if the table has a unique key; without one there is nothing to compare. */
  APPEND,

  /** It is left out and counted as skipped; what the table has stays. */
  SKIP_DUPLICATES,

  /** It replaces the columns of the row that is there: all, or those the options name. */
  UPSERT
}
