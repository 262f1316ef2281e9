package io.varve.query;

import java.util.Arrays;

/**
 * The points of one series as they arrive, in the order of time and value, and where it is broken.
 * Not thread-safe.
 */
final class Line {

  private final long longestStep;
  private long[] times = new long[16];
  private double[] values = new double[16];
  private int size;
  private long rows;

  /** The gap with number i lies between points breaks[i] - 1 and breaks[i]. */
  private int[] breaks = new int[4];

  private long[] breakTimes = new long[4];
  private int gaps;

  /**
   * @param longestStep points further apart are not joined; 0 if all are
   */
  Line(long longestStep) {
    this.longestStep = longestStep;
  }

  void add(long time, double value) {
    if (size > 0 && longestStep > 0) {
      long step = time - times[size - 1];
      if (Long.compareUnsigned(step, longestStep) > 0) {
        gap(times[size - 1] + (step >>> 1));
      }
    }
    if (size == times.length) {
      times = Arrays.copyOf(times, grown(size));
      values = Arrays.copyOf(values, grown(size));
    }
    times[size] = time;
    values[size] = value;
    size++;
    rows++;
  }

  /** A row without a value; only the first between two points counts. */
  void gap(long time) {
    if (size == 0 || gaps > 0 && breaks[gaps - 1] == size) {
      return;
    }
    if (gaps == breaks.length) {
      breaks = Arrays.copyOf(breaks, grown(gaps));
      breakTimes = Arrays.copyOf(breakTimes, grown(gaps));
    }
    breaks[gaps] = size;
    breakTimes[gaps] = time;
    gaps++;
  }

  private static int grown(int length) {
    return Math.addExact(length, Math.max(length >> 1, 16));
  }

  /** Says of how many points these were selected. */
  void selectedOf(long count) {
    rows = count;
  }

  int size() {
    return size;
  }

  /** Of how many points these were selected; as many as there are unless said otherwise. */
  long rows() {
    return rows;
  }

  long time(int index) {
    return times[index];
  }

  double value(int index) {
    return values[index];
  }

  /** The points at these indices, which ascend, with the gaps between them. */
  Line select(int[] indices) {
    Line selected = new Line(0);
    for (int i = 0; i < indices.length; i++) {
      if (i > 0) {
        int gap = gapAfter(indices[i - 1]);
        if (gap < gaps && breaks[gap] <= indices[i]) {
          selected.gap(breakTimes[gap]);
        }
      }
      selected.add(times[indices[i]], values[indices[i]]);
    }
    return selected;
  }

  /** The number of the first gap after a point. */
  private int gapAfter(int index) {
    int found = Arrays.binarySearch(breaks, 0, gaps, index + 1);
    return found >= 0 ? found : -found - 1;
  }

  Points points(boolean instants) {
    int inner = gaps > 0 && breaks[gaps - 1] == size ? gaps - 1 : gaps;
    long[] allTimes = new long[size + inner];
    double[] allValues = new double[size + inner];
    int gap = 0;
    for (int i = 0; i < size; i++) {
      if (gap < inner && breaks[gap] == i) {
        allTimes[i + gap] = breakTimes[gap];
        allValues[i + gap] = Double.NaN;
        gap++;
      }
      allTimes[i + gap] = times[i];
      allValues[i + gap] = values[i];
    }
    return new Points(instants, allTimes, allValues);
  }
}
