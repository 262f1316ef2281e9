package io.varve.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.jdbc.IsoTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Which points are kept. */
final class ReductionTest {

  private static final Comparator<Points.Point> ORDER =
      Comparator.comparingLong(Points.Point::time).thenComparingDouble(Points.Point::value);

  @Provide
  Arbitrary<List<Points.Point>> points() {
    Arbitrary<Long> times =
        Arbitraries.oneOf(
            Arbitraries.longs().between(-20, 40),
            Arbitraries.longs().between(-5_000, 5_000),
            Arbitraries.of(Long.MIN_VALUE, Long.MAX_VALUE, 0L));
    Arbitrary<Double> values =
        Arbitraries.oneOf(
            Arbitraries.integers().between(-3, 3).map(Integer::doubleValue),
            Arbitraries.doubles().between(-1e6, 1e6).map(it -> it + 0.0));
    return Combinators.combine(times, values)
        .as(Points.Point::new)
        .list()
        .ofMaxSize(200)
        .map(list -> list.stream().sorted(ORDER).toList());
  }

  private static Line line(List<Points.Point> points) {
    Line line = new Line(0);
    points.forEach(point -> line.add(point.time(), point.value()));
    return line;
  }

  private static Grid grid(List<Points.Point> points, Downsample how) {
    return points.isEmpty()
        ? new Grid(0, 0, 1, 1)
        : Grid.of(points.get(0).time(), points.get(points.size() - 1).time(), how.columns(), 1);
  }

  private static List<Points.Point> reduce(List<Points.Point> points, Downsample how) {
    Line line = new Reduction(how, grid(points, how)).reduce(line(points));
    List<Points.Point> kept = new ArrayList<>();
    line.points(false).forEach(kept::add);
    return kept;
  }

  private static List<Points.Point> naive(List<Points.Point> points, Downsample how) {
    if (points.size() <= how.maxPoints()) {
      return points;
    }
    Grid grid = grid(points, how);
    TreeSet<Points.Point> kept = new TreeSet<>(ORDER);
    points.stream()
        .collect(Collectors.groupingBy(point -> grid.column(point.time())))
        .values()
        .forEach(
            column -> {
              column.stream().min(Comparator.comparingDouble(Points.Point::value)).map(kept::add);
              double highest = column.stream().mapToDouble(Points.Point::value).max().orElseThrow();
              column.stream().filter(it -> it.value() == highest).findFirst().map(kept::add);
              if (how.method() == Downsample.Method.M4) {
                kept.add(column.get(0));
                kept.add(column.get(column.size() - 1));
              }
            });
    kept.add(points.get(0));
    kept.add(points.get(points.size() - 1));
    return List.copyOf(kept);
  }

  @Property(tries = 2000)
  void ofEachColumnTheEndsAndExtremesAreKept(
      @ForAll("points") List<Points.Point> points, @ForAll @IntRange(min = 1, max = 40) int size) {
    assertThat(reduce(points, Downsample.m4(size))).isEqualTo(naive(points, Downsample.m4(size)));
    Downsample minMax = Downsample.minMax(size + 3);
    assertThat(reduce(points, minMax))
        .isEqualTo(naive(points, minMax))
        .hasSizeLessThanOrEqualTo(size + 3);
  }

  @Property(tries = 1000)
  void whatWasSelectedByColumnsIsSelectedAgain(
      @ForAll("points") List<Points.Point> points, @ForAll @IntRange(min = 1, max = 20) int size) {
    Downsample m4 = Downsample.m4(size);
    Grid grid = grid(points, m4);
    Line once = new Reduction(m4, grid).reduce(line(points));
    once.selectedOf(points.size());
    Downsample minMax = Downsample.minMax(2 * size + 2);
    if (points.size() > m4.maxPoints()) {
      assertThat(new Reduction(m4, grid).reduce(once).points(false)).isEqualTo(once.points(false));
      assertThat(new Reduction(minMax, grid).reduce(once).points(false))
          .isEqualTo(new Reduction(minMax, grid).reduce(line(points)).points(false));
    }
  }

  @Property(tries = 1000)
  void triangleMethodsKeepTheEndsAndAsManyPointsAsWereAskedFor(
      @ForAll("points") List<Points.Point> points, @ForAll @IntRange(min = 4, max = 60) int size) {
    List<Points.Point> lttb = reduce(points, Downsample.lttb(size));
    assertThat(lttb)
        .hasSize(Math.min(size, points.size()))
        .isSubsetOf(points)
        .isSortedAccordingTo(ORDER);
    List<Points.Point> both = reduce(points, Downsample.minMaxLttb(size));
    assertThat(both).hasSizeLessThanOrEqualTo(size).isSubsetOf(points);
    if (!points.isEmpty()) {
      assertThat(List.of(lttb, both))
          .allSatisfy(
              kept ->
                  assertThat(kept)
                      .startsWith(points.get(0))
                      .endsWith(points.get(points.size() - 1)));
      assertThat(both)
          .extracting(Points.Point::value)
          .contains(
              points.stream().mapToDouble(Points.Point::value).min().orElseThrow(),
              points.stream().mapToDouble(Points.Point::value).max().orElseThrow());
    }
  }

  /** Three of five is the example of the Rust crate lttb; the others are computed by hand. */
  @Test
  void examplesOfTrianglesComeOutAsPublished() {
    List<Points.Point> five = numbered(10, 12, 8, 10, 12);
    assertThat(reduce(five, Downsample.lttb(4)))
        .containsExactly(five.get(0), five.get(1), five.get(2), five.get(4));
    assertThat(reduce(five, Downsample.lttb(3)))
        .containsExactly(five.get(0), five.get(2), five.get(4));
    List<Points.Point> ten = numbered(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    assertThat(reduce(ten, Downsample.lttb(4)))
        .containsExactly(ten.get(0), ten.get(1), ten.get(5), ten.get(9));
  }

  private static List<Points.Point> numbered(double... values) {
    return IntStream.range(0, values.length).mapToObj(i -> new Points.Point(i, values[i])).toList();
  }

  @Test
  void gapsStayBetweenThePointsAroundThem() {
    Line line = new Line(10);
    line.gap(-1);
    line.add(0, 1);
    line.gap(1);
    line.gap(2);
    line.add(3, 2);
    line.add(13, 3);
    line.add(24, 4);
    line.gap(25);
    assertThat(line.points(false).times()).containsExactly(0, 1, 3, 13, 18, 24);
    assertThat(line.points(false).isGap(1)).isTrue();
    Points ends = line.select(new int[] {0, 3}).points(false);
    assertThat(ends.times()).containsExactly(0, 1, 24);
    assertThat(line.select(new int[] {1, 2}).points(false).times()).containsExactly(3, 13);
  }

  @Test
  void theWidestAxisIsCutIntoEqualColumns() {
    Grid grid = Grid.of(Long.MIN_VALUE, Long.MAX_VALUE, 1000, 1);
    assertThat(grid.column(Long.MIN_VALUE)).isZero();
    assertThat(grid.column(Long.MAX_VALUE)).isEqualTo(999);
    assertThat(grid.isSigned()).isFalse();
    assertThat(Grid.of(0, 100 * IsoTime.MICROS_PER_DAY, 7, IsoTime.MICROS_PER_DAY).width())
        .isEqualTo(15 * IsoTime.MICROS_PER_DAY);
    assertThat(Grid.of(5, 5, 7, 1).column(5)).isZero();
    assertThat(Grid.of(0, 3_000_000, 1000, 1)).isEqualTo(new Grid(0, 3_000_000, 3008, 16));
  }
}
