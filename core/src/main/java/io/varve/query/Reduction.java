package io.varve.query;

import java.util.Arrays;

/**
 * Selects the points of a line that are kept. Of points with the same extreme value the earliest is
 * taken; of points with the same time, the first is the one with the smallest value and the last
 * the one with the greatest.
 *
 * <p>Selecting by columns from points that were selected by columns of the same grid changes
 * nothing, and of M4's points minMax keeps what it keeps of all points: what the server has
 * preselected goes the same way as all rows do.
 */
final class Reduction {

  private final Downsample how;
  private final Grid grid;

  Reduction(Downsample how, Grid grid) {
    this.how = how;
    this.grid = grid;
  }

  Line reduce(Line line) {
    return switch (how.method()) {
      case M4, MIN_MAX -> byColumns(line);
      case LTTB -> lttb(line, how.maxPoints());
      case MIN_MAX_LTTB -> minMaxLttb(line);
    };
  }

  /** The points kept of each column, or all if they are few. */
  private Line byColumns(Line line) {
    return line.rows() <= how.preselected()
        ? line
        : line.select(new Columns(line, grid, how.method() == Downsample.Method.M4).indices());
  }

  private Line minMaxLttb(Line line) {
    Line preselected = byColumns(line);
    if (preselected.size() <= how.maxPoints()) {
      return preselected;
    }
    int lowest = 0;
    int highest = 0;
    for (int i = 1; i < preselected.size(); i++) {
      lowest = preselected.value(i) < preselected.value(lowest) ? i : lowest;
      highest = preselected.value(i) > preselected.value(highest) ? i : highest;
    }
    int[] kept = triangles(preselected, how.maxPoints() - 2);
    int[] all = Arrays.copyOf(kept, kept.length + 2);
    all[kept.length] = lowest;
    all[kept.length + 1] = highest;
    return preselected.select(Arrays.stream(all).sorted().distinct().toArray());
  }

  private static Line lttb(Line line, int points) {
    return line.size() <= points ? line : line.select(triangles(line, points));
  }

  /**
   * Steinarsson's algorithm: of each bucket the point that spans the largest triangle with the
   * point kept before and the mean of the next bucket; the earliest of several.
   *
   * @param points at least 2, fewer than the line has
   */
  private static int[] triangles(Line line, int points) {
    int last = line.size() - 1;
    int[] kept = new int[points];
    kept[points - 1] = last;
    for (int bucket = 1; bucket < points - 1; bucket++) {
      int start = start(line, points, bucket);
      int next = start(line, points, bucket + 1);
      int end = bucket + 1 == points - 1 ? last + 1 : start(line, points, bucket + 2);
      kept[bucket] = largest(line, kept[bucket - 1], start, next, end);
    }
    return kept;
  }

  /** The buckets share the points without the first and the last; they are numbered from 1. */
  private static int start(Line line, int points, int bucket) {
    return (int) ((bucket - 1L) * (line.size() - 2) / (points - 2)) + 1;
  }

  private static int largest(Line line, int before, int start, int next, int end) {
    double x = 0;
    double y = 0;
    for (int i = next; i < end; i++) {
      x += distance(line, i, before);
      y += line.value(i);
    }
    x /= end - next;
    double height = y / (end - next) - line.value(before);
    int largest = start;
    double area = -1;
    for (int i = start; i < next; i++) {
      double candidate =
          Math.abs(x * (line.value(i) - line.value(before)) - distance(line, i, before) * height);
      if (candidate > area) {
        largest = i;
        area = candidate;
      }
    }
    return largest;
  }

  private static double distance(Line line, int index, int before) {
    long distance = line.time(index) - line.time(before);
    return distance >= 0 ? distance : (double) line.time(index) - line.time(before);
  }

  /** One pass over a line, column by column. */
  private static final class Columns {

    private final Line line;
    private final Grid grid;
    private final boolean ends;
    private int[] kept = new int[64];
    private int count;

    /**
     * @param ends whether the first and last point of each column are kept
     */
    Columns(Line line, Grid grid, boolean ends) {
      this.line = line;
      this.grid = grid;
      this.ends = ends;
    }

    int[] indices() {
      int start = 0;
      while (start < line.size()) {
        long column = grid.column(line.time(start));
        int end = start + 1;
        while (end < line.size() && grid.column(line.time(end)) == column) {
          end++;
        }
        keep(start, end);
        start = end;
      }
      return Arrays.copyOf(kept, count);
    }

    private void keep(int start, int end) {
      int lowest = start;
      int highest = start;
      for (int i = start + 1; i < end; i++) {
        lowest = line.value(i) < line.value(lowest) ? i : lowest;
        highest = line.value(i) > line.value(highest) ? i : highest;
      }
      if (ends || start == 0) {
        keep(start);
      }
      keep(Math.min(lowest, highest));
      keep(Math.max(lowest, highest));
      if (ends || end == line.size()) {
        keep(end - 1);
      }
    }

    /** Ascending; a point is kept once, and so are two rows that are the same point. */
    private void keep(int index) {
      if (count > 0 && isSame(kept[count - 1], index)) {
        return;
      }
      if (count == kept.length) {
        kept = Arrays.copyOf(kept, 2 * count);
      }
      kept[count++] = index;
    }

    private boolean isSame(int left, int right) {
      return line.time(left) == line.time(right) && line.value(left) == line.value(right);
    }
  }
}
