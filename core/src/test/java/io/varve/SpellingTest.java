package io.varve;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SpellingTest {

  @ParameterizedTest
  @CsvSource({
    "pool, pool, 0",
    "Pool, pOOL, 0",
    "pol, pool, 1",
    "poool, pool, 1",
    "pxol, pool, 1",
    "opol, pool, 2",
    "'', pool, 4",
    "pool, size, 4"
  })
  void distanceCountsLettersInsertedLeftOutAndReplaced(String left, String right, int expected) {
    assertThat(Spelling.distance(left, right)).isEqualTo(expected);
    assertThat(Spelling.distance(right, left)).isEqualTo(expected);
  }

  @Test
  void nearestOfSeveralIsFound() {
    assertThat(Spelling.nearest("ssl-mod", List.of("ssl-cert", "sslmode", "ssl-mode")))
        .contains("ssl-mode");
  }

  @Test
  void nothingIsGuessedFromFarAway() {
    assertThat(Spelling.nearest("pgbouncer", List.of("password", "port"))).isEmpty();
  }
}
