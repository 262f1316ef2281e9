package io.varve.ingest;

/**
 * Up to how many rows one statement with an array per column is used instead of COPY, which takes
 * more round trips. {@code benchmarks/run thresholds} measures what is faster; the bounds are
 * lower, because the statement holds all its rows in memory, and is in vain if one is refused.
 *
 * @param toAppend of rows that are new
 * @param toMerge of rows whose key may be there: COPY would need a temporary table
 * @param bytes up to so many bytes: a statement's rows are all in memory, several times over
 */
record FewRows(int toAppend, int toMerge, long bytes) {

  static final FewRows MEASURED = new FewRows(300, 1_000, 2L << 20);
}
