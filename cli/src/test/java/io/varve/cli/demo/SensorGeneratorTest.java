package io.varve.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

class SensorGeneratorTest {

  @Test
  void theSameSeedMakesTheSameReadings() {
    assertThat(readings(5_000, 7)).isEqualTo(readings(5_000, 7));
    assertThat(readings(5_000, 7)).isNotEqualTo(readings(5_000, 8));
  }

  @Test
  void makesExactlyTheRowsAskedFor() {
    assertThat(readings(12_345, 1)).hasSize(12_345);
    SensorGenerator none = new SensorGenerator(0, 1, count -> {});
    assertThat(none.hasNext()).isFalse();
    assertThatThrownBy(none::next).isInstanceOf(NoSuchElementException.class);
  }

  @Test
  void sensorsFailForAWhileAndSpike() {
    List<SensorReading> readings = readings(400_000, 1);
    long steps = readings.stream().map(SensorReading::time).distinct().count();

    assertThat(steps * 20).isGreaterThan(readings.size());
    assertThat(readings).anyMatch(reading -> reading.temperature() > 35);
    assertThat(readings).allMatch(reading -> reading.humidity() <= 100 && reading.humidity() >= 5);
  }

  private static List<SensorReading> readings(long rows, long seed) {
    List<SensorReading> readings = new ArrayList<>();
    new SensorGenerator(rows, seed, count -> {}).forEachRemaining(readings::add);
    return readings;
  }
}
