package io.varve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.cli.CommandLineFixture.Outcome;
import io.varve.cli.shell.Shell;
import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands on a real server. Every test uses tables of its own. */
@ExtendWith(DatabaseExtension.class)
class DatabaseCommandsIT {

  @TempDir private Path directory;

  private final TestDatabase database;
  private final CommandLineFixture line = new CommandLineFixture();

  DatabaseCommandsIT(TestDatabase database) {
    this.database = database;
  }

  @BeforeEach
  void connect() {
    line.env("VARVE_URL", url());
  }

  private String url() {
    return "%s%suser=%s&password=%s"
        .formatted(
            database.url(),
            database.url().contains("?") ? "&" : "?",
            encoded(database.user()),
            encoded(database.password()));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Test
  void ingestCreatesTheTableAndCountsEveryRow() throws Exception {
    Path file =
        file(
            "weather.csv",
            """
            Time,Station,Temp (C)
            2024-03-31 01:00:00,north,21.5
            2024-03-31 01:00:00,south,
            2024-03-31 02:00:00,north,oops
            2024-03-31 02:00:00,south,23,9
            2024-03-31 03:00:00,north,24
            """);

    Outcome outcome = line.run("ingest", file.toString());

    assertThat(outcome.code()).isEqualTo(3);
    assertThat(outcome.out())
        .contains("created table weather with chunks of 7 days")
        .contains("weather: 5 offered = 3 written + 2 rejected, in ")
        .contains("the rejected rows are in " + file + ".rejects.csv");
    assertThat(outcome.err()).isEqualTo("varve: line 4, column temp_c: \"oops\" is not a number\n");
    assertThat(Path.of(file + ".rejects.csv"))
        .hasContent(
            """
            rejected_line,rejected_column,rejected_value,rejected_reason,Time,Station,Temp (C)
            4,temp_c,oops,is not a number,2024-03-31 02:00:00,north,oops
            5,,"2024-03-31 02:00:00,south,23,9","has 4 fields, expected 3",2024-03-31 02:00:00,south,23,9
            """);
    assertThat(line.run("query", "weather", "--format", "csv").out().lines().sorted())
        .containsExactly(
            "2024-03-31T01:00:00Z,north,21.5",
            "2024-03-31T01:00:00Z,south,",
            "2024-03-31T03:00:00Z,north,24.0",
            "time,station,temp_c");
  }

  @Test
  void ingestAddsToATableThatIsThere() throws Exception {
    Path first = file("a.csv", "time,device,v,w\n2024-01-01,d1,1,0.5\n2024-01-02,d1,2,0.5\n");
    assertThat(line.run("ingest", first.toString(), "--table", "added").code()).isZero();
    Path second = file("b.csv", "V,at\n3,2024-01-03\n");

    Outcome outcome =
        line.run(
            "ingest",
            second.toString(),
            "--table",
            "added",
            "--time",
            "at",
            "--tag",
            "device=d2",
            "--json");

    assertThat(outcome.code()).isZero();
    assertThat(outcome.out()).contains("\"created\" : false", "\"written\" : 1");
    assertThat(line.run("query", "added", "--where", "device=d2", "--format", "ndjson").out())
        .isEqualTo("{\"time\":\"2024-01-03T00:00:00Z\",\"device\":\"d2\",\"v\":3,\"w\":null}\n");
  }

  @Test
  void ingestRefusesAFileThatDoesNotSuitTheTable() throws Exception {
    line.run("ingest", file("s.csv", "time,device,v\n2024-01-01,d,1\n2024-01-02,d,2\n").toString());

    assertRefused(
        "time,v\n2024-01-03,1\n", "the file has no column \"device\", which table s requires");
    assertRefused("device,v\nd,1\n", "the file has no column \"time\", which table s requires");
    assertRefused("time,device,x y\n2024-01-03,d,1\n", "table s has no column x y");
    assertRefused("time,device,v,V\n2024-01-03,d,1,2\n", "columns 3 and 4 are both named \"v\"");
    assertRefused(
        "time,device,v\n2024-01-03,d,1\n",
        "--types: table s exists and keeps its columns",
        "--types",
        "v=text");
    assertRefused(
        "time,device,v\n2024-01-03,d,1\n",
        "--tag site: table s has no such column",
        "--tag",
        "site=x");
  }

  private void assertRefused(String text, String message, String... options) throws IOException {
    Path file = file("t.csv", text);
    String[] args = new String[4 + options.length];
    System.arraycopy(new String[] {"ingest", file.toString(), "--table", "s"}, 0, args, 0, 4);
    System.arraycopy(options, 0, args, 4, options.length);

    Outcome outcome = line.run(args);

    assertThat(outcome.err()).contains(message);
    assertThat(outcome.code()).isEqualTo(2);
  }

  @Test
  void valuesMustFitTheTypesOfTheTable() throws Exception {
    line.run(
        "ingest",
        file("n.csv", "time,s,i\n2024-01-01,1,1\n").toString(),
        "--table",
        "narrow",
        "--types",
        "s=smallint,i=integer");

    Outcome outcome =
        line.run(
            "ingest",
            file(
                    "n2.csv",
                    "time,s,i\n2024-01-02,32768,1\n2024-01-02,1,2147483648\n"
                        + "294277-01-01,1,1\n2024-01-02,2,2\n")
                .toString(),
            "--table",
            "narrow");

    assertThat(outcome.code()).isEqualTo(3);
    assertThat(outcome.out()).contains("4 offered = 1 written + 3 rejected");
    assertThat(directory.resolve("n2.csv.rejects.csv"))
        .content()
        .contains("2,s,32768,is out of range for smallint")
        .contains("3,i,2147483648,is out of range for integer")
        .contains("4,time,294277-01-01,");
  }

  @Test
  void rejectedRowsCanBeCorrectedAndLoaded() throws Exception {
    Path file =
        file(
            "first.csv",
            "1700000000;d;1;a,b;NULL\n1700000060;d;2;\"\";x\n"
                + "1700000120;d;?;\"NULL\";\n1700000180;d;4;\"say \"\"no\"\"\";x\n");
    line.run("ingest", file.toString(), "--table", "corrected");
    Path rejects = directory.resolve("first.csv.rejects.csv");

    assertThat(rejects)
        .hasContent(
            "rejected_line,rejected_column,rejected_value,rejected_reason,"
                + "column_1,column_2,column_3,column_4,column_5\n"
                + "3,column_3,?,is not a number,1700000120,d,?,\"NULL\",\n");
    Files.writeString(
        rejects, Files.readString(rejects).replace("1700000120,d,?", "1700000120,d,3"));
    Outcome outcome = line.run("ingest", rejects.toString(), "--table", "corrected");

    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out()).contains("1 offered = 1 written + 0 rejected");
    assertThat(line.run("query", "corrected", "--order", "oldest", "--format", "csv").out().lines())
        .contains("2023-11-14T22:15:20Z,d,3,\"NULL\",");
  }

