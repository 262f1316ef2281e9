package io.varve.ingest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Rows that are kept, encoded, until the server has taken them: to leave one out and send the
 * others again. Not thread-safe.
 */
final class TupleBlock<T> {

  private static final int FEW = 64;

  private final CopyBuffer bytes = new CopyBuffer(FEW * FEW);
  private final List<T> rows = new ArrayList<>();
  private int[] starts = new int[FEW];
  private long[] indexes = new long[FEW];

  /** Adds a row; one that is refused leaves nothing behind. Returns how many bytes it takes. */
  int add(RowCodec<T> codec, T row, long index) {
    int start = bytes.size();
    codec.encode(row, bytes);
    if (rows.size() == starts.length) {
      starts = Arrays.copyOf(starts, 2 * starts.length);
      indexes = Arrays.copyOf(indexes, 2 * indexes.length);
    }
    starts[rows.size()] = start;
    indexes[rows.size()] = index;
    rows.add(row);
    return bytes.size() - start;
  }

  /** How many rows there are. */
  int count() {
    return rows.size();
  }

  /** The tuples, one after the other. */
  CopyBuffer bytes() {
    return bytes;
  }

  /** Where a tuple begins; that of {@link #count} is where the last one ends. */
  int start(int position) {
    return position == rows.size() ? bytes.size() : starts[position];
  }

  T row(int position) {
    return rows.get(position);
  }

  /** Which of the offered rows that is. */
  long index(int position) {
    return indexes[position];
  }

  /** Leaves a row out. */
  void remove(int position) {
    int length = start(position + 1) - starts[position];
    bytes.cut(starts[position], length);
    rows.remove(position);
    System.arraycopy(starts, position + 1, starts, position, rows.size() - position);
    System.arraycopy(indexes, position + 1, indexes, position, rows.size() - position);
    for (int i = position; i < rows.size(); i++) {
      starts[i] -= length;
    }
  }

  /** Leaves all rows out. */
  void clear() {
    bytes.release();
    rows.clear();
  }
}
