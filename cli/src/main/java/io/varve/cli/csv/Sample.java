package io.varve.cli.csv;

import io.varve.cli.shell.CommandException;
import java.util.ArrayList;
import java.util.List;

/**
 * The first rows of a file, from which types are inferred. They are kept and written like the rest.
 *
 * @param header the columns
 * @param rows the rows, without the header
 * @param isWhole whether the file ends with them
 */
public record Sample(Header header, List<CsvRow> rows, boolean isWhole) {

  private static final int ROWS = 10_000;
  private static final long CHARACTERS = 16L << 20;

  public Sample {
    rows = List.copyOf(rows);
  }

  /** Reads the first rows; refuses a file without any. */
  public static Sample read(CsvSource source, CsvRows rows, CsvFormat format) {
    if (!rows.hasNext()) {
      throw CommandException.failure(source + " is empty", "expected a header and rows");
    }
    CsvRow first = rows.next();
    Header header = Header.of(first, format);
    List<CsvRow> sample = new ArrayList<>();
    long characters = 0;
    if (!header.isFirstRow()) {
      sample.add(first);
    }
    while (sample.size() < ROWS && characters < CHARACTERS && rows.hasNext()) {
      CsvRow row = rows.next();
      sample.add(row);
      characters += characters(row);
    }
    if (sample.isEmpty()) {
      throw CommandException.failure(
          source + " has a header but no rows", "nothing to do: no types can be inferred");
    }
    return new Sample(header, sample, !rows.hasNext());
  }

  private static long characters(CsvRow row) {
    long sum = 0;
    for (String field : row.fields()) {
      sum += field == null ? 0 : field.length();
    }
    return sum;
  }

  /** The values of each column, from rows that have the right number of fields. */
  public List<ColumnSample> columns() {
    int width = header.names().size();
    List<ColumnSample> columns = new ArrayList<>();
    for (int i = 0; i < width; i++) {
      columns.add(column(i, width));
    }
    return columns;
  }

  private ColumnSample column(int index, int width) {
    List<String> values = new ArrayList<>();
    long nulls = 0;
    for (CsvRow row : rows) {
      if (row.fields().length == width) {
        String value = row.fields()[index];
        if (value == null) {
          nulls++;
        } else {
          values.add(value);
        }
      }
    }
    return new ColumnSample(header.names().get(index), values, nulls);
  }
}
