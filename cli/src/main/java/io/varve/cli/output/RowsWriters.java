package io.varve.cli.output;

import io.varve.cli.shell.StandardOutput;
import io.varve.cli.shell.TextStyle;

/** Makes the writer for a format. */
public final class RowsWriters {

  private RowsWriters() {}

  /**
   * @param values how values are shown to people; JSON has its own rules
   * @param chart how a chart is laid out
   */
  public static RowsWriter of(
      OutputFormat format, StandardOutput out, Values values, TextStyle style, ChartOptions chart) {
    return switch (format) {
      case table -> new TableRowsWriter(out, values, style);
      case csv -> new CsvRowsWriter(out, values);
      case json -> new JsonRowsWriter(out, JsonRowsWriter.Frame.ARRAY);
      case ndjson -> new JsonRowsWriter(out, JsonRowsWriter.Frame.LINES);
      case chart -> new ChartRowsWriter(out, style, chart);
    };
  }
}
