package io.varve.series;

import java.util.Objects;

/**
 * Which records of a range, and in which order. Immutable; start from {@link #newest} or {@link
 * #oldest}.
 *
 * <p>Pages are read fastest by narrowing the range: newest first, the next page's {@code to} is the
 * last record's time, which the range then excludes. With an offset the server reads what it leaves
 * out.
 *
 * @param order which come first
 * @param limit at most that many: 1 to {@link SeriesOptions#maxRecords}
 * @param offset how many to leave out first: 0 or more
 */
public record RecordOptions(Order order, int limit, long offset) {

  /** The order of records by time. */
  public enum Order {
    NEWEST_FIRST,
    OLDEST_FIRST
  }

  public RecordOptions {
    Objects.requireNonNull(order, "order");
    if (limit < 1) {
      throw new IllegalArgumentException("limit %d; expected 1 or more".formatted(limit));
    }
    if (offset < 0) {
      throw new IllegalArgumentException("offset %d; expected 0 or more".formatted(offset));
    }
  }

  /** The newest so many records, newest first. */
  public static RecordOptions newest(int limit) {
    return new RecordOptions(Order.NEWEST_FIRST, limit, 0);
  }

  /** The oldest so many records, oldest first. */
  public static RecordOptions oldest(int limit) {
    return new RecordOptions(Order.OLDEST_FIRST, limit, 0);
  }

  /** The same without the first so many. */
  public RecordOptions offset(long records) {
    return new RecordOptions(order, limit, records);
  }
}
