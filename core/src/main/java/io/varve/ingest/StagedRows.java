package io.varve.ingest;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which of the offered rows stand in the stage, line by line. Not thread-safe. */
final class StagedRows<T> {

  private final RowLines lines = new RowLines();
  private final List<T> rows = new ArrayList<>();

  /** The next line is the row with this index. */
  void add(long index) {
    lines.add(index);
  }

  /** The next line is this row, which is wanted if it is refused. */
  void add(long index, T row) {
    lines.add(index);
    rows.add(row);
  }

  long count() {
    return lines.count();
  }

  /** The index of the row in that line, counted from 1. */
  long index(long line) {
    return lines.row(line);
  }

  /** The row in that line; null if it was not kept. */
  @Nullable T row(long line) {
    return line <= rows.size() ? rows.get((int) line - 1) : null;
  }
}
