package io.varve.ingest;

/**
 * Up to how many rows one statement with an array per column beats COPY, which takes more round
 * trips; {@code benchmarks/run thresholds} measures it.
 *
 * @param toAppend of rows that are new
 * @param toMerge of rows whose key may be there: COPY would need a temporary table
 */
record FewRows(int toAppend, int toMerge) {

  static final FewRows MEASURED = new FewRows(100, 1_000);
}
