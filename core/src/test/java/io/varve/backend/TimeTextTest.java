package io.varve.backend;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TimeTextTest {

  @ParameterizedTest
  @CsvSource({
    "timestamp with time zone, 0, 1970-01-01 00:00:00+00",
    "timestamp with time zone, -1, 1969-12-31 23:59:59.999999+00",
    "timestamp with time zone, 500000, 1970-01-01 00:00:00.5+00",
    "timestamp with time zone, 1709251199000010, 2024-02-29 23:59:59.00001+00",
    "timestamp with time zone, -62135596800000000, 0001-01-01 00:00:00+00",
    "timestamp with time zone, -62135596800000001, 0001-12-31 23:59:59.999999+00 BC",
    "timestamp with time zone, -210866803200000000, 4714-11-24 00:00:00+00 BC",
    "timestamp with time zone, 9223372036854775806, 294247-01-10 04:00:54.775806+00",
    "timestamp with time zone, 9223372036854775807, infinity",
    "timestamp with time zone, -9223372036854775808, -infinity",
    "timestamp without time zone, 86400000000, 1970-01-02 00:00:00",
    "date, 19782, 2024-02-29",
    "date, -719163, 0001-12-31 BC",
    "date, 2145042905, 5874897-12-31",
    "bigint, -1000, -1000",
    "smallint, 7, 7",
    "bigint, 9223372036854775807, 9223372036854775807"
  })
  void timeReadsAsPostgresPrintsIt(String type, long units, String text) {
    assertThat(TimeText.of(type).of(units)).isEqualTo(text);
  }
}
