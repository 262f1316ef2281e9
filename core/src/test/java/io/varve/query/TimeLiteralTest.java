package io.varve.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.model.ColumnType.Kind;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TimeLiteralTest {

  @ParameterizedTest
  @CsvSource({
    "TIMESTAMPTZ, 2024-02-29T12:34:56.789012Z,       2024-02-29 12:34:56.789012+00",
    "TIMESTAMP,   2024-02-29T12:34:56.789012Z,       2024-02-29 12:34:56.789012",
    "DATE,        2024-02-29T00:00:00Z,              2024-02-29",
    "TIMESTAMPTZ, 0001-01-01T00:00:00Z,              0001-01-01 00:00:00+00",
    "TIMESTAMPTZ, 0000-12-31T23:59:59.999999Z,       0001-12-31 23:59:59.999999+00 BC",
    "DATE,        -0043-03-15T00:00:00Z,             0044-03-15 BC",
    "TIMESTAMPTZ, +294276-12-31T23:59:59.999999Z,    294276-12-31 23:59:59.999999+00",
    "DATE,        +5874897-12-31T00:00:00Z,          5874897-12-31",
    "TIMESTAMPTZ, -4713-11-24T00:00:00Z,             4714-11-24 00:00:00+00 BC"
  })
  void boundThatPostgresHoldsIsItself(Kind kind, Instant instant, String expected) {
    assertThat(TimeLiteral.bound(kind, instant)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "TIMESTAMPTZ, 2024-02-29T12:34:56.789012001Z,    2024-02-29 12:34:56.789013+00",
    "TIMESTAMP,   1969-12-31T23:59:59.999999001Z,    1970-01-01 00:00:00",
    "DATE,        2024-02-28T00:00:00.000000001Z,    2024-02-29",
    "DATE,        2024-02-28T12:00:00Z,              2024-02-29",
    "DATE,        1969-12-31T23:59:59Z,              1970-01-01"
  })
  void boundBetweenTwoTimesIsTheLater(Kind kind, Instant instant, String expected) {
    assertThat(TimeLiteral.bound(kind, instant)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "TIMESTAMPTZ, +294277-01-01T00:00:00Z,           infinity",
    "TIMESTAMPTZ, +294276-12-31T23:59:59.999999001Z, infinity",
    "DATE,        +5874898-01-01T00:00:00Z,          infinity",
    "DATE,        +5874897-12-31T12:00:00Z,          infinity",
    "TIMESTAMPTZ, -4713-11-23T23:59:59.999999Z,      4714-11-24 00:00:00+00 BC",
    "DATE,        -9999-01-01T00:00:00Z,             4714-11-24 BC"
  })
  void boundBeyondTheCalendarLeavesTheSameTimesOnEitherSide(
      Kind kind, Instant instant, String expected) {
    assertThat(TimeLiteral.bound(kind, instant)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "TIMESTAMPTZ, -4713-11-24T00:00:00Z,             true",
    "TIMESTAMPTZ, -4713-11-23T23:59:59.999999Z,      false",
    "TIMESTAMPTZ, +294276-12-31T23:59:59.999999Z,    true",
    "TIMESTAMPTZ, +294276-12-31T23:59:59.999999001Z, false",
    "DATE,        +300000-01-01T00:00:00Z,           true",
    "DATE,        +5874897-12-31T12:00:00Z,          false"
  })
  void boundIsInTheCalendarOrBeyondIt(Kind kind, Instant instant, boolean expected) {
    assertThat(TimeLiteral.isInCalendar(kind, instant)).isEqualTo(expected);
    assertThat(TimeLiteral.isInCalendar(kind, Instant.MAX)).isFalse();
    assertThat(TimeLiteral.isInCalendar(kind, Instant.MIN)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"TIMESTAMPTZ", "TIMESTAMP", "DATE"})
  void outermostInstantsAreTheInfinities(Kind kind) {
    assertThat(TimeLiteral.bound(kind, Instant.MIN)).isEqualTo("-infinity");
    assertThat(TimeLiteral.bound(kind, Instant.MAX)).isEqualTo("infinity");
  }

  @Test
  void valuesAreExactOrNotAtAll() {
    assertThat(TimeLiteral.exact(Instant.parse("2024-02-29T00:00:00.000001Z")))
        .contains("2024-02-29 00:00:00.000001+00");
    assertThat(TimeLiteral.exact(Instant.parse("2024-02-29T00:00:00.000000001Z"))).isEmpty();
    assertThat(TimeLiteral.exact(Instant.parse("+294277-01-01T00:00:00Z"))).isEmpty();
    assertThat(TimeLiteral.exact(Instant.MAX)).contains("infinity");
    assertThat(TimeLiteral.exact(LocalDateTime.MIN)).contains("-infinity");
    assertThat(TimeLiteral.exact(LocalDate.of(-4713, 11, 24))).contains("4714-11-24 BC");
    assertThat(TimeLiteral.exact(LocalDate.of(-4713, 11, 23))).isEmpty();
  }
}
