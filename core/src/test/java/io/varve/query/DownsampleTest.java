package io.varve.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.model.Row;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

/** What may be asked for, and what the answers say. */
final class DownsampleTest {

  @Test
  void sizesAreLimited() {
    assertThatThrownBy(() -> Downsample.m4(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("M4 for 0 pixels; expected 1 to 1000000");
    assertThatThrownBy(() -> Downsample.minMax(3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("MIN_MAX to 3 points; expected 4 to 4000000");
    assertThatThrownBy(() -> Downsample.lttb(1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("LTTB to 1 points; expected 2 to 4000000");
    assertThat(Downsample.m4(1_000_000).maxPoints()).isEqualTo(Downsample.MAX_POINTS);
    assertThat(Downsample.minMaxLttb(Downsample.MAX_POINTS).columns()).isEqualTo(7_999_999);
  }

  @Test
  void gapsAreLongerThanSomething() {
    assertThatThrownBy(() -> Downsample.m4(1).gapsLongerThan(Duration.ofNanos(999)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("gaps longer than PT0.000000999S; expected a microsecond or more");
    assertThatThrownBy(() -> Downsample.m4(1).gapsLongerThan(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("gaps longer than 0; expected more than zero");
    assertThat(Downsample.m4(1).gapsLongerThan(Duration.ofNanos(1999)).longestStep()).isEqualTo(1);
    assertThat(Downsample.m4(1).gapsLongerThan(Duration.ofSeconds(Long.MAX_VALUE)).longestStep())
        .isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void pointsAreIteratedAndCompared() {
    Points points = new Points(true, new long[] {-1, 0, 2}, new double[] {1, Double.NaN, 3});
    assertThat(points)
        .containsExactly(
            new Points.Point(-1, 1), new Points.Point(0, Double.NaN), new Points.Point(2, 3));
    assertThat(points.instant(0)).isEqualTo(Instant.EPOCH.minusNanos(1000));
    assertThat(points)
        .isEqualTo(new Points(true, new long[] {-1, 0, 2}, new double[] {1, Double.NaN, 3}))
        .hasToString("Points[3 from -1 to 2]");
    points.times()[0] = 7;
    assertThat(points.time(0)).isEqualTo(-1);
    var all = points.iterator();
    all.forEachRemaining(point -> assertThat(point.time()).isBetween(-1L, 2L));
    assertThatThrownBy(all::next).isInstanceOf(NoSuchElementException.class);
    assertThatThrownBy(() -> new Points(false, new long[] {5}, new double[] {1}).instant(0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("time 5 is a bigint; expected time(int), which has its units");
  }

  @Test
  void percentIsOfTheSizeOfTheFirstValue() {
    Row series = new Row(List.of());
    assertThat(new Change(series, -4, -2).percent()).hasValue(50);
    assertThat(new Change(series, 4, 1).percent()).hasValue(-75);
    assertThat(new Change(series, 0, 1).percent()).isEmpty();
  }
}
