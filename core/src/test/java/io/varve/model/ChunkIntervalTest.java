package io.varve.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.MappingException;
import io.varve.model.ColumnType.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChunkIntervalTest {

  @ParameterizedTest
  @CsvSource({
    "1 microsecond, 1",
    "250 milliseconds, 250000",
    "1 second, 1000000",
    "15 minutes, 900000000",
    "1 hour, 3600000000",
    "1 day, 86400000000",
    "7 days, 604800000000",
    " 2  Weeks , 1209600000000",
    "106751991 days, 9223372022400000000"
  })
  void timestampsCountMicroseconds(String text, long units) {
    assertThat(parse(text, Kind.TIMESTAMPTZ)).isEqualTo(units);
    assertThat(parse(text, Kind.TIMESTAMP)).isEqualTo(units);
  }

  @ParameterizedTest
  @CsvSource({"1 day, 1", "24 hours, 1", "2 weeks, 14"})
  void datesCountDays(String text, long units) {
    assertThat(parse(text, Kind.DATE)).isEqualTo(units);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "100000, 100000", "9223372036854775807, 9223372036854775807"})
  void bigintCountsItsOwnUnits(String text, long units) {
    assertThat(parse(text, Kind.BIGINT)).isEqualTo(units);
  }

  @ParameterizedTest
  @CsvSource({
    "day",
    "1",
    "1day",
    "one day",
    "1.5 days",
    "1 fortnight",
    "1 d",
    "1 dayss",
    "1 day 2"
  })
  void anotherSpellingIsRefused(String text) {
    refused(
        text,
        Kind.TIMESTAMPTZ,
        "expected \"<n> <unit>\" with microseconds, milliseconds, seconds, minutes, hours, days or"
            + " weeks, such as \"1 day\"");
  }

  @ParameterizedTest
  @CsvSource({"0 days", "-1 day", "0 weeks"})
  void aWidthThatIsNotPositiveIsRefused(String text) {
    refused(text, Kind.TIMESTAMPTZ, "expected a positive width");
    refused(text, Kind.DATE, "expected a positive width");
  }

  @Test
  void whatDoesNotFitTheColumnIsRefused() {
    refused(
        "1 year",
        Kind.DATE,
        "a chunk has a fixed width, which months and years have not; use days, such as"
            + " \"365 days\"");
    refused("36 hours", Kind.DATE, "expected whole days or weeks for a date");
    refused("106751992 days", Kind.TIMESTAMP, "expected at most 106751991 days");
    refused("1 day", Kind.BIGINT, "expected a plain integer in the units of a bigint time");
    refused("0", Kind.BIGINT, "expected a positive width");
    refused("9223372036854775808", Kind.BIGINT, "expected at most 9223372036854775807");
  }

  @Test
  void aWidthIsPositiveHoweverItIsMade() {
    assertThatThrownBy(() -> new ChunkInterval(0))
        .isInstanceOf(MappingException.class)
        .hasMessage("a chunk of 0 units; expected a positive width");
  }

  private static long parse(String text, Kind time) {
    return ChunkInterval.parse(text, ColumnType.of(time)).units();
  }

  private static void refused(String text, Kind time, String reason) {
    assertThatThrownBy(() -> parse(text, time))
        .isInstanceOf(MappingException.class)
        .hasMessage("chunk \"%s\": %s".formatted(text, reason));
  }
}
