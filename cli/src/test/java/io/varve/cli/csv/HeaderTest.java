package io.varve.cli.csv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.cli.csv.CsvFormat.HeaderRule;
import io.varve.cli.shell.CommandException;
import io.varve.cli.shell.ExitCode;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeaderTest {

  @Test
  void theFirstRowIsAHeaderIfItLooksLikeNames() {
    assertThat(header("time", "1", "2").isFirstRow()).isTrue();
    assertThat(header("time", "value").titles()).containsExactly("time", "value");
  }

  @Test
  void aRowWithATimeOrOnlyNumbersIsData() {
    assertThat(header("2014-02-14", "d1").isFirstRow()).isFalse();
    assertThat(header("1392388200", "21.5").isFirstRow()).isFalse();
    assertThat(header("1392388200", "21.5").names()).containsExactly("column_1", "column_2");
  }

  @Test
  void aNumberThatIsLikelyATimeIsData() {
    assertThat(header("1700000000", "s1", "21.5").isFirstRow()).isFalse();
    assertThat(header("s1", "20240131", "21.5").isFirstRow()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "Temperature (°C), temperature_c",
    "device-id, device_id",
    " Time , time",
    "Größe, größe",
    "2nd value, c_2nd_value",
    "???, column"
  })
  void namesNeedNoQuotesInSql(String title, String name) {
    assertThat(Header.columnName(title)).isEqualTo(name);
  }

  @Test
  void findsAColumnByEitherName() {
    Header header = header("Time", "Temp (C)");

    assertThat(header.indexOf("Temp (C)")).isEqualTo(1);
    assertThat(header.indexOf("temp_c")).isEqualTo(1);
    assertThat(header.indexOf("humidity")).isEqualTo(-1);
  }

  @Test
  void refusesTwoColumnsOfOneName() {
    assertThatThrownBy(() -> header("time", "a b", "x", "A-B"))
        .isInstanceOf(CommandException.class)
        .hasMessage("columns 2 and 4 are both named \"a_b\" (\"a b\" and \"A-B\")")
        .extracting(e -> ((CommandException) e).exitCode())
        .isEqualTo(ExitCode.USAGE);
  }

  @Test
  void givenNamesAreTakenAsTheyAre() {
    CsvFormat format =
        new CsvFormat(
            Optional.empty(),
            Optional.empty(),
            HeaderRule.ABSENT,
            List.of("At", "Value"),
            NullTexts.byDefault());

    assertThat(Header.of(row("x", "y"), format).names()).containsExactly("At", "Value");
    assertThatThrownBy(() -> Header.of(row("x"), format))
        .isInstanceOf(CommandException.class)
        .hasMessage("--columns names 2 columns, but the first row has 1");
  }

  private static Header header(String... fields) {
    return Header.of(row(fields), CsvFormats.detected());
  }

  private static CsvRow row(String... fields) {
    return new CsvRow(1, fields);
  }
}
