package io.varve.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.cli.shell.CommandException;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpanTest {

  @ParameterizedTest
  @CsvSource({
    "30s, PT30S",
    "15m, PT15M",
    "15 min, PT15M",
    "1h, PT1H",
    "1 hour, PT1H",
    "7d, PT168H",
    "2 Weeks, PT336H"
  })
  void readsFixedWidths(String text, Duration expected) {
    assertThat(Span.parse(text)).isEqualTo(new Span(expected, Period.ZERO));
  }

  @ParameterizedTest
  @CsvSource({"1mo, P1M", "3 months, P3M", "1y, P1Y", "10 years, P10Y"})
  void readsCalendarWidths(String text, Period expected) {
    assertThat(Span.parse(text)).isEqualTo(new Span(Duration.ZERO, expected));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "7", "d", "-1d", "0d", "1.5h", "1 fortnight", "temperature"})
  void refusesOtherTexts(String text) {
    assertThat(Span.isSpan(text)).isFalse();
    assertThatThrownBy(() -> Span.parse(text))
        .isInstanceOf(CommandException.class)
        .hasMessage("\"" + text + "\" is no span of time");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1M", "15 M"})
  void aCapitalMIsRefused(String text) {
    assertThatThrownBy(() -> Span.parse(text))
        .isInstanceOf(CommandException.class)
        .hasMessage("\"" + text + "\" could be minutes or months");
  }

  @Test
  void goesBackByTheCalendar() {
    Instant march = Instant.parse("2024-03-31T12:00:00Z");

    assertThat(Span.parse("1mo").before(march, ZoneId.of("UTC")))
        .isEqualTo(Instant.parse("2024-02-29T12:00:00Z"));
    assertThat(Span.parse("1d").before(march, ZoneId.of("Europe/Berlin")))
        .isEqualTo(Instant.parse("2024-03-30T12:00:00Z"));
  }
}
