package io.varve.ingest;

/**
 * What a table's triggers have to do with the way rows are written.
 *
 * @param mends whether a row may be changed before it is stored, so that it is not for anybody else
 *     to check it
 * @param discards whether a row may be left out without an error
 * @param hears whether statements are told of, which only those that name the table are
 */
record TableTriggers(boolean mends, boolean discards, boolean hears) {

  private static final int ROW = 1;
  private static final int BEFORE = 2;
  private static final int INSERT = 4;
  private static final int UPDATE = 16;

  static final TableTriggers NONE = new TableTriggers(false, false, false);

  /** These and one more, of that {@code tgtype} in the catalogue. */
  TableTriggers with(int type) {
    boolean changes = (type & (INSERT | UPDATE)) != 0;
    boolean row = (type & ROW) != 0;
    boolean before = row && (type & BEFORE) != 0;
    return new TableTriggers(
        mends || before && (type & INSERT) != 0,
        discards || before && changes,
        hears || !row && changes);
  }
}
