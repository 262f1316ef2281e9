package io.varve.cli.csv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.cli.csv.CsvFormat.HeaderRule;
import io.varve.cli.shell.CommandException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvRowsTest {

  @Test
  void readsQuotesNewlinesDelimitersAndLineEnds() {
    List<CsvRow> rows = read("a,b\r\n\"x,\"\"y\",\"1\n2\"\r\n\r\nz,\r\n");

    assertThat(rows).extracting(CsvRow::line).containsExactly(1L, 2L, 5L);
    assertThat(fields(rows))
        .containsExactly(List.of("a", "b"), List.of("x,\"y", "1\n2"), Arrays.asList("z", null));
  }

  @Test
  void tellsAnEmptyFieldFromAnEmptyText() {
    assertThat(fields(read("NULL,\"NULL\",\\N,,\"\"\n")))
        .containsExactly(Arrays.asList(null, "NULL", null, null, ""));
  }

  @ParameterizedTest
  @ValueSource(strings = {",", ";", "\t", "|"})
  void findsTheDelimiter(String delimiter) {
    String text = "time,value,note\n1,2,\"a;b;c|d\te\"\n3,4,x\n".replace(",", delimiter);

    assertThat(fields(read(text)))
        .containsExactly(
            List.of("time", "value", "note"),
            List.of("1", "2", "a;b;c|d\te"),
            List.of("3", "4", "x"));
  }

  @Test
  void aDecimalCommaDoesNotDivide() {
    assertThat(fields(read("time;value\n1;2,5\n2;3,5\n")).get(1)).containsExactly("1", "2,5");
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-8", "UTF-16LE", "UTF-16BE"})
  void heedsAByteOrderMark(String encoding) {
    byte[] bytes = "\uFEFFtime,größe\n1,2\n".getBytes(Charset.forName(encoding));

    assertThat(fields(read(bytes, CsvFormats.detected())).get(0)).containsExactly("time", "größe");
  }

  @Test
  void readsTheEncodingItIsTold() {
    byte[] bytes = "time,größe\n".getBytes(StandardCharsets.ISO_8859_1);
    CsvFormat latin =
        new CsvFormat(
            Optional.of(StandardCharsets.ISO_8859_1),
            Optional.empty(),
            HeaderRule.DETECT,
            List.of(),
            NullTexts.byDefault());

    assertThat(fields(read(bytes, latin)).get(0)).containsExactly("time", "größe");
  }

  @Test
  void decompressesByContent() throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write("a,b\n1,2\n".getBytes(StandardCharsets.UTF_8));
    }

    assertThat(read(packed.toByteArray(), CsvFormats.detected())).hasSize(2);

    byte[] cut = Arrays.copyOf(packed.toByteArray(), packed.size() - 9);
    assertRefused(cut, "standard input: the compressed file ends too early");
  }

  @Test
  void namesTheLineOfAByteThatIsNoText() {
    byte[] bytes = "a,b\n1,2\n3,gr\u00fc\u00df\n".getBytes(StandardCharsets.ISO_8859_1);

    assertRefused(bytes, "standard input, line 3: byte 0xfc is not UTF-8");
  }

  @Test
  void deliversWhatStandsBeforeABadByteFarDown() {
    String good = "1,2\n".repeat(50_000);
    byte[] bytes = (good + "3,\u00fc\n").getBytes(StandardCharsets.ISO_8859_1);
    List<CsvRow> seen = new ArrayList<>();

    assertThatThrownBy(
            () -> {
              try (CsvRows rows = open(bytes, CsvFormats.detected())) {
                rows.forEachRemaining(seen::add);
              }
            })
        .isInstanceOf(CommandException.class)
        .hasMessage("standard input, line 50001: byte 0xfc is not UTF-8");
    assertThat(seen).hasSize(50_000);
  }

  @ParameterizedTest
  @ValueSource(ints = {65_533, 65_534, 65_535, 65_536})
  void aCharacterOfTwoHalvesMayCrossTheEndOfABuffer(int before) {
    String text = "a,b\n1,".concat("x".repeat(before - 6)).concat("\uD83D\uDE00\n2,y\n");

    List<CsvRow> rows = read(text);

    assertThat(rows).hasSize(3);
    assertThat(rows.get(1).fields()[1]).endsWith("x\uD83D\uDE00").hasSize(before - 4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n", "\r"})
  void goesOnAfterARowThatIsNoCsv(String end) {
    String text = "a,b\n1,2\n3,\"4\n5\"x,6\n\"7\" ,8\n9,\"10\"\n11,\"1\"\"2\"3";

    List<CsvRow> rows = read(text.replace("\n", end));

    assertThat(rows).extracting(CsvRow::line).containsExactly(1L, 2L, 3L, 5L, 6L, 7L);
    assertThat(rows)
        .extracting(CsvRow::flaw)
        .containsExactly(
            null,
            null,
            new CsvRow.Flaw(
                "3,\"4" + end + "5\"x,6",
                "has an unexpected character after closing quote: 'x' (0x78)"),
            new CsvRow.Flaw(
                "\"7\" ,8", "has an unexpected character after closing quote: ' ' (0x20)"),
            null,
            new CsvRow.Flaw(
                "11,\"1\"\"2\"3", "has an unexpected character after closing quote: '3' (0x33)"));
    assertThat(rows.get(4).fields()).containsExactly("9", "10");
  }

  @Property(tries = 50)
  void losesNoRowBesideThoseThatAreNoCsv(
      @ForAll @Size(min = 1, max = 20) List<@IntRange(min = 0, max = 3_000) Integer> goodRows) {
    StringBuilder text = new StringBuilder("a,b\n");
    for (int good : goodRows) {
      text.append("1,\"two\nlines\"\n".repeat(good)).append("\"bad\"!,2\n");
    }

    List<CsvRow> rows = read(text.toString());

    int good = goodRows.stream().mapToInt(Integer::intValue).sum();
    assertThat(rows).hasSize(1 + good + goodRows.size());
    assertThat(rows.stream().filter(row -> row.flaw() != null)).hasSize(goodRows.size());
    assertThat(rows.get(rows.size() - 1).line()).isEqualTo(1 + 2L * good + goodRows.size());
  }

  @Test
  void aCommaThatDividesNoMoreThanAnotherIsTheDecimalMark() {
    assertThat(fields(read("2024-01-01;21,5\n2024-01-02;22,5\n")).get(0))
        .containsExactly("2024-01-01", "21,5");
  }

  @Test
  void refusesABinaryFile() {
    assertRefused(
        "a,b\n1,\0\n".getBytes(StandardCharsets.UTF_8),
        "standard input, line 2: NUL character: this is a binary file, or UTF-16");
  }

  @Test
  void namesTheFormatOfAFileThatIsNoCsv() {
    assertRefused(
        "PAR1xxxxxxxxxxxxxxxx".getBytes(StandardCharsets.UTF_8),
        "standard input is not CSV but a Parquet file");
  }

  @Test
  void namesTheLineOfAQuoteThatNeverCloses() {
    assertRefused(
        "a,b\n1,2\n3,\"4\n5,6\n".getBytes(StandardCharsets.UTF_8),
        "standard input, line 3: a quoted field that opens in this row never closes");
  }

  @Test
  void refusesFilesThatCannotBeRead(@TempDir Path directory) throws IOException {
    assertThatThrownBy(
            () -> CsvInput.file(directory.resolve("none.csv")).open(CsvFormats.detected()))
        .isInstanceOf(CommandException.class)
        .hasMessage("there is no file " + directory.resolve("none.csv"));
    assertThatThrownBy(() -> CsvInput.file(directory).open(CsvFormats.detected()))
        .isInstanceOf(CommandException.class)
        .hasMessage(directory + " is a directory");
  }

  @Property(tries = 200)
  void readsBackWhatAnyWriterQuotes(@ForAll @Size(min = 1, max = 5) List<String> texts) {
    List<String> fields = texts.stream().map(text -> text.replace("\0", "")).toList();
    StringBuilder line = new StringBuilder();
    for (String field : fields) {
      line.append(line.isEmpty() ? "" : ",")
          .append('"')
          .append(field.replace("\"", "\"\""))
          .append('"');
    }
    // unpaired surrogates cannot be written as UTF-8
    String text =
        new String(line.toString().getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    CsvFormat commas =
        new CsvFormat(
            Optional.empty(),
            Optional.of(','),
            HeaderRule.ABSENT,
            List.of(),
            NullTexts.byDefault());

    List<CsvRow> rows = read((text + "\n").getBytes(StandardCharsets.UTF_8), commas);

    List<String> expected =
        fields.stream()
            .map(
                field -> new String(field.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
            .toList();
    assertThat(fields(rows)).containsExactly(expected);
  }

  private static void assertRefused(byte[] bytes, String message) {
    assertThatThrownBy(() -> read(bytes, CsvFormats.detected()))
        .isInstanceOf(CommandException.class)
        .hasMessage(message);
  }

  private static List<List<String>> fields(List<CsvRow> rows) {
    return rows.stream().map(row -> Arrays.asList(row.fields())).toList();
  }

  private static List<CsvRow> read(String text) {
    return read(text.getBytes(StandardCharsets.UTF_8), CsvFormats.detected());
  }

  private static List<CsvRow> read(byte[] bytes, CsvFormat format) {
    List<CsvRow> all = new ArrayList<>();
    try (CsvRows rows = open(bytes, format)) {
      rows.forEachRemaining(all::add);
    }
    return all;
  }

  private static CsvRows open(byte[] bytes, CsvFormat format) {
    return CsvInput.stream(new ByteArrayInputStream(bytes)).open(format);
  }
}
