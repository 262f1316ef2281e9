package io.varve.cli.output;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import de.siegmar.fastcsv.writer.QuoteStrategies;
import io.varve.cli.shell.StandardOutput;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * RFC 4180 with a header, lines ending as Unix tools expect. An empty field is null, a quoted empty
 * one is an empty text.
 */
final class CsvRowsWriter implements RowsWriter {

  private final CsvWriter csv;
  private final Values values;

  CsvRowsWriter(StandardOutput out, Values values) {
    this.values = values;
    this.csv =
        CsvWriter.builder()
            .quoteStrategy(QuoteStrategies.EMPTY)
            .lineDelimiter(LineDelimiter.LF)
            .build(new OutputStreamWriter(out, StandardCharsets.UTF_8));
  }

  @Override
  public void begin(List<OutputColumn> columns) {
    csv.writeRecord(columns.stream().map(OutputColumn::name).toList());
  }

  @Override
  public void row(@Nullable Object[] row) {
    @Nullable String[] fields = new @Nullable String[row.length];
    for (int i = 0; i < row.length; i++) {
      fields[i] = row[i] == null ? null : values.text(row[i]);
    }
    csv.writeRecord(fields);
  }

  @Override
  public void end() {
    try {
      csv.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
