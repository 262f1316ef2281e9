package io.varve.cli.output;

import io.varve.cli.shell.Shell;

/** Makes the writer for a format. */
public final class RowsWriters {

  private RowsWriters() {}

  /**
   * @param shell rows go to its standard output, what is said of them to its standard error
   * @param values how values are shown to people; JSON has its own rules
   * @param chart how a chart is laid out
   */
  public static RowsWriter of(OutputFormat format, Shell shell, Values values, ChartOptions chart) {
    return switch (format) {
      case table -> new TableRowsWriter(shell.out(), values, shell.style());
      case csv -> new CsvRowsWriter(shell.out(), values);
      case json -> new JsonRowsWriter(shell.out(), JsonRowsWriter.Frame.ARRAY);
      case ndjson -> new JsonRowsWriter(shell.out(), JsonRowsWriter.Frame.LINES);
      case chart -> new ChartRowsWriter(shell, chart);
    };
  }
}
