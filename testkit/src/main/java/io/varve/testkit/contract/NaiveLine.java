package io.varve.testkit.contract;

import io.varve.query.Downsample;
import io.varve.query.Downsample.Method;
import io.varve.query.Points.Point;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Downsampling as its description has it, without regard to time or memory.
 *
 * @param rows of one line: finite values and nulls, in any order
 * @param missing the times of the nulls
 */
record NaiveLine(List<NaiveLine.Value> rows, TreeSet<Long> missing) {

  private static final Comparator<Point> ORDER =
      Comparator.comparingLong(Point::time).thenComparingDouble(Point::value);

  /** A row; null where it has no finite value. */
  record Value(long time, @Nullable Double value) {}

  NaiveLine(List<Value> rows) {
    this(
        rows,
        rows.stream()
            .filter(row -> row.value() == null)
            .map(Value::time)
            .collect(Collectors.toCollection(TreeSet::new)));
  }

  List<Point> points() {
    List<Point> points = new ArrayList<>();
    for (Value row : rows) {
      if (row.value() != null) {
        points.add(new Point(row.time(), row.value()));
      }
    }
    points.sort(ORDER);
    return points;
  }

  /** What is kept, without gaps; not for LTTB. */
  List<Point> byColumns(Downsample how, long from, long to, long unit) {
    List<Point> points = points();
    if (points.size() <= how.maxPoints()) {
      return points;
    }
    boolean m4 = how.method() == Method.M4;
    int columns = m4 ? how.maxPoints() / 4 : (how.maxPoints() - 2) / 2;
    TreeSet<Point> kept = new TreeSet<>(ORDER);
    for (List<Point> column : columns(points, columns, from, to, unit)) {
      kept.add(column.stream().min(Comparator.comparingDouble(Point::value)).orElseThrow());
      double highest = column.stream().mapToDouble(Point::value).max().orElseThrow();
      kept.add(column.stream().filter(it -> it.value() == highest).findFirst().orElseThrow());
      if (m4) {
        kept.add(column.get(0));
        kept.add(column.get(column.size() - 1));
      }
    }
    kept.add(points.get(0));
    kept.add(points.get(points.size() - 1));
    return List.copyOf(kept);
  }

  private static Collection<List<Point>> columns(
      List<Point> points, int columns, long from, long to, long unit) {
    BigInteger span = BigInteger.valueOf(to).subtract(BigInteger.valueOf(from));
    BigInteger units =
        span.divide(BigInteger.valueOf(unit).multiply(BigInteger.valueOf(columns)))
            .add(BigInteger.ONE);
    BigInteger sixteen = BigInteger.valueOf(16);
    if (units.compareTo(BigInteger.valueOf(1600)) >= 0) {
      units = units.add(BigInteger.valueOf(15)).divide(sixteen).multiply(sixteen);
    }
    BigInteger width = units.multiply(BigInteger.valueOf(unit));
    Map<BigInteger, List<Point>> all =
        points.stream()
            .collect(
                Collectors.groupingBy(
                    point ->
                        BigInteger.valueOf(point.time())
                            .subtract(BigInteger.valueOf(from))
                            .divide(width),
                    TreeMap::new,
                    Collectors.toList()));
    return all.values();
  }

  /** The points kept with a gap wherever the line is broken between two of them. */
  List<Point> withGaps(List<Point> kept, long longestStep) {
    List<Point> points = points();
    List<Point> line = new ArrayList<>();
    int next = 0;
    for (Point point : kept) {
      Long gap = null;
      while (ORDER.compare(points.get(next), point) < 0) {
        next++;
        if (gap == null && next > 0) {
          gap = gap(points.get(next - 1).time(), points.get(next).time(), longestStep);
        }
      }
      if (gap != null && !line.isEmpty()) {
        line.add(new Point(gap, Double.NaN));
      }
      line.add(point);
    }
    return line;
  }

  private @Nullable Long gap(long left, long right, long longestStep) {
    Long missing = missing().ceiling(left);
    if (missing != null && missing < right) {
      return missing;
    }
    boolean far = longestStep > 0 && Long.compareUnsigned(right - left, longestStep) > 0;
    return far ? (Long) (left + (right - left >>> 1)) : null;
  }

  /**
   * Fails unless the points kept are a choice of Steinarsson's algorithm; of triangles that differ
   * by less than a billionth either is taken for the largest.
   */
  static void assertTriangles(List<Point> points, List<Point> kept) {
    int buckets = kept.size() - 2;
    BigDecimal tolerance = new BigDecimal("0.999999999");
    for (int bucket = 0; bucket < buckets; bucket++) {
      List<Point> candidates =
          points.subList(start(points, buckets, bucket), start(points, buckets, bucket + 1));
      List<Point> next =
          bucket + 1 == buckets
              ? points.subList(points.size() - 1, points.size())
              : points.subList(
                  start(points, buckets, bucket + 1), start(points, buckets, bucket + 2));
      Point before = kept.get(bucket);
      Point chosen = kept.get(bucket + 1);
      BigDecimal largest =
          candidates.stream()
              .map(it -> area(before, it, next))
              .max(Comparator.naturalOrder())
              .orElseThrow();
      if (!candidates.contains(chosen)
          || area(before, chosen, next).compareTo(largest.multiply(tolerance)) < 0) {
        throw new AssertionError(
            "bucket %d: %s was chosen after %s, of %s; the largest triangle is %s"
                .formatted(bucket, chosen, before, candidates, largest));
      }
    }
  }

  private static int start(List<Point> points, int buckets, int bucket) {
    return (int) Math.floor((double) bucket * (points.size() - 2) / buckets) + 1;
  }

  /** Twice the triangle's area, times the number of points in the next bucket: exact. */
  private static BigDecimal area(Point before, Point point, List<Point> next) {
    BigDecimal ax = BigDecimal.valueOf(before.time());
    BigDecimal ay = new BigDecimal(before.value());
    BigDecimal count = BigDecimal.valueOf(next.size());
    BigDecimal x = BigDecimal.ZERO;
    BigDecimal y = BigDecimal.ZERO;
    for (Point each : next) {
      x = x.add(BigDecimal.valueOf(each.time()));
      y = y.add(new BigDecimal(each.value()));
    }
    return x.subtract(ax.multiply(count))
        .multiply(new BigDecimal(point.value()).subtract(ay))
        .subtract(
            BigDecimal.valueOf(point.time()).subtract(ax).multiply(y.subtract(ay.multiply(count))))
        .abs();
  }
}