  @Test
  void aLoadMayRunAgainWithTheOptionsItRanWith() throws Exception {
    Path file = file("again.csv", "at,device,v,w\n2024-01-01,7,1,a\n2024-01-02,8,2,a\n");
    String[] command = {
      "ingest",
      file.toString(),
      "--dimension",
      "device",
      "--measure",
      "w",
      "--types",
      "v=numeric(10,2),at=timestamptz",
      "--chunk",
      "1 day",
      "--tag",
      "site=x",
      "--time",
      "at"
    };

    assertThat(line.run(command).code()).isZero();
    Outcome again = line.run(command);

    assertThat(again.err()).contains("the table already held 2 rows between ");
    assertThat(again.code()).isZero();
    assertThat(count("again")).isEqualTo(4);
  }

  @Test
  void aFileWithoutTitlesMayBeLoadedAgain() throws Exception {
    Path file = file("bare.csv", "1700000000,1.5\n1700000060,2.5\n");

    assertThat(line.run("ingest", file.toString()).code()).isZero();
    Outcome again = line.run("ingest", file.toString());

    assertThat(again.err())
        .isEqualTo(
            "varve: the table already held 2 rows between 2023-11-14T22:13:20Z and"
                + " 2023-11-14T22:14:20Z\n");
    assertThat(count("bare")).isEqualTo(4);
  }

  @Test
  void theRowsThatAreThereAreCounted() throws Exception {
    for (String type : new String[] {"timestamptz", "timestamp", "date", "bigint"}) {
      boolean isNumber = type.equals("bigint");
      String first = isNumber ? "1700000001" : "2024-01-01";
      String second = isNumber ? "1700000002" : "2024-01-02";
      String third = isNumber ? "1700000003" : "2024-01-03";
      String table = "there_" + type;
      String[] options = {"--time", "time", "--types", "time=" + type, "--chunk", "7 days"};
      options[5] = isNumber ? "100" : options[5];
      Path three = file("three.csv", "time,v\n%s,1\n%s,2\n%s,3\n".formatted(first, second, third));
      Path two = file("two.csv", "time,v\n%s,1\n%s,2\n".formatted(first, second));
      Outcome fresh = ingest(three, table, options);
      assertThat(fresh.err()).isEmpty();
      assertThat(fresh.code()).isZero();

      assertThat(ingest(two, table, "--dry-run").out())
          .contains("0 of 2 rows repeat the time and dimensions of another row of the file\n")
          .contains("the table already holds 2 rows of that time\n");
      assertThat(ingest(two, table).err()).contains("the table already held 2 rows between ");
      assertThat(count(table)).isEqualTo(5);
    }
  }

  private Outcome ingest(Path file, String table, String... options) {
    return line.run(with(new String[] {"ingest", file.toString(), "--table", table}, options));
  }

  private static String[] with(String[] words, String... more) {
    return Stream.concat(Arrays.stream(words), Arrays.stream(more)).toArray(String[]::new);
  }

  @Test
  void everyLoadTellsTheServerHowManyRowsThereAre() throws Exception {
    ingest(file("e1.csv", "time,v\n2024-01-01,1\n"), "estimated");
    ingest(file("e2.csv", "time,v\n2024-01-02,2\n2024-03-01,3\n"), "estimated");
    assertThat(line.run("tables", "--json").out())
        .contains("\"table\":\"estimated\",\"time\":\"time\",\"chunks\":2,\"rows\":3");

    execute("TRUNCATE estimated", "INSERT INTO estimated VALUES ('2024-01-01', 4)");
    assertThat(line.run("tables", "--json").out())
        .contains("\"table\":\"estimated\",\"time\":\"time\",\"chunks\":2,\"rows\":null");
  }

  @Test
  void thePresetTheUserNamesCounts() throws Exception {
    loadMetrics("preset");

    line.env("VARVE_PRESET", "nonsense");
    assertUsage("preset = \"nonsense\" (VARVE_PRESET): expected", "tables");
    line.env("VARVE_PRESET", "production");
    for (String[] command : new String[][] {{"tables"}, {"ingest", directory + "/preset.csv"}}) {
      Outcome outcome = line.run(command);
      assertThat(outcome.code()).describedAs(outcome.err()).isEqualTo(4);
      assertThat(outcome.err()).contains("TLS");
    }
    line.env("VARVE_PRESET", "test");
    assertThat(line.run("tables").code()).isZero();
  }

