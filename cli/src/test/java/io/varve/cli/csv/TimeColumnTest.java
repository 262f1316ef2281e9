package io.varve.cli.csv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.cli.shell.CommandException;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimeColumnTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "device,ts,value\\nd1,2014-02-14 14:30,1\\n # 1 # ISO 8601",
        "a,b,value\\n1,2014-02-14 14:30,1\\n # 1 # ISO 8601",
        "installed,time,value\\n2001-01-01,2014-02-14,1\\n # 1 # ISO 8601",
        "date,co2\\n19580329,316.1\\n # 0 # YYYYMMDD",
        "serial,time\\n20140214,1392388200\\n # 1 # seconds since 1970",
        "1392388200,5\\n1392388260,6\\n # 0 # seconds since 1970"
      })
  void findsTheTime(String text, int index, String title) {
    TimeColumn time = find(text, null, null);

    assertThat(time.index()).isEqualTo(index);
    assertThat(time.format().title()).isEqualTo(title);
  }

  @Test
  void refusesToGuessDayAndMonth() {
    assertThatThrownBy(() -> find("time,v\\n03/04/2014,1\\n04/04/2014,2\\n", null, null))
        .isInstanceOf(CommandException.class)
        .hasMessage("the dates of column \"time\" can be day first or month first, as 03/04/2014");
    assertThat(find("time,v\\n03/04/2014,1\\n", null, "dd/MM/yyyy").index()).isZero();
  }

  @Test
  void refusesAFileWithoutTimes() {
    assertThatThrownBy(() -> find("a,b\\nx,1\\ny,2\\n", null, null))
        .isInstanceOf(CommandException.class)
        .hasMessage("no column looks like a time");
  }

  @Test
  void takesTheColumnItIsTold() {
    assertThat(find("a,b\\n2014-02-14,2014-02-15\\n", "b", null).index()).isEqualTo(1);
    assertThatThrownBy(() -> find("a,b\\n2014-02-14,x\\n", "c", null))
        .isInstanceOf(CommandException.class)
        .hasMessage("there is no column \"c\" to be the time");
    assertThatThrownBy(() -> find("a,b\\n2014-02-14,x\\n", "b", null))
        .isInstanceOf(CommandException.class)
        .hasMessage("column \"b\" holds no times that Varve recognizes, such as \"x\"");
  }

  private static TimeColumn find(String escaped, String name, String format) {
    CsvInput source =
        CsvInput.stream(
            new ByteArrayInputStream(
                escaped.replace("\\n", "\n").getBytes(StandardCharsets.UTF_8)));
    try (CsvRows rows = source.open(CsvFormats.detected())) {
      Sample sample = Sample.read(source, rows, CsvFormats.detected());
      return TimeColumn.find(
          sample.header(),
          sample.columns(),
          name,
          format == null ? null : TimeFormat.named(format));
    }
  }
}
