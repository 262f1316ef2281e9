package io.varve.cli.csv;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChunkWidthTest {

  @ParameterizedTest
  @CsvSource({
    "0, 1, 7 days",
    "14, 4000, 7 days",
    "1400, 1e6, 7 days",
    "1401, 1e6, 30 days",
    "16000, 2284, 365 days",
    "80000, 1e6, 3650 days",
    "70, 1e9, 1 day",
    "1, 1e9, 1 hour",
    "400, 1e10, 7 days"
  })
  void suitsSpanAndDensity(long days, double rows, String expected) {
    assertThat(ChunkWidth.text(ChunkWidth.choose(Duration.ofDays(days), rows))).isEqualTo(expected);
  }

  @Property
  void neverMakesHundredsOfChunks(
      @ForAll @LongRange(min = 0, max = 700_000) long days,
      @ForAll @DoubleRange(min = 1, max = 1e12) double rows) {
    Duration width = ChunkWidth.choose(Duration.ofDays(days), rows);

    assertThat((double) days / Math.max(1, width.toHours()) * 24).isLessThanOrEqualTo(201);
  }
}
