package io.varve.testkit.fault;

/** What the writer said about a row. */
enum Fate {
  /** It is in the table, or left out because of its key. */
  ACKNOWLEDGED,
  /** The table refused it. */
  REFUSED,
  /** It is not in the table, and never will be. */
  ABSENT,
  IN_DOUBT
}
