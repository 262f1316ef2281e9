package io.varve.cli.csv;

import io.varve.cli.shell.CommandException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

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
  public static Sample read(CsvInput source, CsvRows rows, CsvFormat format) {
    if (!rows.hasNext()) {
      throw CommandException.failure(source + " is empty", "expected a header and rows");
    }
    CsvRow first = rows.next();
    if (first.flaw() != null) {
      throw CommandException.failure(
          source + ", line " + first.line() + ": " + first.flaw().reason(),
          "double a quote that is part of the text");
    }
    Header header = Header.of(first, format);
    List<CsvRow> sample = new ArrayList<>();
    long characters = 0;
    if (!header.isFirstRow()) {
      sample.add(first);
    }
    while (sample.size() < ROWS && characters < CHARACTERS && rows.hasNext()) {
      CsvRow row = rows.next();
      sample.add(row);
      characters += row.characters();
    }
    if (sample.isEmpty()) {
      throw CommandException.failure(
          source + " has a header but no rows", "nothing to do: no types can be inferred");
    }
    return new Sample(header, sample, !rows.hasNext());
  }

  /** These rows and the rest, without those that start before a line. */
  public Iterator<CsvRow> followedBy(CsvRows rest, long line) {
    Iterator<CsvRow> first = rows.iterator();
    return new Iterator<>() {
      private @Nullable CsvRow next;

      @Override
      public boolean hasNext() {
        if (next == null) {
          next = find();
        }
        return next != null;
      }

      @Override
      public CsvRow next() {
        if (!hasNext() || next == null) {
          throw new NoSuchElementException();
        }
        CsvRow row = next;
        next = null;
        return row;
      }

      private @Nullable CsvRow find() {
        while (first.hasNext() || rest.hasNext()) {
          CsvRow row = first.hasNext() ? first.next() : rest.next();
          if (row.line() >= line) {
            return row;
          }
        }
        return null;
      }
    };
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
