package io.varve.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class IsoTimeTest {

  private final Locale locale = Locale.getDefault();

  @AfterEach
  void restore() {
    Locale.setDefault(locale);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"en-US", "ar-EG-u-nu-arab", "fa-IR-u-nu-arabext", "th-TH-u-ca-buddhist-nu-thai"})
  void digitsAreThoseOfPostgresWhateverTheLocale(String tag) {
    Locale.setDefault(Locale.forLanguageTag(tag));

    assertThat(IsoTime.of(Instant.parse("2024-02-29T12:34:56.789010Z")))
        .isEqualTo("2024-02-29 12:34:56.78901+00");
    assertThat(IsoTime.of(LocalDateTime.of(0, 12, 31, 23, 59, 0)))
        .isEqualTo("0001-12-31 23:59:00 BC");
    assertThat(IsoTime.of(LocalDate.of(-43, 3, 15))).isEqualTo("0044-03-15 BC");
    assertThat(IsoTime.of(LocalDate.of(10_000, 1, 1))).isEqualTo("10000-01-01");
    assertThat(IsoTime.of(Instant.MAX)).isEqualTo("infinity");
    assertThat(IsoTime.of(LocalDateTime.MIN)).isEqualTo("-infinity");
    assertThat(IsoTime.of(LocalDate.MAX)).isEqualTo("infinity");
  }
}
