package io.varve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.cli.CommandLineFixture.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code ingest} finds out about a file, and what it refuses; all without a database. */
class IngestDryRunTest {

  @TempDir private Path directory;

  private final CommandLineFixture line = new CommandLineFixture();

  @Test
  void showsWhatWouldHappenAndChangesNothing() throws IOException {
    Path file =
        file(
            "weather.csv",
            """
            Time,Station,Temp (C),note
            2024-03-31 01:00:00,north,21.5,"hello, world"
            2024-03-31 01:00:00,south,22,
            2024-03-31 02:00:00,north,oops,
            2024-03-31 02:00:00,north,23,
            2024-03-31 02:00:00,north,24,
            """);

    Outcome outcome = line.run("ingest", file.toString(), "--dry-run");

    assertThat(outcome.code()).isEqualTo(3);
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out())
        .isEqualTo(
            """
            would create table weather with chunks of 7 days

            column   from      type                      role       note
            ───────  ────────  ────────────────────────  ─────────  ───────────────
            time     Time      timestamp with time zone  time       ISO 8601
            station  Station   text                      dimension
            temp_c   Temp (C)  double precision          measure    1 of 5 do not fit
            note     note      text                      measure    4 of 5 empty

            5 offered = 4 would be written + 1 rejected
            from 2024-03-31T01:00:00Z to 2024-03-31T02:00:00Z
            1 of 4 rows repeat the time and dimensions of another row of the file
            times without an offset were taken as UTC
            line 4, column temp_c: "oops" is not a number
            """
                .replace("───────────────\n", "─────────────────\n"));
    assertThat(directory).isDirectoryNotContaining(path -> !path.equals(file));
  }

  @Test
  void speaksJson() throws IOException {
    Path file = file("a.csv", "date;v\n20240101;1\n20240102;2\n");

    Outcome outcome = line.run("ingest", file.toString(), "--dry-run", "--json");

    assertThat(outcome.code()).isZero();
    assertThat(outcome.out())
        .contains("\"table\" : \"a\"")
        .contains("\"type\" : \"bigint\"")
        .contains("\"offered\" : 2", "\"wouldWrite\" : 2")
        .contains("\"to\" : \"2024-01-02T00:00:00Z\"");
  }

  @Test
  void readsStandardInput() {
    Outcome outcome =
        line.input("1392388200,1\n1392388260,2\n")
            .run("ingest", "-", "--table", "m", "--dry-run", "--columns", "at,v");

    assertThat(outcome.code()).isZero();
    assertThat(outcome.out()).contains("at      at", "seconds since 1970", "2 would be written");
    assertThat(line.input("time\n2024-01-01\n").run("ingest", "-", "--dry-run").err())
        .startsWith("varve: standard input has no name to name the table after");
  }

  @Test
  void placesLocalTimesInAZone() throws IOException {
    Path file =
        file(
            "dst.csv",
            """
            time,v
            2024-03-31 02:30,1
            2024-10-27 02:30,2
            2024-07-01 12:00,3
            2024-07-01 12:00+00,4
            """);

    Outcome outcome = line.run("ingest", file.toString(), "--dry-run", "--zone", "Europe/Berlin");

    assertThat(outcome.code()).isEqualTo(3);
    assertThat(outcome.out())
        .contains("from 2024-07-01T10:00:00Z to 2024-10-27T00:30:00Z")
        .contains("times without an offset were taken as Europe/Berlin")
        .contains("1 of them came twice when the clocks went back: the first is meant")
        .contains(
            "line 2, column time: \"2024-03-31 02:30\" does not exist in Europe/Berlin, where the"
                + " clocks went forward over it");
  }

  @Test
  void choosesWiderChunksForDecades() throws IOException {
    StringBuilder text = new StringBuilder("time,v\n");
    for (int year = 1900; year < 2020; year++) {
      text.append(year).append("-01-01,1\n");
    }

    assertThat(line.run("ingest", file("d.csv", text.toString()).toString(), "--dry-run").out())
        .startsWith("would create table d with chunks of 365 days");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 500, 30_000})
  void oneTimeFarOffDoesNotDecideTheChunks(int place) throws IOException {
    StringBuilder text = new StringBuilder("time,v\n");
    for (int i = 0; i < 60_000; i++) {
      text.append(i == place ? "1970-01-01T00:00:00Z" : Instant.ofEpochSecond(1_700_000_000L + i))
          .append(",1\n");
      if (place == 0 && i == 20) {
        break;
      }
    }

    assertThat(line.run("ingest", file("o.csv", text.toString()).toString(), "--dry-run").out())
        .startsWith("would create table o with chunks of 7 days");
  }

  @Test
  void aRowOfTimesWithoutTitlesIsCounted() throws IOException {
    Path file = file("n.csv", "1700000000,s1,21.5\n1700000060,s1,21.6\n");

    assertThat(line.run("ingest", file.toString(), "--dry-run").out())
        .contains("2 offered = 2 would be written");
  }

  @Test
  void rowsThatDifferAreNoDuplicates() throws IOException {
    StringBuilder text = new StringBuilder("time,v\n");
    for (int i = 0; i < 100; i++) {
      text.append("1970-01-01T00:%02d:00Z,1\n".formatted(i % 60));
    }
    // these two have the same hash code in the JDK
    text.append("1970-01-01T14:10:00Z,1\n1970-01-01T00:00:00.000001Z,1\n");

    assertThat(line.run("ingest", file("u.csv", text.toString()).toString(), "--dry-run").out())
        .contains("40 of 102 rows repeat");
  }

  @Test
  void aDryRunEndsAsTheLoadWould() throws IOException {
    Path file = file("none.csv", "time,v\n2024-01-01,1\n2024-01-02,2\n");

    Outcome outcome =
        line.run("ingest", file.toString(), "--dry-run", "--types", "v=uuid", "--json");

    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.out()).contains("\"wouldWrite\" : 0", "\"rejected\" : 2");
  }

  @Test
  void decimalCommasAreNamedAndReadOnRequest() throws IOException {
    Path file = file("k.csv", "zeit;temp\n2024-01-01;21,5\n2024-01-02;22,5\n");

    Outcome refused = line.run("ingest", file.toString(), "--dry-run");
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err())
        .isEqualTo(
            """
            varve: column "temp" holds numbers with commas, such as "21,5"
            varve: if the comma is the decimal mark give --decimal ,; to keep them as text give --types temp=text
            """);
    assertThat(line.run("ingest", file.toString(), "--dry-run", "--decimal", ",").out())
        .containsPattern("temp +temp +double precision +measure")
        .contains("2 would be written + 0 rejected");
    assertThat(line.run("ingest", file.toString(), "--dry-run", "--types", "temp=text").out())
        .containsPattern("temp +temp +text");
  }

  @Test
  void aQuotedEmptyFieldLeavesANumberANumber() throws IOException {
    Path file = file("q.csv", "time,v\n2024-01-01,\"\"\n2024-01-02,\"\"\n2024-01-03,3\n");

    assertThat(line.run("ingest", file.toString(), "--dry-run").out())
        .containsPattern("v +v +bigint +measure +2 of 3 empty")
        .contains("3 would be written + 0 rejected");
  }

  @Test
  void looksAtTheEndOfALongFileToChooseChunks() throws IOException {
    StringBuilder text = new StringBuilder("time,v\n");
    for (int i = 0; i < 12_000; i++) {
      text.append(1_000_000_000L + i).append(",1\n");
    }
    for (int i = 0; i < 12_000; i++) {
      text.append(1_800_000_000L + i).append(",1\n");
    }

    assertThat(line.run("ingest", file("e.csv", text.toString()).toString(), "--dry-run").out())
        .startsWith("would create table e with chunks of 365 days");
  }

  @Test
  void rowsAfterTheSampleMustFitWhatWasInferred() throws IOException {
    StringBuilder text = new StringBuilder("time,v,w\n");
    for (int i = 0; i < 10_000; i++) {
      text.append(1_700_000_000L + i).append(",").append(i).append(",0.5\n");
    }
    text.append("1700010000,1.5,0.5\n1700010001,7,0.123456789012345678901\nx,7,0\n,7,0\n");

    Outcome outcome = line.run("ingest", file("f.csv", text.toString()).toString(), "--dry-run");

    assertThat(outcome.code()).isEqualTo(3);
    assertThat(outcome.out())
        .contains("10,004 offered = 10,000 would be written + 4 rejected")
        .contains("line 10002, column v: \"1.5\" is not a whole number, as bigint needs")
        .contains(
            "line 10003, column w: \"0.123456789012345678901\" has more digits than double"
                + " precision keeps")
        .contains("line 10004, column time: \"x\" is not a number of units since 1970")
        .contains("line 10005, column time: \"\" is empty, but the column must not be null");
  }

  @Test
  void theUserHasTheLastWordOnTypesAndRoles() throws IOException {
    Path file = file("g.csv", "time,id,v,code\n2024-01-01,1,2,007\n2024-01-02,1,3,007\n");

    Outcome outcome =
        line.run(
            "ingest",
            file.toString(),
            "--dry-run",
            "--types",
            "v=numeric(10,2),time=timestamp",
            "--dimension",
            "id",
            "--measure",
            "code",
            "--tag",
            "site=a",
            "--chunk",
            "1 day",
            "--table",
            "metrics");

    assertThat(outcome.out())
        .contains("would create table metrics with chunks of 1 day")
        .containsPattern("time +time +timestamp without time zone +time")
        .containsPattern("site +--tag +text +dimension +always a")
        .containsPattern("id +id +bigint +dimension")
        .containsPattern("v +v +numeric\\(10,2\\) +measure")
        .containsPattern("code +code +text +measure");
  }

  @Test
  void onlyChosenTextsMeanNull() throws IOException {
    Path file =
        file("h.csv", "time,v\n2024-01-01,NULL\n2024-01-02,NA\n2024-01-03,1\n2024-01-04,2\n");

    assertThat(line.run("ingest", file.toString(), "--dry-run").out())
        .contains("line 3, column v: \"NA\" is not a number");
    assertThat(
            line.run("ingest", file.toString(), "--dry-run", "--null", "NA", "--null", "NULL")
                .out())
        .contains("4 would be written + 0 rejected")
        .contains("2 of 4 empty");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "'' # 1 # is empty",
        "'time,v\\n' # 1 # has a header but no rows",
        "'a,b\\nx,y\\n' # 2 # no column looks like a time",
        "'time,v,v\\n2024-01-01,1,2\\n' # 2 # columns 2 and 3 are both named \"v\"",
        "'date,v\\n03/04/2014,1\\n' # 2 # the dates of column \"date\" can be day first or month first",
        "'time,v\\n2024-01-01,\"x\\n2024-01-02,1\\n' # 1 # line 2: a quoted field that opens",
        "'time,v\\n2024-01-01,\\0\\n' # 1 # line 2: NUL character"
      })
  void refusesFilesItCannotUnderstand(String text, int code, String message) throws IOException {
    Path file = file("bad.csv", text.replace("\\n", "\n").replace("\\0", "\0"));

    Outcome outcome = line.run("ingest", file.toString(), "--dry-run");

    assertThat(outcome.code()).isEqualTo(code);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err()).startsWith("varve: ").contains(message);
  }

  @ParameterizedTest
  @CsvSource({
    "03.04.2014 14:30, dd.MM.yyyy HH:mm, MM.dd.yyyy HH:mm",
    "3/4/2014, d/M/yyyy, M/d/yyyy",
    "03/04/2014 4:30:05.25, dd/MM/yyyy H:mm:ss.SS, MM/dd/yyyy H:mm:ss.SS"
  })
  void theOrderOfADateIsAskedForInItsOwnPattern(String date, String dayFirst, String monthFirst)
      throws IOException {
    Path file = file("order.csv", "time,v\n" + date + ",1.5\n");

    assertThat(line.run("ingest", file.toString(), "--dry-run").err())
        .contains("say which with --time-format '" + dayFirst + "' or '" + monthFirst + "'\n");
    for (String pattern : new String[] {dayFirst, monthFirst}) {
      assertThat(line.run("ingest", file.toString(), "--dry-run", "--time-format", pattern).code())
          .isZero();
    }
  }

  @Test
  void aChunkOfYearsIsGivenInDays() throws IOException {
    Path file = file("years.csv", "time,v\n2024-01-01,1.5\n");

    assertThat(line.run("ingest", file.toString(), "--dry-run", "--chunk", "5 years").err())
        .isEqualTo(
            "varve: --chunk \"5 years\": a chunk has a fixed width, which months and years have"
                + " not; use days, such as \"1825 days\"\n");
  }

  @Test
  void saysTheKeyThatConflictsAreAbout() throws IOException {
    Path file = file("k.csv", "time,device,v\n2024-01-01,a,1\n2024-01-01,a,2\n2024-01-02,a,2\n");

    Outcome outcome =
        line.run(
            "ingest",
            file.toString(),
            "--dry-run",
            "--dimension",
            "device",
            "--on-conflict",
            "skip");

    assertThat(outcome.out())
        .contains("with the key (device, time): rows whose (device, time) is there are left out\n")
        .contains("1 of 3 rows repeat the time and dimensions of another row of the file");
    assertThat(line.run("ingest", file.toString(), "--dry-run").out()).doesNotContain("the key");
  }

  @Test
  void takesOneFile() {
    assertThat(line.run("ingest", "a.csv", "b.csv").err())
        .startsWith("varve: unknown argument b.csv; ingest takes one file at a time\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "--time nope # there is no column \"nope\" to be the time",
        "--types nope=int # --types: there is no column \"nope\"",
        "--dimension nope # --dimension: there is no column \"nope\"",
        "--types v=interval # \"interval\" is no type Varve writes",
        "--types time=text # column \"time\" is the time and cannot be text",
        "--types time=bigint # a bigint time has no usual chunk width",
        "--tag v=1 # --tag v: the file has a column of that name",
        "--zone Mars # there is no zone \"Mars\"",
        "--encoding klingon # there is no encoding \"klingon\"",
        "--delimiter ab # \"ab\" cannot stand between fields",
        "--columns a # --columns names 1 columns, but the first row has 2",
        "--decimal x # --decimal: \"x\" is no decimal mark",
        "--time-format epoch # time format \"epoch\" is not a pattern",
        "--workers 9 # --workers: 9 is out of range",
        "--workers 0 # --workers: 0 is out of range",
        "--workers 2 --on-conflict update # --workers 2: with --on-conflict update rows with the",
        "--batch 0 # --batch: 0 is out of range",
        "--batch 1000001 # --batch: 1000001 is out of range",
        "--import-id a/b # --import-id: \"a/b\" is not usable",
        "--on-conflict replace # Invalid value for option '--on-conflict'",
        "--frm-line 2 # unknown option --frm-line; did you mean --from-line?"
      })
  void refusesOptionsThatCannotBe(String options, String message) throws IOException {
    Path file = file("ok.csv", "time,v\n2024-01-01,1\n2024-01-02,2\n");
    String[] args = ("ingest " + file + " --dry-run " + options).split(" ");

    Outcome outcome = line.run(args);

    assertThat(outcome.err()).contains(message);
    assertThat(outcome.code()).isEqualTo(2);
  }

  @Test
  void namesTheLineOfABadByteAndTheRemedy() throws IOException {
    Path file = directory.resolve("latin.csv");
    Files.write(file, "time,ort\n2024-01-01,Köln\n".getBytes(StandardCharsets.ISO_8859_1));

    Outcome outcome = line.run("ingest", file.toString(), "--dry-run");

    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err())
        .isEqualTo(
            """
            varve: %s, line 2: byte 0xf6 is not UTF-8
            varve: give the file's encoding, such as --encoding ISO-8859-1 or --encoding windows-1252
            """
                .formatted(file));
    assertThat(line.run("ingest", file.toString(), "--dry-run", "--encoding", "latin1").code())
        .isZero();
  }

  @Test
  void missingFilesAndDirectoriesAreFailures() {
    assertThat(line.run("ingest", directory.resolve("x.csv").toString()).code()).isEqualTo(1);
    assertThat(line.run("ingest", directory.toString()).err()).contains("is a directory");
    assertThat(line.run("ingest").code()).isEqualTo(2);
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }
}
