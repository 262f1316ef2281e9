package io.varve.ingest;

/**
 * Up to how many rows one statement with an array per column beats COPY, which takes more round
 * trips; {@code benchmarks/run thresholds} measures it.
 *
 * @param toAppend of rows that are new
 * @param toMerge of rows whose key may be there: COPY would need a temporary table
 * @param bytes up to so many bytes: a statement's rows are all in memory, several times over
 */
record FewRows(int toAppend, int toMerge, long bytes) {

  static final FewRows MEASURED = new FewRows(100, 1_000, 2L << 20);
}
