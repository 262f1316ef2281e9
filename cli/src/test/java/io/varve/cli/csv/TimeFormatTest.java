package io.varve.cli.csv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.cli.shell.CommandException;
import io.varve.cli.shell.ExitCode;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeFormatTest {

  @ParameterizedTest
  @CsvSource({
    "epoch-s, 0, 1970-01-01T00:00:00Z",
    "epoch-s, 1392388200, 2014-02-14T14:30:00Z",
    "epoch-s, 1392388200.25, 2014-02-14T14:30:00.250Z",
    "epoch-s, -0.000001, 1969-12-31T23:59:59.999999Z",
    "epoch-ms, 1392388200001, 2014-02-14T14:30:00.001Z",
    "epoch-us, 1392388200000001, 2014-02-14T14:30:00.000001Z",
    "epoch-ns, 1392388200000001000, 2014-02-14T14:30:00.000001Z",
    "iso, 2014-02-14, 2014-02-14T00:00:00Z",
    "dd/MM/yyyy HH:mm, 03/04/2014 05:06, 2014-04-03T05:06:00Z",
    "yyyyMMddHH, 2014021405, 2014-02-14T05:00:00Z",
    "yyyy-MM-dd HH:mm XXX, 2014-02-14 14:30 +02:00, 2014-02-14T12:30:00Z",
    "'dd-MMM-yyyy hh:mm a', '14-Feb-2014 02:30 PM', 2014-02-14T14:30:00Z",
    "dd.MM.yy, 14.02.14, 2014-02-14T00:00:00Z",
    "'d. MMMM yyyy G', 14. February 2014 AD, 2014-02-14T00:00:00Z",
    "yyyy-MM-dd HH:mm VV, 2024-07-01 12:00 Europe/Berlin, 2024-07-01T10:00:00Z",
    "yyyy-MM-dd HH:mm VV, 2024-10-27 02:30 Europe/Berlin, 2024-10-27T00:30:00Z",
    "yyyy-MM-dd HH:mm z, 2024-07-01 12:00 CEST, 2024-07-01T10:00:00Z",
    "yyyy-MM-dd HH:mm z, 2024-01-01 12:00 CET, 2024-01-01T11:00:00Z",
    "yyyy-MM-dd HH:mm z, 2024-01-01 12:00 UTC, 2024-01-01T12:00:00Z"
  })
  void readsTimesOfAFormatGivenByName(String name, String text, Instant expected) {
    assertThat(parse(name, text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "epoch-ns, 1392388200000000001, is not a whole number of microseconds",
    "epoch-s, 1392388200.0000001, is not a whole number of microseconds",
    "epoch-s, x, is not a number of units since 1970",
    "epoch-s, 9999999999999999999,"
        + " 'is outside of what PostgreSQL can hold, 4714 BC to the year 294276'",
    "dd/MM/yyyy, 2014-02-14, does not match the time format dd/MM/yyyy",
    "dd.MM.yyyy, 30.02.2024, does not match the time format dd.MM.yyyy",
    "yyyy-MM-dd HH:mm, 2024-02-28 24:00, does not match the time format yyyy-MM-dd HH:mm",
    "yyyy-MM-dd HH:mm VV, 2024-03-31 02:30 Europe/Berlin,"
        + " 'does not exist in Europe/Berlin, where the clocks went forward over it'",
    "yyyy-MM-dd HH:mm z, 2024-07-01 12:00 CET, names a time zone that is not in use at that time",
    "dd/MM/yyyy, 31/02/20145, does not match the time format dd/MM/yyyy"
  })
  void saysWhyATimeDoesNotFit(String name, String text, String reason) {
    assertThatThrownBy(() -> parse(name, text)).isInstanceOf(Unfit.class).hasMessage(reason);
  }

  @ParameterizedTest
  @ValueSource(strings = {"DD/MM/YYYY", "YYYY-MM-dd"})
  void refusesThePatternLettersPeopleMeanDifferently(String pattern) {
    assertThatThrownBy(() -> TimeFormat.named(pattern))
        .isInstanceOf(CommandException.class)
        .hasMessage(
            "time format \"%s\" asks for week-based years or days of the year".formatted(pattern))
        .extracting(e -> ((CommandException) e).exitCode())
        .isEqualTo(ExitCode.USAGE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"MM/dd/yyyy hh:mm", "dd/MM/yyyy mm:ss", "dd/MM/yyyy a"})
  void refusesAPatternThatTellsHalfATimeOfDay(String pattern) {
    assertThatThrownBy(() -> TimeFormat.named(pattern))
        .isInstanceOf(CommandException.class)
        .hasMessage("time format \"%s\" does not tell the time of day".formatted(pattern));
  }

  @ParameterizedTest
  @ValueSource(strings = {"HH:mm", "MM/yyyy", "yyyy-MM HH:mm"})
  void refusesAPatternThatTellsNoDate(String pattern) {
    assertThatThrownBy(() -> TimeFormat.named(pattern))
        .isInstanceOf(CommandException.class)
        .hasMessage("time format \"%s\" does not tell a date".formatted(pattern));
  }

  @Test
  void refusesWhatIsNoPattern() {
    assertThatThrownBy(() -> TimeFormat.named("epoch-days"))
        .isInstanceOf(CommandException.class)
        .hasMessageStartingWith("time format \"epoch-days\" is not a pattern");
  }

  private static Instant parse(String name, String text) {
    return TimeFormat.named(name).parse(text).instant(new LocalZone(ZoneOffset.UTC));
  }
}
