package io.varve.ingest;

import java.util.Map;
import java.util.TreeMap;

/**
 * The times a batch has touched, as few ranges of whole multiples of a width. More than 64 are
 * joined where the gap between them is smallest, so what is recorded never misses a time, and may
 * hold some nobody touched. Not thread-safe.
 */
final class TouchedTimes {

  private static final int MOST = 64;

  private final long width;

  /** Start to end, exclusive; they neither meet nor overlap. */
  private final TreeMap<Long, Long> ranges = new TreeMap<>();

  private long latestStart;
  private long latestEnd;

  /**
   * @param width in the units of the time column, at least 1
   */
  TouchedTimes(long width) {
    this.width = width;
  }

  void add(long time) {
    if (time < latestStart || time >= latestEnd) {
      long multiple = Math.floorDiv(time, width);
      latestStart = multiple < Long.MIN_VALUE / width ? Long.MIN_VALUE : multiple * width;
      latestEnd = multiple >= Long.MAX_VALUE / width ? Long.MAX_VALUE : (multiple + 1) * width;
      join(latestStart, latestEnd);
    }
  }

  /** Start to end, exclusive, in order. */
  Map<Long, Long> ranges() {
    return ranges;
  }

  private void join(long from, long to) {
    long start = from;
    long end = to;
    Map.Entry<Long, Long> before = ranges.floorEntry(from);
    if (before != null && before.getValue() >= from) {
      start = before.getKey();
      end = Math.max(end, before.getValue());
    }
    Map.Entry<Long, Long> after = ranges.ceilingEntry(from);
    if (after != null && after.getKey() <= end) {
      end = Math.max(end, after.getValue());
      ranges.remove(after.getKey());
    }
    ranges.put(start, end);
    if (ranges.size() > MOST) {
      closeSmallestGap();
    }
  }

  private void closeSmallestGap() {
    Map.Entry<Long, Long> previous = ranges.firstEntry();
    Map.Entry<Long, Long> best = previous;
    double smallest = Double.POSITIVE_INFINITY;
    for (Map.Entry<Long, Long> next : ranges.tailMap(previous.getKey(), false).entrySet()) {
      double gap = (double) next.getKey() - previous.getValue();
      if (gap < smallest) {
        smallest = gap;
        best = previous;
      }
      previous = next;
    }
    Map.Entry<Long, Long> joined = ranges.higherEntry(best.getKey());
    ranges.remove(joined.getKey());
    ranges.put(best.getKey(), joined.getValue());
  }
}
