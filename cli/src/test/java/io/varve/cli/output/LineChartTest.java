package io.varve.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.cli.shell.TextStyle;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class LineChartTest {

  private static final TextStyle UNICODE = new TextStyle(false, true);
  private static final TextStyle COLOR = new TextStyle(true, true);
  private static final long HOUR = Duration.ofHours(1).toMillis() * 1000;
  private static final long START = micros("2024-01-01T00:00:00Z");

  @Test
  void drawsAxesLabelsAndLegend() {
    Series line = new Series("temperature");
    for (int i = 0; i <= 20; i++) {
      line.add(START + i * HOUR, i);
    }

    assertThat(String.join("\n", chart(List.of(line), TextStyle.plain(), 40, 7)))
        .isEqualTo(
            """
            20 +                                 ***
               |                            *****
               |                     *******
            10 +                *****
               |           *****
               |    *******
             0 +****
               ++--------------------+--------------
            01-01 00:00         01-01 12:00
                2024-01-01 to 2024-01-01 20:00:00 (UTC)
                * temperature""");
  }

  @Test
  void gapsStayGaps() {
    Series line = new Series("v");
    for (int i = 0; i < 100; i++) {
      if (i < 40 || i >= 60) {
        line.add(START + i * HOUR, 1);
      }
    }

    assertThat(plot(chart(List.of(line), TextStyle.plain(), 104, 3)))
        .contains("*    ")
        .contains("    *");
  }

  @Test
  void aNullIsAGapAndASinglePointIsADot() {
    Series line = new Series("v");
    line.add(START, 1);
    line.add(START + HOUR, Double.NaN);
    line.add(START + 2 * HOUR, 1);

    assertThat(plot(chart(List.of(line), TextStyle.plain(), 64, 3)))
        .matches("(?s).*\\*\\s{20,}.*\\*.*");
  }

  @Test
  void oneSpikeInAMillionPointsIsStillThere() {
    Series line = new Series("v");
    for (int i = 0; i < 1_000_000; i++) {
      line.add(START + i * 1_000_000L, i == 617_000 ? 100 : 1);
    }

    List<String> lines = chart(List.of(line), UNICODE, 80, 15);

    assertThat(lines.get(0)).startsWith("100 ┤").matches(".*[\\u2801-\\u28ff].*");
  }

  @Test
  void severalSeriesHaveColorsOrMarks() {
    Series one = new Series("one");
    Series two = new Series("two");
    for (int i = 0; i < 10; i++) {
      one.add(START + i * HOUR, i);
      two.add(START + i * HOUR, 10 - i);
    }

    assertThat(plot(chart(List.of(one, two), UNICODE, 60, 8))).contains("*").contains("+");
    assertThat(String.join("\n", chart(List.of(one, two), COLOR, 60, 8)))
        .contains("\u001b[36m")
        .contains("\u001b[33m")
        .contains("one")
        .contains("two");
  }

  @Test
  void newestFirstDrawsTheSame() {
    Series up = new Series("v");
    Series down = new Series("v");
    for (int i = 0; i < 50; i++) {
      up.add(START + i * HOUR, i * i);
      down.add(START + (49 - i) * HOUR, (49 - i) * (49 - i));
    }

    assertThat(chart(List.of(down), UNICODE, 60, 8)).isEqualTo(chart(List.of(up), UNICODE, 60, 8));
  }

  @Test
  void nothingToDrawIsNoChart() {
    Series empty = new Series("v");
    empty.add(START, Double.NaN);

    assertThat(chart(List.of(empty), UNICODE, 60, 8)).isEmpty();
  }

  @Property
  void anyValuesMakeAChartOfTheSizeAskedFor(
      @ForAll @Size(min = 1, max = 50) List<Double> values,
      @ForAll @IntRange(min = 30, max = 200) int width) {
    Series line = new Series("v");
    for (int i = 0; i < values.size(); i++) {
      line.add(START + i * HOUR, values.get(i));
    }

    List<String> lines = chart(List.of(line), UNICODE, width, 10);

    assertThat(lines).hasSize(14);
    assertThat(lines.subList(0, 12)).allMatch(text -> text.length() <= width);
  }

  private static String plot(List<String> lines) {
    return String.join("\n", lines.subList(0, lines.size() - 4));
  }

  private static List<String> chart(List<Series> series, TextStyle style, int width, int height) {
    return new LineChart(
            series, new ChartOptions(width, height, ZoneOffset.UTC, Optional.empty()), style)
        .draw();
  }

  private static long micros(String instant) {
    return Instant.parse(instant).getEpochSecond() * 1_000_000;
  }
}
