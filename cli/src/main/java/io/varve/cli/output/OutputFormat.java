package io.varve.cli.output;

/** How a result is written. The names are what the user types. */
public enum OutputFormat {
  /** Aligned columns, for people. */
  table,
  /** RFC 4180, with a header. */
  csv,
  /** One array of objects. */
  json,
  /** One object per line. */
  ndjson,
  /** A line chart over time. */
  chart
}
