package io.varve.query;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * A result as one array per column. Numbers are doubles; whole numbers and times are longs, too:
 * times in microseconds since 1970-01-01 00:00 UTC (a time without zone is taken as UTC, a date as
 * its midnight), times of type bigint in their own units. Whatever else there is are objects.
 *
 * <p>The arrays are the result's own and shared by all who ask: they must not be written to.
 */
public final class Columns {

  private final List<ResultColumn> columns;
  private final int size;
  private final List<ColumnBuffer> buffers;

  Columns(List<ResultColumn> columns, int size, List<ColumnBuffer> buffers) {
    this.columns = List.copyOf(columns);
    this.size = size;
    this.buffers = List.copyOf(buffers);
  }

  /** How many rows there are. */
  public int size() {
    return size;
  }

  /** The columns, in order. */
  public List<ResultColumn> columns() {
    return columns;
  }

  /**
   * A column of whole numbers or times.
   *
   * @throws IllegalStateException if it is of another type, or has a null
   */
  public long[] longs(String column) {
    ColumnBuffer buffer = buffer(column);
    if (!buffer.nulls().isEmpty()) {
      throw new IllegalStateException(
          "column \"%s\" is null in row %d, which no long is; expected doubles(\"%s\") or objects(\"%s\")"
              .formatted(column, buffer.nulls().nextSetBit(0), column, column));
    }
    return buffer.longs().orElseThrow(() -> refusal(column, "whole numbers or times"));
  }

  /**
   * A column of numbers; null is {@code NaN}. Numbers a double cannot keep are rounded.
   *
   * @throws IllegalStateException if it is of another type
   */
  public double[] doubles(String column) {
    return buffer(column).doubles().orElseThrow(() -> refusal(column, "numbers"));
  }

  /** A column of any type, in its Java class; null is null. */
  public List<?> objects(String column) {
    return buffer(column).objects();
  }

  /** Which rows of a column are null; a copy. */
  public BitSet nulls(String column) {
    return (BitSet) buffer(column).nulls().clone();
  }

  private int index(String column) {
    return Buckets.position(columns, column) - 1;
  }

  private ColumnBuffer buffer(String column) {
    return buffers.get(index(column));
  }

  private IllegalStateException refusal(String column, String expected) {
    return new IllegalStateException(
        "column \"%s\" is of type %s; expected %s, or ask for its objects"
            .formatted(column, columns.get(index(column)).type().sql(), expected));
  }

  @Override
  public String toString() {
    return size + " rows of " + Arrays.toString(columns.stream().map(ResultColumn::name).toArray());
  }
}
