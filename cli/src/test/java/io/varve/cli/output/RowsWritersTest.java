package io.varve.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.cli.shell.Shell;
import io.varve.model.Json;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RowsWritersTest {

  private static final Instant TIME = Instant.parse("2014-02-14T14:30:00.5Z");

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final Shell shell =
      Shell.of(InputStream.nullInputStream(), bytes, said, Map.of("LC_ALL", "C"), Set.of());

  @Test
  void tablesAlignTextLeftAndNumbersRight() {
    assertThat(
            write(
                OutputFormat.table, List.of("device", "#value"), row("d1", 1.5), row("d10", 20.25)))
        .isEqualTo(
            """
            device  value
            ------  -----
            d1        1.5
            d10     20.25
            """);
  }

  @Test
  void tablesKnowHowWideLettersAre() {
    assertThat(write(OutputFormat.table, List.of("a", "b"), row("日本", "x"), row("é", "y")))
        .isEqualTo("a     b\n----  -\n日本  x\né     y\n".replace("é     y", "é     y"));
  }

  @Test
  void tablesDoNotLetDataSteerTheTerminal() {
    assertThat(write(OutputFormat.table, List.of("a"), row("x\n\u001b[31my\t\u0007")))
        .contains("x\\n\\x1b[31my\\t\\x07")
        .doesNotContain("\u001b");
  }

  @Test
  void tablesOfAnyLengthKeepTheirWidths() {
    RowsWriter writer = writer(OutputFormat.table, Values.utc());
    writer.begin(List.of(OutputColumn.number("n")));
    for (int i = 0; i < 5_000; i++) {
      writer.row(row((long) i));
    }
    writer.end();

    assertThat(printed().lines()).hasSize(5_002).element(2).isEqualTo("  0");
  }

  @Test
  void csvQuotesWhatItMustAndTellsNullFromEmpty() {
    assertThat(
            write(
                OutputFormat.csv,
                List.of("time", "a,b", "c"),
                row(TIME, "say \"hi\"", null),
                row(null, "x\ny", "")))
        .isEqualTo(
            "time,\"a,b\",c\n2014-02-14T14:30:00.500Z,\"say \"\"hi\"\"\",\n,\"x\ny\",\"\"\n");
  }

  @Test
  void csvQuotesTextsThatWouldBeReadAsNull() {
    assertThat(write(OutputFormat.csv, List.of("a", "b", "c"), row("NULL", "\\N", "null")))
        .isEqualTo("a,b,c\n\"NULL\",\"\\N\",null\n");
  }

  @Test
  void aDocumentOfSeveralLinesIsStillOneLineOfNdjson() {
    assertThat(write(OutputFormat.ndjson, List.of("a"), row(new Json("{\n  \"x\": \"\\n\"\r\n}"))))
        .isEqualTo("{\"a\":{   \"x\": \"\\n\"  }}\n");
  }

  @Test
  void arraysOfSeveralDimensionsAreNested() {
    List<?> matrix = List.of(List.of(1, 2), List.of(3, 4));

    assertThat(Values.utc().text(matrix)).isEqualTo("{{1,2},{3,4}}");
    assertThat(write(OutputFormat.ndjson, List.of("a"), row(matrix)))
        .isEqualTo("{\"a\":[[1,2],[3,4]]}\n");
  }

  @Test
  void aChartKeepsOnlyTheSeriesItDraws() {
    RowsWriter writer = writer(OutputFormat.chart, Values.utc());
    writer.begin(
        List.of(OutputColumn.of("time"), OutputColumn.of("text"), OutputColumn.number("v")));
    for (int i = 0; i < 5_000_001; i++) {
      writer.row(row(TIME, "text " + i % 20_000, 1.5));
    }
    writer.end();

    assertThat(printed()).contains("the first 6 of more than 10,000 series are drawn");
  }

  @Test
  void aChartOfNoNumbersSaysSoBesideTheOutput() {
    assertThat(write(OutputFormat.chart, List.of("time", "#v"), row(TIME, null))).isEmpty();
    assertThat(said.toString(StandardCharsets.UTF_8))
        .isEqualTo("varve: nothing to draw: no row has a number\n");
  }

  @Test
  void jsonKeepsEveryValue() {
    String json =
        write(
            OutputFormat.json,
            List.of("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"),
            row(
                TIME,
                1.5,
                Double.NaN,
                Double.NEGATIVE_INFINITY,
                new BigDecimal("123456789012345678901234567890.10"),
                Long.MAX_VALUE,
                null,
                true,
                new Json("{\"x\": [1]}"),
                Arrays.asList(1L, null),
                new byte[] {0, -1},
                "line\n\"quote\""));

    assertThat(json)
        .isEqualTo(
            "[\n{\"a\":\"2014-02-14T14:30:00.500Z\",\"b\":1.5,\"c\":\"NaN\",\"d\":\"-Infinity\","
                + "\"e\":123456789012345678901234567890.10,\"f\":9223372036854775807,\"g\":null,"
                + "\"h\":true,\"i\":{\"x\": [1]},\"j\":[1,null],\"k\":\"AP8=\","
                + "\"l\":\"line\\n\\\"quote\\\"\"}\n]\n");
  }

  @Test
  void jsonOfNoRowsIsAnEmptyArray() {
    assertThat(write(OutputFormat.json, List.of("a"))).isEqualTo("[]\n");
    assertThat(write(OutputFormat.ndjson, List.of("a"))).endsWith("[]\n");
  }

  @Test
  void jsonNamesColumnsOfOneNameApart() {
    assertThat(write(OutputFormat.ndjson, List.of("a", "a"), row(1L, 2L)))
        .isEqualTo("{\"a\":1,\"a_2\":2}\n");
  }

  @Test
  void ndjsonIsOneObjectPerLine() {
    assertThat(write(OutputFormat.ndjson, List.of("a"), row(1L), row(2L)))
        .isEqualTo("{\"a\":1}\n{\"a\":2}\n");
  }

  @Test
  void textsAreWhatPostgresWouldPrint() {
    Values values = Values.utc();

    assertThat(values.text(Instant.MAX)).isEqualTo("infinity");
    assertThat(values.text(LocalDateTime.MIN)).isEqualTo("-infinity");
    assertThat(values.text(LocalDate.of(2024, 2, 29))).isEqualTo("2024-02-29");
    assertThat(values.text(new BigDecimal("1E+3"))).isEqualTo("1000");
    assertThat(values.text(new byte[] {10, -1})).isEqualTo("\\x0aff");
    assertThat(values.text(Arrays.asList("a", "b c", null, "", "NULL", "q\"")))
        .isEqualTo("{a,\"b c\",NULL,\"\",\"NULL\",\"q\\\"\"}");
    assertThat(values.text(UUID.fromString("6ba7b810-9dad-11d1-80b4-00c04fd430c8")))
        .isEqualTo("6ba7b810-9dad-11d1-80b4-00c04fd430c8");
    assertThat(new Values(ZoneId.of("Europe/Berlin")).text(TIME))
        .isEqualTo("2014-02-14T15:30:00.5+01:00");
  }

  private static Object[] row(Object... values) {
    return values;
  }

  private String write(OutputFormat format, List<String> names, Object[]... rows) {
    RowsWriter writer = writer(format, Values.utc());
    writer.begin(
        names.stream()
            .map(
                name ->
                    name.startsWith("#")
                        ? OutputColumn.number(name.substring(1))
                        : OutputColumn.of(name))
            .toList());
    for (Object[] row : rows) {
      writer.row(row);
    }
    writer.end();
    return printed();
  }

  private RowsWriter writer(OutputFormat format, Values values) {
    return RowsWriters.of(format, shell, values, ChartOptions.wide(80));
  }

  private String printed() {
    shell.out().flush();
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