  @Test
  void aColumnOfWholeNumbersCanBeWidened() throws Exception {
    assertThat(ingest(file("w1.csv", "time,v\n2024-01-01,39\n"), "widened").out())
        .contains("column v: whole numbers only; --types v='double precision' takes fractions\n");
    Path second = file("w2.csv", "time,v\n2024-01-02,39.5\n");

    Outcome refused = ingest(second, "widened");

    String widening = "alter table widened alter column v type double precision";
    assertThat(refused.err())
        .contains("column v takes whole numbers only; for others: varve sql '" + widening + "'\n");
    assertThat(line.run("sql", widening).code()).isZero();
    assertThat(ingest(second, "widened").code()).isZero();
    assertThat(count("widened")).isEqualTo(2);
  }

  @Test
  void rejectsAreLoadedByTheCommandThatIsShown() throws Exception {
    Path file = file("b.csv", "time;v\n01/07/2024 12:00;1,5\n01/07/2024 13:00;much\n");
    String[] reading = {
      "--zone",
      "Europe/Berlin",
      "--time-format",
      "dd/MM/yyyy HH:mm",
      "--decimal",
      ",",
      "--tag",
      "site=it's here"
    };
    Outcome load = ingest(file, "berlin", with(reading, "--types", "v=double precision"));
    String command = load.out().strip().replaceFirst("(?s).*\n", "");
    assertThat(command)
        .isEqualTo(
            "varve ingest --table berlin --zone Europe/Berlin --time-format 'dd/MM/yyyy HH:mm'"
                + " --decimal , --tag 'site=it'\\''s here' "
                + file
                + ".rejects.csv");
    Path rejects = Path.of(file + ".rejects.csv");
    Files.writeString(rejects, Files.readString(rejects).replaceFirst("much\\s*$", "\"2,5\"\n"));
    Outcome again = ingest(rejects, "berlin", reading);
    assertThat(again.code()).describedAs("%s", again).isZero();
    assertThat(count("berlin where (time, v) = ('2024-07-01 10:00Z', 1.5)")).isEqualTo(1);
    assertThat(count("berlin where (time, v) = ('2024-07-01 11:00Z', 2.5)")).isEqualTo(1);
  }

  @Test
  void rejectsThatAreGoneAreNotNamedAsThere() throws Exception {
    Path file = file("gone.csv", "time,v\n2024-01-01,1\n2024-01-02,oops\n");
    assertThat(ingest(file, "gone", "--types", "v=bigint", "--import-id", "g").code()).isEqualTo(3);
    Files.delete(Path.of(file + ".g.rejects.csv"));
    assertThat(ingest(file, "gone", "--import-id", "g").out())
        .contains(
            "the rejected rows were in " + file + ".g.rejects.csv, which is not there any more\n");
  }

  @Test
  void rejectsAreReplacedWithAWordAndTheirOwnAreNumbered() throws Exception {
    Path file = file("x.csv", "time,v\n2024-01-01,1\n2024-01-02,2\n2024-01-03,oops\n");
    line.env("VARVE_COMMAND", "./varve");
    Outcome first = ingest(file, "numbered", "--types", "v=bigint");
    assertThat(first.err()).doesNotContain("replaced");
    assertThat(first.out())
        .contains(
            ".rejects.csv: correct their own fields there, behind the rejected_* columns, which are"
                + " left out, and load that file:\n./varve ingest --table numbered "
                + file
                + ".rejects.csv\n");

    assertThat(ingest(file, "numbered").err())
        .contains("the rejected rows of a load before, in " + file + ".rejects.csv, are replaced");

    assertThat(ingest(Path.of(file + ".rejects.csv"), "numbered").code()).isEqualTo(1);
    assertThat(Path.of(file + ".rejects.2.csv")).exists();
    assertThat(ingest(Path.of(file + ".rejects.2.csv"), "numbered").code()).isEqualTo(1);
    assertThat(Path.of(file + ".rejects.3.csv")).exists();
  }

  @Test
  void anEmptyAnswerSaysWhereTheRowsAre() throws Exception {
    loadMetrics("historic");

    assertThat(line.run("query", "historic", "--last", "2h").err())
        .isEqualTo(
            "varve: 0 rows\nvarve: the newest row is of 2024-01-02T00:00:00Z; --last counts from"
                + " now\n");
    assertThat(line.run("query", "historic", "--last", "2h", "--count").err())
        .endsWith("varve: the newest row is of 2024-01-02T00:00:00Z; --last counts from now\n");
    Outcome chart = line.run("query", "historic", "--from", "2025", "--format", "chart");
    assertThat(chart.out()).isEmpty();
    assertThat(chart.err()).isEqualTo("varve: no rows\n");
  }

  @Test
  void questionsThatContradictThemselvesAreRefused() throws Exception {
    loadMetrics("against");

    assertUsage(
        "--where device=d1 and --where device=d2 contradict each other",
        "query",
        "against",
        "--where",
        "device=d1",
        "--where",
        "device=d2");
    assertUsage(
        "--from 2024-02 is after --to 2024-01",
        "query",
        "against",
        "--from",
        "2024-02",
        "--to",
        "2024-01");
  }

