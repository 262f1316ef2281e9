package io.varve.query;

/**
 * Columns of time of equal width. All distances are unsigned: from the least to the greatest bigint
 * it is further than a signed one could say.
 *
 * @param from where the first column starts
 * @param to the last time there is
 * @param width of one column; 0 where a single one holds every bigint, which is one too many to say
 * @param parts into how many parts of equal width, whole units, each column can be cut
 */
record Grid(long from, long to, long width, int parts) {

  /** Narrower columns are not cut: rounding up their width would be seen. */
  private static final int PARTS = 16;

  /**
   * @param unit the least distance of two times
   */
  static Grid of(long from, long to, int columns, long unit) {
    long units = Long.divideUnsigned(Long.divideUnsigned(to - from, unit), columns) + 1;
    if (units < 100 * PARTS || units > Long.MAX_VALUE - PARTS) {
      return new Grid(from, to, units * unit, 1);
    }
    return new Grid(from, to, (units + PARTS - 1) / PARTS * PARTS * unit, PARTS);
  }

  long column(long time) {
    return width == 0 ? 0 : Long.divideUnsigned(time - from, width);
  }

  /** The width of one part. */
  long part() {
    return width / parts;
  }

  /** Whether every column's end can be computed with signed numbers. */
  boolean isSigned() {
    return to - from >= 0 && from + ((to - from) / width + 1) * width >= to;
  }
}
