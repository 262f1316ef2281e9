package io.varve.cli.csv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeTextTest {

  private static final LocalZone UTC = new LocalZone(ZoneOffset.UTC);

  @ParameterizedTest
  @CsvSource({
    "2014-02-14T14:30:00Z, 2014-02-14T14:30:00Z",
    "2014-02-14 14:30:00, 2014-02-14T14:30:00Z",
    "2014-02-14 14:30, 2014-02-14T14:30:00Z",
    "2014-02-14, 2014-02-14T00:00:00Z",
    "2014/2/4, 2014-02-04T00:00:00Z",
    "2014.02.14 1:05, 2014-02-14T01:05:00Z",
    "20140214, 2014-02-14T00:00:00Z",
    "20140214T1430, 2014-02-14T14:30:00Z",
    "20140214T143015Z, 2014-02-14T14:30:15Z",
    "2014-02-14T14:30:00+02:00, 2014-02-14T12:30:00Z",
    "2014-02-14T14:30:00-0530, 2014-02-14T20:00:00Z",
    "2014-02-14 14:30:00+00, 2014-02-14T14:30:00Z",
    "2014-02-14 14:30:00 UTC, 2014-02-14T14:30:00Z",
    "2014-02-14T14:30:00.5Z, 2014-02-14T14:30:00.500Z",
    "'2014-02-14T14:30:00,123456Z', 2014-02-14T14:30:00.123456Z",
    "2014-02-14T14:30:00.123456000Z, 2014-02-14T14:30:00.123456Z",
    "2014-02-14T24:00:00Z, 2014-02-15T00:00:00Z",
    "2024-02-29, 2024-02-29T00:00:00Z",
    "294276-12-31T23:59:59.999999Z, +294276-12-31T23:59:59.999999Z",
    "0001-01-01, 0001-01-01T00:00:00Z"
  })
  void readsWhatPeopleAndProgramsWrite(String text, Instant expected) {
    assertThat(parse(text).instant(UTC)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "soon",
        "2014",
        "2014-02",
        "2014-02-14T",
        "2014-02-14T14",
        "2014-02/14",
        "2014-02-14T14:3",
        "2014-02-14T14:30:",
        "2014-02-14T14:30:00.",
        "2014-02-14T14:30.5",
        "2014-02-14T1430,5",
        "2014-02-14T14:30:00+2",
        "2014-02-14T14:30:00 CET",
        "2014-02-14T14:30:00Z!",
        "201402141",
        "99999999999999999999"
      })
  void refusesWhatIsNoTime(String text) {
    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(Unfit.class)
        .hasMessage("is not a time like 2014-02-14T14:30:00Z");
  }

  @ParameterizedTest
  @CsvSource({
    "2014-02-30, is not a date of the calendar",
    "2023-02-29, is not a date of the calendar",
    "2014-13-01, is not a date of the calendar",
    "2014-02-14T25:00:00Z, is not a time of day",
    "2014-02-14T24:00:01Z, is not a time of day",
    "2014-02-14T12:60:00Z, is not a time of day",
    "2014-02-14T12:00:60Z, is not a time of day",
    "2014-02-14T12:00:00.1234567Z, is finer than a microsecond",
    "2014-02-14T12:00:00+19:00, has an impossible offset from UTC",
    "2014-02-14T12:00:00+02:60, has an impossible offset from UTC"
  })
  void saysWhatIsWrong(String text, String reason) {
    assertThatThrownBy(() -> parse(text)).isInstanceOf(Unfit.class).hasMessage(reason);
  }

  @Test
  void refusesTheYearAfterPostgresEnds() {
    assertThatThrownBy(() -> parse("294277-01-01T00:00:00Z").instant(UTC))
        .isInstanceOf(Unfit.class)
        .hasMessage("is outside of what PostgreSQL can hold, 4714 BC to the year 294276");
  }

  @Test
  void readsTheOrderItIsTold() {
    assertThat(TimeText.parse("03/04/2014 05:06", DateOrder.DAY_MONTH_YEAR).local())
        .isEqualTo(LocalDateTime.of(2014, 4, 3, 5, 6));
    assertThat(TimeText.parse("3.4.2014", DateOrder.MONTH_DAY_YEAR).local())
        .isEqualTo(LocalDateTime.of(2014, 3, 4, 0, 0));
  }

  @Test
  void refusesATimeTheClocksSkipped() {
    LocalZone berlin = new LocalZone(ZoneId.of("Europe/Berlin"));

    assertThatThrownBy(() -> parse("2024-03-31 02:30:00").instant(berlin))
        .isInstanceOf(Unfit.class)
        .hasMessage("does not exist in Europe/Berlin, where the clocks went forward over it");
    assertThat(parse("2024-03-31 03:00:00").instant(berlin))
        .isEqualTo(Instant.parse("2024-03-31T01:00:00Z"));
  }

  @Test
  void takesTheFirstOfATimeThatCameTwiceAndCountsIt() {
    LocalZone berlin = new LocalZone(ZoneId.of("Europe/Berlin"));

    assertThat(parse("2024-10-27 02:30:00").instant(berlin))
        .isEqualTo(Instant.parse("2024-10-27T00:30:00Z"));
    assertThat(parse("2024-10-27 03:00:00").instant(berlin))
        .isEqualTo(Instant.parse("2024-10-27T02:00:00Z"));

    assertThat(berlin.repeated()).isEqualTo(1);
    assertThat(berlin.resolved()).isEqualTo(2);
  }

  @Test
  void anOffsetNeedsNoZone() {
    LocalZone berlin = new LocalZone(ZoneId.of("Europe/Berlin"));

    parse("2024-10-27T02:30:00+01:00").instant(berlin);

    assertThat(berlin.resolved()).isZero();
  }

  @Test
  void columnsWithoutZoneOrTimeOfDayLoseNothingSilently() {
    assertThatThrownBy(() -> parse("2014-02-14T14:30:00Z").withoutZone())
        .isInstanceOf(Unfit.class)
        .hasMessage("has an offset from UTC, which a timestamp without time zone cannot keep");
    assertThatThrownBy(() -> parse("2014-02-14 14:30").date())
        .isInstanceOf(Unfit.class)
        .hasMessage("has a time of day, which a date cannot keep");
    assertThatThrownBy(() -> parse("2014-02-14T00:00:00+02:00").date())
        .isInstanceOf(Unfit.class)
        .hasMessage("has an offset from UTC, which a date cannot keep");
    assertThat(parse("2014-02-14").date()).isEqualTo(LocalDate.of(2014, 2, 14));
  }

  @Property
  void readsBackEveryInstantJavaPrints(
      @ForAll @LongRange(min = -62_135_596_800_000_000L, max = 253_402_300_799_999_999L)
          long micros) {
    Instant instant =
        Instant.ofEpochSecond(
            Math.floorDiv(micros, 1_000_000), Math.floorMod(micros, 1_000_000) * 1000);

    assertThat(parse(instant.toString()).instant(UTC)).isEqualTo(instant);
  }

  private static Moment parse(String text) {
    return TimeText.parse(text, DateOrder.YEAR_MONTH_DAY);
  }
}
