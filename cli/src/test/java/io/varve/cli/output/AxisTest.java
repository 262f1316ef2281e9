package io.varve.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class AxisTest {

  @Test
  void valuesAreLabelledRound() {
    ValueAxis axis = ValueAxis.of(313.04, 373.9, 5);

    assertThat(axis.ticks().stream().map(axis::label))
        .containsExactly("300", "320", "340", "360", "380");
    assertThat(axis.position(340)).isEqualTo(0.5);
  }

  @Test
  void smallStepsHaveDecimals() {
    ValueAxis axis = ValueAxis.of(0.012, 0.034, 3);

    assertThat(axis.ticks().stream().map(axis::label))
        .containsExactly("0.01", "0.02", "0.03", "0.04");
  }

  @Test
  void oneValueStandsInTheMiddle() {
    assertThat(ValueAxis.of(5, 5, 4).position(5)).isBetween(0.4, 0.6);
    assertThat(ValueAxis.of(0, 0, 4).position(0)).isEqualTo(0.5);
  }

  @Property
  void everyFiniteRangeHasAnAxis(@ForAll double a, @ForAll double b) {
    double least = Math.min(a, b);
    double most = Math.max(a, b);
    ValueAxis axis = ValueAxis.of(least, most, 5);

    assertThat(axis.position(least)).isBetween(-1e-6, 1.0 + 1e-6);
    assertThat(axis.position(most)).isBetween(-1e-6, 1.0 + 1e-6);
    assertThat(axis.ticks()).hasSizeBetween(2, 30);
  }

  @Test
  void timesAreLabelledByTheCalendarOfTheirZone() {
    assertThat(labels("1958-03-29T00:00:00Z", "2001-12-29T00:00:00Z", "UTC", 5))
        .containsExactly("1960", "1970", "1980", "1990", "2000");
    assertThat(labels("2024-03-30T22:00:00Z", "2024-03-31T04:00:00Z", "Europe/Berlin", 6))
        .containsExactly("23:00", "00:00", "01:00", "03:00", "04:00", "05:00", "06:00");
    assertThat(labels("2024-01-15T00:00:00Z", "2024-06-15T00:00:00Z", "UTC", 6))
        .containsExactly("2024-02", "2024-03", "2024-04", "2024-05", "2024-06");
  }

  private static List<String> labels(String from, String to, String zone, int most) {
    return new TimeAxis(micros(from), micros(to), ZoneId.of(zone))
        .ticks(most).stream().map(TimeAxis.Tick::label).toList();
  }

  private static long micros(String instant) {
    return Instant.parse(instant).getEpochSecond() * 1_000_000;
  }
}
