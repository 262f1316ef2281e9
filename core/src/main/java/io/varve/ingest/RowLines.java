package io.varve.ingest;

import java.util.Arrays;

/**
 * Which offered row each line of a COPY was. Rows come in growing order and mostly in runs, and a
 * run takes twelve bytes however long it is. Not thread-safe.
 */
final class RowLines {

  private static final int FEW = 16;

  private long[] rows = new long[FEW];
  private int[] lines = new int[FEW];
  private int runs;
  private int count;

  /** The next line is the row with this index. */
  void add(long row) {
    if (runs == 0 || row - rows[runs - 1] != count - lines[runs - 1]) {
      if (runs == rows.length) {
        rows = Arrays.copyOf(rows, 2 * runs);
        lines = Arrays.copyOf(lines, 2 * runs);
      }
      rows[runs] = row;
      lines[runs++] = count;
    }
    count++;
  }

  /** How many lines there are. */
  long count() {
    return count;
  }

  /** The row's index of a line, counted from 1 as PostgreSQL does. */
  long row(long line) {
    int found = Arrays.binarySearch(lines, 0, runs, Math.toIntExact(line - 1));
    int run = found >= 0 ? found : -found - 2;
    return rows[run] + line - 1 - lines[run];
  }

  boolean contains(long line) {
    return line >= 1 && line <= count;
  }

  /** The next line is line 1 of another COPY. */
  void clear() {
    runs = 0;
    count = 0;
    if (rows.length > FEW) {
      rows = new long[FEW];
      lines = new int[FEW];
    }
  }
}
