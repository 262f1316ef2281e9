package io.varve.cli.ingest;

import io.varve.cli.csv.CsvRow;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Divides rows into batches, each of lines that follow one another: where earlier runs have stored
 * something in between, a batch ends. Not thread-safe.
 */
final class RowBatches implements Iterator<List<CsvRow>> {

  private static final long MOST_CHARACTERS = 8L << 20;
  private static final long MOST_FIELDS = 1L << 19;

  private final Iterator<CsvRow> rows;
  private final EarlierRuns earlier;
  private final int mostRows;
  private @Nullable CsvRow ahead;

  /**
   * @param mostRows batches have so many rows, fewer where rows are long or wide
   */
  RowBatches(Iterator<CsvRow> rows, EarlierRuns earlier, int mostRows) {
    this.rows = rows;
    this.earlier = earlier;
    this.mostRows = mostRows;
  }

  @Override
  public boolean hasNext() {
    return ahead != null || rows.hasNext();
  }

  @Override
  public List<CsvRow> next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    List<CsvRow> batch = new ArrayList<>();
    long characters = 0;
    long fields = 0;
    int part = -1;
    while (batch.size() < mostRows
        && characters < MOST_CHARACTERS
        && fields < MOST_FIELDS
        && hasNext()) {
      CsvRow row = ahead == null ? rows.next() : ahead;
      ahead = null;
      int before = earlier.partsBefore(row.line());
      if (part >= 0 && before != part) {
        ahead = row;
        break;
      }
      part = before;
      batch.add(row);
      characters += row.characters();
      fields += row.fields().length;
    }
    return batch;
  }
}
