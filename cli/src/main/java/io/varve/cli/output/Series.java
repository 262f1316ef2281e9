package io.varve.cli.output;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The points of one line, in the order they come. A value that is no finite number is a gap. Grows
 * as points are added; not thread-safe.
 */
final class Series {

  private final String name;
  private long[] times = new long[256];
  private double[] values = new double[256];
  private int size;
  private boolean sorted = true;

  Series(String name) {
    this.name = name;
  }

  String name() {
    return name;
  }

  int size() {
    return size;
  }

  long time(int index) {
    return times[index];
  }

  double value(int index) {
    return values[index];
  }

  boolean isGap(int index) {
    return !Double.isFinite(values[index]);
  }

  void add(long time, double value) {
    if (size == times.length) {
      times = Arrays.copyOf(times, 2 * size);
      values = Arrays.copyOf(values, 2 * size);
    }
    sorted &= size == 0 || times[size - 1] <= time;
    times[size] = time;
    values[size++] = value;
  }

  /** The same points by time. */
  Series sorted() {
    if (sorted) {
      return this;
    }
    if (isDescending()) {
      return reversed();
    }
    Series result = new Series(name);
    IntStream.range(0, size)
        .boxed()
        .sorted(Comparator.comparingLong(i -> times[i]))
        .forEach(i -> result.add(times[i], values[i]));
    return result;
  }

  private boolean isDescending() {
    for (int i = 1; i < size; i++) {
      if (times[i - 1] < times[i]) {
        return false;
      }
    }
    return true;
  }

  private Series reversed() {
    Series result = new Series(name);
    for (int i = size - 1; i >= 0; i--) {
      result.add(times[i], values[i]);
    }
    return result;
  }

  /** The usual distance between two points; 0 if there are not two. */
  long typicalSpacing() {
    if (size < 2) {
      return 0;
    }
    long[] distances = new long[size - 1];
    for (int i = 1; i < size; i++) {
      distances[i - 1] = times[i] - times[i - 1];
    }
    Arrays.sort(distances);
    return distances[distances.length / 2];
  }
}
