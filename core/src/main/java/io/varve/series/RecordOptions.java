package io.varve.series;

/**
 * Which records of a range, and in which order. Immutable; start from {@link #newest} or {@link
 * #oldest}.
 *
 * <p>Pages are read fastest by narrowing the range: newest first, the next page's {@code to} is the
 * last record's time, which the range then excludes. With an offset the server reads what it leaves
 * out.
 *
 * @param newestFirst whether the newest comes first
 * @param limit at most that many: 1 to {@link SeriesOptions#maxRecords}
 * @param offset how many to leave out first: 0 or more
 */
public record RecordOptions(boolean newestFirst, int limit, long offset) {

  public RecordOptions {
    if (limit < 1) {
      throw new IllegalArgumentException("limit %d; expected 1 or more".formatted(limit));
    }
    if (offset < 0) {
      throw new IllegalArgumentException("offset %d; expected 0 or more".formatted(offset));
    }
  }

  /** The newest so many records, newest first. */
  public static RecordOptions newest(int limit) {
    return new RecordOptions(true, limit, 0);
  }

  /** The oldest so many records, oldest first. */
  public static RecordOptions oldest(int limit) {
    return new RecordOptions(false, limit, 0);
  }

  /** The same without the first so many. */
  public RecordOptions offset(long records) {
    return new RecordOptions(newestFirst, limit, records);
  }
}
