package io.varve.cli.csv;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.cli.csv.TimeDetector.Certainty;
import io.varve.cli.csv.TimeDetector.Finding;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeDetectorTest {

  @ParameterizedTest
  @CsvSource({
    "2014-02-14T14:30:00Z, ISO 8601, WRITTEN",
    "2014-02-14 14:30:00, ISO 8601, WRITTEN",
    "2014/02/14, ISO 8601, WRITTEN",
    "20140214T143000Z, ISO 8601, WRITTEN",
    "25.12.2014, day-month-year, WRITTEN",
    "12/25/2014 08:00, month-day-year, WRITTEN",
    "03/04/2014, month-day-year, AMBIGUOUS",
    "20140214, YYYYMMDD, NUMERIC",
    "20140214143000, YYYYMMDD, NUMERIC",
    "1392388200, seconds since 1970, NUMERIC",
    "1392388200.5, seconds since 1970, NUMERIC",
    "1392388200000, milliseconds since 1970, NUMERIC",
    "1392388200000000, microseconds since 1970, NUMERIC",
    "1392388200000000000, nanoseconds since 1970, NUMERIC"
  })
  void recognizesHowTimesAreWritten(String text, String title, Certainty certainty) {
    Finding finding = TimeDetector.detect(List.of(text)).orElseThrow();

    assertThat(finding.format().title()).isEqualTo(title);
    assertThat(finding.certainty()).isEqualTo(certainty);
  }

  @ParameterizedTest
  @ValueSource(strings = {"21.5", "42", "19581332", "1995010100", "hello", "2014", "-", "true"})
  void leavesOtherValuesAlone(String text) {
    assertThat(TimeDetector.detect(List.of(text))).isEmpty();
  }

  @Test
  void oneDateSettlesTheOrderOfTheOthers() {
    Finding finding =
        TimeDetector.detect(List.of("03/04/2014", "04/04/2014", "13/04/2014")).orElseThrow();

    assertThat(finding.certainty()).isEqualTo(Certainty.WRITTEN);
    assertThat(finding.format()).isEqualTo(new TimeFormat.Written(DateOrder.DAY_MONTH_YEAR));
  }

  @Test
  void aBrokenValueAmongManyDoesNotHideTheRest() {
    assertThat(TimeDetector.detect(List.of("2014-02-14", "2014-02-15", "n/a"))).isPresent();
    assertThat(TimeDetector.detect(List.of("2014-02-14", "n/a", "n/a"))).isEmpty();
  }
}