  @Test
  void namesThatAreNotThereAreSetRight() throws Exception {
    loadMetrics("nearby");
    execute("CREATE TABLE IF NOT EXISTS not_of_time (a int)");

    assertThat(line.run("query", "nearbi").err()).contains("did you mean nearby?");
    assertThat(line.run("query", "Nearby").err()).contains("did you mean nearby?");
    assertThat(line.run("query", "not_of_time").err())
        .contains("not_of_time is a plain table; use varve sql");
    assertThat(line.run("query", "nearby", "--where", "devise=d1").err())
        .contains("did you mean device?");
    assertThat(line.run("query", "nearby", "--bucket", "1d", "--by", "Device").err())
        .contains("did you mean device?");
  }

  @Test
  void aMissingScriptIsNamed() {
    assertThat(line.run("sql", "-f", "nosuch.sql").err())
        .isEqualTo("varve: there is no file nosuch.sql\n");
  }

  @Test
  void digitsADoubleCannotKeepAreRefusedByEveryLoad() throws Exception {
    Path file = file("fine.csv", "time,v\n2024-01-01,0.12345678901234567890\n");
    line.run("ingest", file("f.csv", "time,v\n2024-01-01,0.5\n").toString(), "--table", "fine");

    Outcome refused = line.run("ingest", file.toString());
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err()).contains("has more digits than double precision keeps");
    assertThat(line.run("ingest", file.toString(), "--types", "v=double").code()).isZero();
  }

  @Test
  void rejectsOfALoadBeforeDoNotStay() throws Exception {
    line.run("ingest", file("r.csv", "time,v\n2024-01-01,1\n2024-01-02,2\nx,3\n").toString());
    assertThat(directory.resolve("r.csv.rejects.csv")).exists();

    line.run("ingest", file("r.csv", "time,v\n2024-01-03,3\n").toString());

    assertThat(directory.resolve("r.csv.rejects.csv")).doesNotExist();
  }

  @Test
  void theFileToLoadIsNotTakenForRejects() throws Exception {
    Path file = file("self.csv", "time,v\n2024-01-01,1\n");

    Outcome outcome = line.run("ingest", file.toString(), "--rejects", file.toString());

    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).contains("--rejects: " + file + " is the file to load");
    assertThat(file).exists();
  }

  @Test
  void theServerRefusingEveryRowEndsTheLoadAndRefusingManyDoesNot() throws Exception {
    line.run("ingest", file("b.csv", "time,v\n2024-01-01,1\n").toString(), "--table", "bound");
    execute("ALTER TABLE bound ADD CONSTRAINT small CHECK (v < 100)");
    String refused = "2024-01-02,100\n".repeat(1_200);

    Outcome none =
        line.run("ingest", file("b2.csv", "time,v\n" + refused).toString(), "--table", "bound");
    assertThat(none.code()).isEqualTo(1);
    assertThat(none.err()).contains("the server refuses every row, the last because: ");

    Outcome many =
        line.run(
            "ingest",
            file("b3.csv", "time,v\n2024-01-02,1\n" + refused).toString(),
            "--table",
            "bound");
    assertThat(many.code()).isEqualTo(3);
    assertThat(many.out()).contains("1,201 offered = 1 written + 1,200 rejected");
  }

  @Test
  void rowsTheServerRefusesAreFoundAndTheOthersWritten() throws Exception {
    line.run("ingest", file("c.csv", "time,v\n2024-01-01,1\n").toString(), "--table", "checked");
    execute("ALTER TABLE checked ADD CONSTRAINT small CHECK (v < 100)");
    StringBuilder text = new StringBuilder("time,v\n");
    for (int i = 0; i < 1_000; i++) {
      text.append("2024-01-02,").append(i == 333 || i == 777 ? 100 : 1).append('\n');
    }

    Outcome outcome =
        line.run("ingest", file("c2.csv", text.toString()).toString(), "--table", "checked");

    assertThat(outcome.code()).isEqualTo(3);
    assertThat(outcome.out()).contains("1,000 offered = 998 written + 2 rejected");
    assertThat(Files.readAllLines(directory.resolve("c2.csv.rejects.csv")))
        .hasSize(3)
        .anyMatch(reject -> reject.startsWith("335,") && reject.contains("small"))
        .anyMatch(reject -> reject.startsWith("779,"));
    assertThat(count("checked")).isEqualTo(999);
  }

  @Test
  void aLoadThatFailsMidwaySaysHowToGoOn() throws Exception {
    StringBuilder text = new StringBuilder("time,v\n");
    for (int i = 0; i < 120_000; i++) {
      text.append(1_700_000_000L + i).append(",1\n");
    }
    byte[] good = text.toString().getBytes(StandardCharsets.UTF_8);
    Path file = directory.resolve("midway.csv");
    Files.write(file, good);
    Files.write(
        file,
        "1700120000,\u00fc\n".getBytes(StandardCharsets.ISO_8859_1),
        java.nio.file.StandardOpenOption.APPEND);

    Outcome outcome = line.run("ingest", file.toString());

    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err())
        .contains("midway.csv, line 120002: byte 0xfc is not UTF-8")
        .containsPattern(
            "100,000 rows are committed; go on with: varve ingest .*midway.csv.* --import-id import-");
    assertThat(count("midway")).isEqualTo(100_000);

    Files.write(file, good);
    String id = outcome.err().replaceFirst("(?s).*--import-id (\\S+)\n$", "$1");
    Outcome rest = line.run("ingest", file.toString(), "--import-id", id);

    assertThat(rest.code()).isZero();
    assertThat(rest.out())
        .contains("120,000 offered = 20,000 written + 0 rejected + 100,000 stored before, in ");
    assertThat(count("midway")).isEqualTo(120_000);
  }

  @Test
  void aLoadMayBeginAtALine() throws Exception {
    Path file = file("late.csv", "time,v\n2024-01-01,1\n2024-01-02,2\n2024-01-03,3\n");

    Outcome outcome = line.run("ingest", file.toString(), "--from-line", "3");

    assertThat(outcome.out()).contains("2 offered = 2 written + 0 rejected");
    assertThat(count("late")).isEqualTo(2);
  }

  @Test
  void tooManyRejectsEndTheLoad() throws Exception {
    Outcome outcome =
        line.run(
            "ingest",
            file("m.csv", "time,v\n2024-01-01,1\n2024-01-01,2\n2024-01-01,3\n2024-01-01,4\nx,5\n")
                .toString(),
            "--table",
            "few",
            "--max-rejects",
            "0");

    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err()).contains("more than 0 rows rejected; line 6, column time, \"x\"");
  }

  @Test
  void queryAnswersInBuckets() throws Exception {
    loadMetrics("metrics");

    Outcome outcome =
        line.run(
            "query",
            "metrics",
            "--bucket",
            "1d",
            "--by",
            "device",
            "--avg",
            "v",
            "--max",
            "v",
            "--last",
            "v",
            "--count",
            "--format",
            "csv");

    assertThat(outcome.code()).isZero();
    assertThat(outcome.out())
        .isEqualTo(
            """
            bucket,device,v_avg,v_max,v_last,count
            2024-01-01T00:00:00Z,d1,2.0,3.0,3.0,2
            2024-01-01T00:00:00Z,d2,10.0,10.0,10.0,1
            2024-01-02T00:00:00Z,d1,5.0,5.0,5.0,1
            """);
    assertThat(line.run("query", "metrics", "--bucket", "1mo", "--json").out())
        .isEqualTo("[\n{\"bucket\":\"2024-01-01T00:00:00Z\",\"v_avg\":4.75}\n]\n");
  }

  @Test
  void queryGroupsFiltersAndFills() throws Exception {
    loadMetrics("grouped");

    assertThat(
            csv(
                "query grouped --by device --count --percentile v:50 --time-weighted-avg v"
                    + " --where v<10 --having count>1"))
        .isEqualTo(
            """
            device,v_p50,v_time_weighted_avg,count
            d1,3.0,2.0,3
            """);
    assertThat(
            csv(
                "query grouped --bucket 6h --avg v --count --fill linear,count:0 --where device=d1"
                    + " --from 2024-01-01 --to 2024-01-02T12:00"))
        .isEqualTo(
            """
            bucket,v_avg,count
            2024-01-01T00:00:00Z,1.0,1
            2024-01-01T06:00:00Z,2.0,0
            2024-01-01T12:00:00Z,3.0,1
            2024-01-01T18:00:00Z,4.0,0
            2024-01-02T00:00:00Z,5.0,1
            2024-01-02T06:00:00Z,,0
            """);
    assertThat(csv("query grouped --by device --count --where device<>d1"))
        .isEqualTo("device,count\nd2,1\n");
    assertThat(csv("query grouped --bucket 1d --by device --max v --top 1:v_max"))
        .isEqualTo(
            """
            bucket,device,v_max
            2024-01-01T00:00:00Z,d2,10.0
            2024-01-02T00:00:00Z,d1,5.0
            """);
    assertThat(
            csv("query grouped --bucket 1d --count --zone America/New_York --moving sum:count:2"))
        .isEqualTo(
            """
            bucket,count,count_moving_sum
            2023-12-31T00:00:00-05:00,2,2
            2024-01-01T00:00:00-05:00,2,4
            """);
  }

  @Test
  void queryExplainsHowItIsAnswered() throws Exception {
    loadMetrics("explained");

    Outcome outcome =
        line.run("query", "explained", "--bucket", "1d", "--from", "2024-01-02", "--explain");

    assertThat(outcome.code()).isZero();
    assertThat(outcome.out()).startsWith("step ").contains("explained_");
    assertThat(outcome.err())
        .contains("SELECT ", "$1 = 2024-01-02 00:00:00+00", "1 tables or chunks read");
  }

  private String csv(String command) {
    Outcome outcome = line.run((command + " --format csv").split(" "));
    assertThat(outcome.code()).as(outcome.err()).isZero();
    return outcome.out();
  }

  @Test
  void queryNarrowsOrdersAndLimits() throws Exception {
    loadMetrics("narrowed");

    assertThat(
            line.run(
                    "query",
                    "narrowed",
                    "--from",
                    "2024-01-01 01:00",
                    "--to",
                    "2024-01-02",
                    "--format",
                    "ndjson")
                .out()
                .lines())
        .hasSize(1);
    assertThat(
            line.run("query", "narrowed", "--order", "newest", "--limit", "1", "--format", "csv")
                .out())
        .isEqualTo("time,device,v\n2024-01-02T00:00:00Z,d1,5.0\n");
    assertThat(line.run("query", "narrowed", "--latest", "--format", "csv").out().lines())
        .hasSize(3);
    assertThat(line.run("query", "narrowed", "--last", "7d", "--json").out()).isEqualTo("[]\n");
    assertThat(
            line.run(
                    "query",
                    "narrowed",
                    "--where",
                    "device=d2",
                    "--zone",
                    "Europe/Berlin",
                    "--format",
                    "csv")
                .out())
        .isEqualTo("time,device,v\n2024-01-01T01:00:00+01:00,d2,10.0\n");
  }

  @Test
  void queryTellsRowsFromMessages() throws Exception {
    loadMetrics("told");

    Outcome outcome = line.run("query", "told");

    assertThat(outcome.out()).startsWith("time ").doesNotContain("rows");
    assertThat(outcome.err()).isEqualTo("varve: 4 rows\n");
  }

  @Test
  void queryDrawsACharts() throws Exception {
    loadMetrics("drawn");

    Outcome outcome = line.run("query", "drawn", "--format", "chart");

    assertThat(outcome.code()).isZero();
    assertThat(outcome.out()).contains("d1 v", "d2 v", "2024-01-01 to 2024-01-02 (UTC)");
  }

  @Test
  void queryRefusesWhatCannotBeAsked() throws Exception {
    loadMetrics("asked");

    assertUsage("--fill without --bucket", "query", "asked", "--fill", "null");
    String[] twice = "query asked --bucket 1d --count --last 7d --fill 0 --fill".split(" ");
    String[] all = Arrays.copyOf(twice, twice.length + 1);
    all[twice.length] = "null";
    assertUsage("--fill null: all columns are filled already", all);
    assertUsage("both ends", "query", "asked", "--bucket", "1d", "--fill", "0", "--from", "2024");
    assertUsage(
        "is not known\nvarve: expected avg, sum, min, max or count,",
        "query",
        "asked",
        "--bucket",
        "1d",
        "--moving",
        "sun:v_avg:2");
    assertUsage("expected COL:P", "query", "asked", "--percentile", "v");
    assertUsage(
        "v:101: 101 is not from 0 to 100\nvarve: expected COL:P, P in percent",
        "query",
        "asked",
        "--percentile",
        "v:101");
    assertUsage(
        "v:0.95: 0.95 is a fraction; for that percentile write 95",
        "query",
        "asked",
        "--percentile",
        "v:0.95");
    assertUsage("two result columns", "query", "asked", "--avg", "v,v");
    assertUsage("expected N:COL", "query", "asked", "--avg", "v", "--top", "v_avg");
    assertUsage("no column \"w\"", "query", "asked", "--avg", "v", "--having", "w>1");
    assertUsage("contradict", "query", "asked", "--latest", "--avg", "v");
    assertUsage("contradict", "query", "asked", "--downsample", "v:m4:9", "--avg", "v");
    assertUsage(
        "--latest and --order contradict", "query", "asked", "--latest", "--order", "newest");
    assertUsage(
        "--downsample and --order contradict",
        "query",
        "asked",
        "--downsample",
        "v:m4:9",
        "--order",
        "oldest");
    assertUsage("no times to order", "query", "asked", "--avg", "v", "--order", "newest");
    assertUsage("--last 7d,v,30d: more than one span", "query", "asked", "--last", "7d,v,30d");
    assertUsage("begins like an operator: =d1", "query", "asked", "--where", "device==d1");
    assertUsage("is not known", "query", "asked", "--downsample", "v:m5:9");
    assertUsage("no value", "query", "asked", "--where", "v=");
    assertUsage("no column \"w\"", "query", "asked", "--avg", "v", "--top", "3:w");
    assertUsage("no number of rows", "query", "asked", "--avg", "v", "--top", "9999999999:v_avg");
    assertUsage("nothing to move", "query", "asked", "--avg", "v", "--offset", "1h");
    assertUsage("too wide", "query", "asked", "--bucket", "999999999y");
    assertUsage("too wide", "query", "asked", "--bucket", "999999999d");
    assertUsage(
        "more than 10000000",
        "query",
        "asked",
        "--bucket",
        "1s",
        "--fill",
        "0",
        "--from",
        "0001",
        "--to",
        "9999");
    assertUsage(
        "more than 400 digits",
        "query",
        "asked",
        "--bucket",
        "1d",
        "--fill",
        "1e999999999",
        "--from",
        "2024",
        "--to",
        "2025");
    assertUsage("a part is missing", "query", "asked", "--downsample", "v");
    assertUsage("--last", "query", "asked", "--last", "7d", "--from", "2024-01-01");
    assertUsage("is no span of time", "query", "asked", "--bucket", "soon");
    assertUsage("expected --where COL=VALUE", "query", "asked", "--where", "device");
    assertUsage("\"x\" is not a number", "query", "asked", "--where", "v=x");
    assertUsage("--from: \"soon\"", "query", "asked", "--from", "soon");
    assertUsage("contradict", "query", "asked", "--json", "--format", "csv");

    Outcome unknown = line.run("query", "asket");
    assertThat(unknown.code()).isEqualTo(1);
    assertThat(unknown.err()).contains("there is no time-series table asket", "asked");
    Outcome column = line.run("query", "asked", "--bucket", "1d", "--avg", "w");
    assertThat(column.code()).isEqualTo(1);
    assertThat(column.err()).contains("\"w\"");
  }

  private void assertUsage(String message, String... args) {
    Outcome outcome = line.run(args);
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).contains(message);
  }

  @Test
  void sqlRunsScriptsStatementByStatement() {
    Outcome outcome =
        line.run(
            "sql",
            """
            create table scripted (a int);
            begin; insert into scripted select generate_series(1, 3); select count(*) from scripted; rollback;
            insert into scripted values (7);
            select a, 'x;y' as b from scripted;
            """,
            "--format",
            "csv");

    assertThat(outcome.err()).contains("INSERT 3", "ROLLBACK", "INSERT 1");
    assertThat(outcome.code()).isZero();
    assertThat(outcome.out()).isEqualTo("count\n3\n\na,b\n7,x;y\n");
  }

  @Test
  void sqlReadsFilesAndStandardInput() throws Exception {
    Path file = file("q.sql", "select 1 as one;\n");

    assertThat(line.run("sql", "-f", file.toString(), "--json").out())
        .isEqualTo("[\n{\"one\":1}\n]\n");
    assertThat(line.input("select 2 as two").run("sql", "--format", "ndjson").out())
        .isEqualTo("{\"two\":2}\n");
    assertThat(line.input("").run("sql").code()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rollback\nto s", "rollback /* back */ to s", "rollback to savepoint s"})
  void sqlKnowsThatATransactionGoesOn(String statement) {
    String table = "going_on_" + Integer.toHexString(statement.hashCode());

    Outcome outcome =
        line.run(
            "sql",
            "create table %1$s (a int); begin; savepoint s; insert into %1$s values (1); %2$s;"
                    .formatted(table, statement)
                + " insert into %1$s values (2); rollback; select count(*) from %1$s"
                    .formatted(table),
            "--format",
            "csv");

    assertThat(outcome.code()).describedAs(outcome.err()).isZero();
    assertThat(outcome.out()).isEqualTo("count\n0\n");
  }

  @Test
  void sqlKnowsThatATransactionIsOver() {
    Outcome outcome =
        line.run(
            "sql",
            "create table over_now (a int); begin; insert into over_now values (1);"
                + " rollback /* back to start */; insert into over_now values (2)");

    assertThat(outcome.err()).doesNotContain("left its transaction open");
    assertThat(line.run("sql", "select a from over_now", "--format", "csv").out())
        .isEqualTo("a\n2\n");
  }

  @Test
  void sqlShowsEveryTypeAsItIs() {
    Outcome outcome =
        line.run(
            "sql",
            """
            create table typed (id bigserial, small smallserial, n int generated always as identity,
              m money default 1, t timestamptz, d date default 'infinity', f real, j json, b bool);
            insert into typed (j) values (E'{\n"a":\r\n1}');
            select *, array[[1,2],[3,4]] as a, array[]::int[] as e, null::int[] as u, 'NaN'::numeric as q
            from typed;
            """,
            "--format",
            "ndjson");

    assertThat(outcome.code()).describedAs(outcome.err()).isZero();
    assertThat(outcome.out())
        .isEqualTo(
            "{\"id\":1,\"small\":1,\"n\":1,\"m\":\"$1.00\",\"t\":null,\"d\":\"infinity\",\"f\":null,"
                + "\"j\":{ \"a\":  1},\"b\":null,\"a\":[[1,2],[3,4]],\"e\":[],\"u\":null,"
                + "\"q\":\"NaN\"}\n");
  }

  @Test
  void sqlRefusesWhatIsNoText() throws Exception {
    byte[] script = "select 1;\nselect '\u00fc'".getBytes(StandardCharsets.ISO_8859_1);
    Path file = Files.write(directory.resolve("latin.sql"), script);

    Outcome fromFile = line.run("sql", "-f", file.toString());
    Outcome fromStandardInput = line.input(script).run("sql");

    assertThat(fromFile.err()).startsWith("varve: " + file + ", line 2: byte 0xfc is not UTF-8\n");
    assertThat(fromStandardInput.err())
        .startsWith("varve: standard input, line 2: byte 0xfc is not UTF-8\n");
    assertThat(fromFile.code()).isEqualTo(1);
    assertThat(fromStandardInput.code()).isEqualTo(1);
  }

  @Test
  void sqlErrorsDoNotRepeatRows() {
    Outcome outcome =
        line.run(
            "sql",
            "create table uniquely (a text unique); insert into uniquely values ('secret'), ('secret')");

    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err()).contains("(SQLSTATE 23505)").doesNotContain("secret");
  }

  @Test
  void sqlTellsALostConnectionFromAnError() {
    Outcome outcome = line.run("sql", "select pg_terminate_backend(pg_backend_pid())");

    assertThat(outcome.code()).describedAs(outcome.err()).isEqualTo(4);
  }

  @Test
  void aFullDiskIsSaidOnce() throws Exception {
    loadMetrics("too_much");
    ByteArrayOutputStream err = new ByteArrayOutputStream();

    int code;
    try (OutputStream full = new FileOutputStream("/dev/full")) {
      code =
          Main.run(
              new String[] {"tables"},
              Shell.of(
                  InputStream.nullInputStream(), full, err, Map.of("VARVE_URL", url()), Set.of()));
    }

    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualTo("varve: standard output: No space left on device\n");
    assertThat(code).isEqualTo(1);
  }

  @Test
  void boundsOfTimesWithoutAZoneAreTakenAsTheyAre() throws Exception {
    for (String type : new String[] {"date", "timestamp"}) {
      Path file = file(type + "s.csv", "day,v\n2024-01-01,1\n2024-01-02,2\n");
      assertThat(
              line.run("ingest", file.toString(), "--types", "day=" + type, "--time", "day").code())
          .isZero();
      assertThat(
              line.run(
                      "query",
                      type + "s",
                      "--from",
                      "2024-01-02",
                      "--to",
                      "2024-01-03",
                      "--zone",
                      "Asia/Tokyo",
                      "--format",
                      "ndjson")
                  .out())
          .contains("2024-01-02")
          .doesNotContain("2024-01-01")
          .endsWith("\"v\":2}\n");
    }
  }

  @Test
  void healthSaysWhatTheServerCanDo() {
    assertThat(line.run("health").out())
        .containsPattern("(?m)^hypertables and chunks  (native|provided)  ");
    assertThat(line.run("health", "--json").out())
        .containsPattern("\"hypertable\" : \\{\\s+\"support\" : \"(native|provided)\"");
  }

  @Test
  void sqlErrorsNameThePlace() {
    Outcome outcome = line.run("sql", "select 1;\n  select frm;");

    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err())
        .contains("varve: line 2, column 10: column \"frm\" does not exist (SQLSTATE 42703)\n");
  }

  @Test
  void sqlFindsTheToolkit() {
    line.run("install");

    Outcome outcome =
        line.run(
            "sql",
            "select time_bucket('1 day', timestamptz '2024-01-01 12:00+00') as day",
            "--format",
            "csv");

    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out()).isEqualTo("day\n2024-01-01T00:00:00Z\n");
  }

  @Test
  void sqlLeavesNoTransactionOpen() {
    Outcome outcome =
        line.run("sql", "create table left_open (a int); begin; insert into left_open values (1)");

    assertThat(outcome.err()).contains("the script left its transaction open: rolled back");
    assertThat(line.run("sql", "select count(*) from left_open", "--format", "csv").out())
        .isEqualTo("count\n0\n");
  }

  @Test
  void installTellsWhatItDid() {
    line.run("install");

    assertThat(line.run("install").out()).contains("is current; nothing to do");
    assertThat(line.run("install", "--json").out()).contains("\"migrations\" : 0");
  }

  @Test
  void tablesChunksAndHealthSpeakJson() throws Exception {
    loadMetrics("listed");

    assertThat(line.run("tables", "--json").out()).contains("\"table\":\"listed\"", "\"chunks\":1");
    assertThat(line.run("chunks", "listed", "--json").out())
        .contains("\"start\":\"2023-12-28T00:00:00Z\"");
    assertThat(line.run("tables").out()).contains("listed");
    Outcome health = line.run("health", "--json");
    assertThat(health.code()).isZero();
    assertThat(health.out()).contains("\"status\" : \"up\"", "\"roundTripMillis\" : ");
  }

  @Test
  void theDemoRunsAgainAndAgain() {
    Outcome first = line.run("demo", "--rows", "3000");

    assertThat(first.err()).isEmpty();
    assertThat(first.code()).isZero();
    assertThat(first.out())
        .contains("demo_co2", "2,284 rows", "public domain")
        .contains("demo_sensors", "3,000 rows")
        .contains("Try next:");
    Outcome second = line.run("demo", "--rows", "2000", "--json");
    assertThat(second.code()).isZero();
    assertThat(second.out()).contains("\"table\" : \"demo_sensors\"", "\"rows\" : 2000");
    assertThat(line.run("demo", "--rows", "0").code()).isEqualTo(2);
  }

  @Test
  void theCommandsTheDemoSuggestsWork() {
    String suggestions = line.run("demo", "--rows", "3000").out();

    var commands =
        suggestions.lines().dropWhile(text -> !text.contains("Try next")).skip(1).toList();
    assertThat(commands).hasSizeGreaterThan(3);
    for (String command : commands) {
      Outcome outcome = line.run(words(command.strip().substring("varve ".length())));
      assertThat(outcome.code()).describedAs(command + "\n" + outcome.err()).isZero();
      assertThat(outcome.out()).describedAs(command).isNotBlank();
    }
  }

  private static String[] words(String command) {
    return java.util.regex.Pattern.compile("\"([^\"]*)\"|'([^']*)'|(\\S+)")
        .matcher(command)
        .results()
        .map(
            word ->
                word.group(1) != null
                    ? word.group(1)
                    : word.group(2) != null ? word.group(2) : word.group(3))
        .toArray(String[]::new);
  }

  @Test
  void theDemoReplacesWhatItLeftUnfinished() throws Exception {
    line.run("demo", "--rows", "100");
    execute("TRUNCATE demo_co2", "COMMENT ON TABLE demo_co2 IS NULL");

    assertThat(line.run("demo", "--rows", "100").code()).isZero();

    execute("TRUNCATE demo_co2", "COMMENT ON TABLE demo_co2 IS 'mine'");
    assertThat(line.run("demo", "--rows", "100").code()).isEqualTo(1);

    execute("INSERT INTO demo_co2 VALUES ('2000-01-01', 1)", "COMMENT ON TABLE demo_co2 IS NULL");
    Outcome withRows = line.run("demo", "--rows", "100");
    assertThat(withRows.code()).isEqualTo(1);
    assertThat(withRows.err()).contains("there is a table demo_co2 that the demo did not make");
    execute("DROP TABLE demo_co2");
  }

  @Test
  void theDemoLeavesTablesOfOthersAlone() throws Exception {
    line.run("demo", "--rows", "100");
    execute("DROP TABLE demo_co2", "CREATE TABLE demo_co2 (a int)");

    Outcome outcome = line.run("demo", "--rows", "100");

    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err()).contains("there is a table demo_co2 that the demo did not make");
    execute("DROP TABLE demo_co2");
  }

  private void loadMetrics(String table) throws IOException {
    Path file =
        file(
            table + ".csv",
            """
            time,device,v
            2024-01-01T00:00:00Z,d1,1.0
            2024-01-01T12:00:00Z,d1,3.0
            2024-01-01T00:00:00Z,d2,10.0
            2024-01-02T00:00:00Z,d1,5.0
            """);
    assertThat(line.run("ingest", file.toString(), "--types", "v=double").code()).isZero();
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  private void execute(String... statements) throws SQLException {
    try (Connection connection = database.jdbc();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private long count(String table) throws SQLException {
    try (Connection connection = database.jdbc();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT count(*) FROM " + table)) {
      result.next();
      return result.getLong(1);
    }
  }
}
