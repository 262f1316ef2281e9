package io.varve.cli.output;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import de.siegmar.fastcsv.writer.QuoteStrategy;
import io.varve.cli.csv.NullTexts;
import io.varve.cli.shell.StandardOutput;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * RFC 4180 with a header, lines ending as Unix tools expect. An empty field is null, a quoted empty
 * one is an empty text. Whatever reads as null without quotes has them, so that {@code varve
 * ingest} finds the texts that were there.
 */
final class CsvRowsWriter implements RowsWriter {

  /** Quotes, besides what must be, the texts that would be read as null. */
  private record LikeNull(NullTexts nulls) implements QuoteStrategy {

    LikeNull() {
      this(NullTexts.byDefault());
    }

    @Override
    public boolean quoteEmpty(int line, int field) {
      return true;
    }

    @Override
    public boolean quoteValue(int line, int field, String value) {
      return nulls.texts().contains(value);
    }
  }

  private final CsvWriter csv;
  private final Values values;

  CsvRowsWriter(StandardOutput out, Values values) {
    this.values = values;
    this.csv =
        CsvWriter.builder()
            .quoteStrategy(new LikeNull())
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
