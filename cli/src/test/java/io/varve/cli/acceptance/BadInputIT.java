package io.varve.cli.acceptance;

import static io.varve.cli.acceptance.BadInput.ANYTHING;
import static io.varve.cli.acceptance.BadInput.DIRECTORY;
import static io.varve.cli.acceptance.BadInput.FILE;
import static org.assertj.core.api.Assertions.assertThat;

import io.varve.cli.Main;
import io.varve.testkit.OwnedServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What users may do wrong, one entry each: the exit code, every line of the message, and what is in
 * the table then. Nothing else may change.
 */
final class BadInputIT {

  private static final String[] GOOD = {
    "time,device,value",
    "2024-01-01 00:00,a,1.5",
    "2024-01-01 00:00,b,2.5",
    "2024-01-01 00:01,a,3.5",
    "2024-01-01 00:01,b,4.5"
  };

  /** No local server is made here. */
  private static final String NOWHERE = "/proc/none";

  private static OwnedServer server;

  @TempDir Path directory;

  /** How a command ended and what it said. */
  private record Outcome(int exitCode, String out, String err) {}

  static Stream<BadInput> connections() {
    return Stream.of(
        BadInput.of("nobody listens")
            .file(GOOD)
            .on(any -> "postgresql://127.0.0.1:1/none?user=me&password=secret")
            .exits(4)
            .says(
                "connecting to 127.0.0.1:1/none as me: Connection to 127.0.0.1:1 refused; is the"
                    + " server running there, and does it listen on that address?"),
        BadInput.of("unknown host")
            .file(GOOD)
            .on(any -> "postgresql://no.such.host.invalid/none?user=me&password=secret")
            .exits(4)
            .says(
                "connecting to no.such.host.invalid:5432/none as me: The connection attempt failed;"
                    + " there is no host no.such.host.invalid"),
        BadInput.of("wrong password")
            .file(GOOD)
            .on(any -> BadInput.login(any, "postgres", "secret"))
            .exits(4)
            .says(
                "connecting to …/postgres as postgres: password authentication failed for user"
                    + " \"postgres\"; check the password"),
        BadInput.of("unknown database")
            .file(GOOD)
            .on(any -> BadInput.administrator(any).replace("/postgres?", "/nowhere?"))
            .exits(4)
            .says(
                "connecting to …/nowhere as postgres: database \"nowhere\" does not exist; create"
                    + " it, or name an existing one"),
        BadInput.of("no connection left for the user")
            .file(GOOD)
            .after("alter role reader connection limit 0")
            .on(any -> BadInput.login(any, "reader", "reads"))
            .exits(4)
            .says(
                "connecting to …/postgres as reader: too many connections for role \"reader\";"
                    + " close idle connections, lower pool-size, or raise the server's"
                    + " max_connections"),
        BadInput.of("password on the command line")
            .file(GOOD)
            .with("--url", "postgresql://me:secret@127.0.0.1/none")
            .exits(2)
            .says(
                "--url must not hold a password: other users can see it in the process list",
                "leave it out and set VARVE_PASSWORD or PGPASSWORD, or put it into ~/.pgpass; or"
                    + " set the whole URL as VARVE_URL"),
        BadInput.of("URL of another kind of server")
            .file(GOOD)
            .with("--url", "mysql://127.0.0.1/none")
            .exits(2)
            .says(
                "--url: expected jdbc:postgresql://host:port/database or"
                    + " postgresql://user@host:port/database"));
  }

  static Stream<BadInput> tables() {
    return Stream.of(
        BadInput.of("user may not create tables")
            .file(GOOD)
            .on(any -> BadInput.login(any, "reader", "reads"))
            .says(
                "creating hypertable target: permission denied for schema public; let the owner"
                    + " GRANT the privilege to this user; Varve's own schemas need CREATE on the"
                    + " database"),
        BadInput.of("user may not insert")
            .file(GOOD)
            .with("--table", "kept")
            .on(any -> BadInput.login(any, "reader", "reads"))
            .says(
                "inserting into kept: permission denied for table kept; let the owner GRANT the"
                    + " privilege to this user; Varve's own schemas need CREATE on the database",
                "no row of this run is committed: it can be run again"),
        BadInput.of("ordinary table")
            .file(GOOD)
            .after("create table target (time timestamptz, device text, value float8)")
            .leaves(0)
            .says(
                "target is a table and not a hypertable; rename it, create the hypertable, and copy"
                    + " its rows; or choose another name"),
        BadInput.of("view")
            .file(GOOD)
            .after("create view target as select * from kept")
            .leaves(4)
            .says("target is a view and not a hypertable; choose another name"),
        BadInput.of("name of too many parts")
            .file(GOOD)
            .with("--table", "a.b.c")
            .exits(2)
            .says(
                "table name \"a.b.c\" is not usable: expected name or schema.name",
                "name the table with --table, as name or schema.name"),
        BadInput.of("name that is too long")
            .file(GOOD)
            .with("--table", "t".repeat(64))
            .exits(2)
            .says(
                "table name \"t…t\" is not usable: expected 1 to 63 bytes without NUL, found 64"
                    + " bytes",
                "name the table with --table, as name or schema.name"),
        BadInput.of("width of chunks that is none")
            .file(GOOD)
            .with("--chunk", "wide")
            .exits(2)
            .says("--chunk \"wide\": expected \"<n> <unit>\"…"),
        BadInput.of("width for chunks of a table that is there")
            .intoTable(GOOD)
            .file(GOOD)
            .with("--chunk", "1 day")
            .exits(2)
            .leaves(4)
            .says(
                "--chunk: table target exists and keeps its columns",
                "its chunks have another width; leave the option out, or choose another table with"
                    + " --table"),
        BadInput.of("row that is there already")
            .intoTable(GOOD)
            .after("create unique index on target (device, time)")
            .file("time,device,value", "2024-01-01 00:01,b,9", "2024-01-01 00:02,b,5.5")
            .exits(3)
            .leaves(5)
            .says(
                "line 2, columns device, time: inserting into target: duplicate key value violates unique constraint…"),
        BadInput.of("row twice in the file")
            .intoTable(GOOD)
            .after("create unique index on target (device, time)")
            .file("time,device,value", "2024-01-01 00:02,b,9", "2024-01-01 00:02,b,9")
            .exits(3)
            .leaves(5)
            .says(
                "line 3, columns device, time: inserting into target: duplicate key value violates unique constraint…"),
        BadInput.of("out of the range of real")
            .intoTable("time,value", "2024-01-01,1.5")
            .after("alter table target alter value type real")
            .file("time,value", "2024-01-02,1e39", "2024-01-03,3.4e38")
            .exits(3)
            .leaves(2)
            .says("line 2, column value: \"1e39\" is out of range for real"),
        BadInput.of("out of the range of double precision")
            .intoTable("time,value", "2024-01-01,1.5")
            .file("time,value", "2024-01-02,1e309", "2024-01-03,1e308")
            .exits(3)
            .leaves(2)
            .says("line 2, column value: \"1e309\" is out of range for double precision"),
        BadInput.of("more digits than the table keeps")
            .intoTable("time,value", "2024-01-01,1.5")
            .after("alter table target alter value type numeric(4,2)")
            .file("time,value", "2024-01-02,100", "2024-01-03,99.99")
            .exits(3)
            .leaves(2)
            .says(
                "line 2, column value: inserting into target: column \"value\" of target: 100 does not fit"
                    + " numeric(4,2); expected at most 2 digits before the decimal point and 2"
                    + " after it"));
  }

  static Stream<BadInput> files() {
    return Stream.of(
        BadInput.of("no such file")
            .line("ingest", "no-such-file.csv")
            .says("there is no file no-such-file.csv"),
        BadInput.of("directory")
            .line("ingest", DIRECTORY)
            .says(DIRECTORY + " is a directory", "name one CSV file"),
        BadInput.of("empty file").says(FILE + " is empty", "expected a header and rows"),
        BadInput.of("header only")
            .file("time,device,value")
            .says(FILE + " has a header but no rows", "nothing to do: no types can be inferred"),
        BadInput.of("binary file")
            .bytes((byte) 1, (byte) 0, (byte) 2, (byte) 10)
            .says(
                FILE + ", line 1: NUL character: this is a binary file, or UTF-16",
                "expected CSV text; UTF-16 without a byte order mark needs --encoding UTF-16LE"),
        BadInput.of("ZIP archive")
            .file("PK\u0003\u0004")
            .says(
                FILE + " is not CSV but a ZIP archive",
                "expected CSV text, plain or compressed with gzip"),
        BadInput.of("one column twice")
            .file("time,value,value", "2024-01-01,1,2")
            .exits(2)
            .says(
                "columns 2 and 3 are both named \"value\"",
                "rename one in the file, or name all columns with --columns"),
        BadInput.of("title that is too long for a column")
            .file("time," + "v".repeat(64), "2024-01-01,1")
            .exits(2)
            .says("table target: …found 64 bytes", "change it with --table, --columns or --chunk"),
        BadInput.of("Latin 1 taken for UTF-8")
            .file(StandardCharsets.ISO_8859_1, "time,place", "2024-01-01,Bonn", "2024-01-02,Köln")
            .says(
                FILE + ", line 3: byte 0xf6 is not UTF-8",
                "give the file's encoding, such as --encoding ISO-8859-1 or --encoding"
                    + " windows-1252"),
        BadInput.of("quote that never closes")
            .file("time,place", "2024-01-01,Bonn", "2024-01-02,\"Köln", "2024-01-03,Ulm")
            .says(
                FILE + ", line 3: a quoted field that opens in this row never closes",
                "close it, or double a quote that is part of the text"),
        BadInput.of("quote that never closes after the first batch")
            .file(NumberedRows.HEADER + NumberedRows.rows(0, 60_000) + "\"2024-01-01,1,1.5")
            .leaves(50_000)
            .says(
                FILE + ", line 60002: a quoted field that opens in this row never closes",
                "close it, or double a quote that is part of the text; 50,000 rows are committed;"
                    + " go on with: varve ingest … --import-id import-…"),
        BadInput.of("text after a closing quote")
            .file("time,place", "2024-01-01,\"Bonn\"", "2024-01-02,\"Köln\"!", "2024-01-03,Ulm")
            .exits(3)
            .leaves(2)
            .says(
                "line 3: \"2024-01-02,\"Köln\"!\" has an unexpected character after closing quote:"
                    + " '!' (0x21)"),
        BadInput.of("rows with too few and too many fields")
            .file(
                "time,device,value",
                "2024-01-01 00:00,a",
                "2024-01-01 00:01,b,2.5",
                "2024-01-01 00:02,c,3.5,x")
            .exits(3)
            .leaves(1)
            .says("line 2: \"2024-01-01 00:00,a\" has 2 fields, expected 3"),
        BadInput.of("times that are none")
            .file("time,value", "2024-01-01,1", "2024-02-30,2", ",3", "2024-01-04,4")
            .exits(3)
            .leaves(2)
            .says("line 3, column time: \"2024-02-30\" is not a date of the calendar"),
        BadInput.of("year beyond what a timestamp holds")
            .file("time,value", "2024-01-01T00:00:00Z,1", "294277-01-01T00:00:00Z,2")
            .with("--time", "time", "--time-format", "iso")
            .exits(3)
            .leaves(1)
            .says(
                "line 3, column time: \"294277-01-01T00:00:00Z\" is outside of what PostgreSQL can"
                    + " hold, 4714 BC to the year 294276"),
        BadInput.of("year beyond what a chunk holds")
            .file("time,value", "2024-01-01T00:00:00Z,1", "294250-01-01T00:00:00Z,2")
            .with("--time", "time", "--time-format", "iso")
            .exits(3)
            .leaves(1)
            .says(
                "line 3, column time: inserting into target: column \"time\" of target: the time is too late for"
                    + " a chunk; expected it before +294247-01-10T04:00:54.775807Z"),
        BadInput.of("no row that fits")
            .file("time,value", "2024-01-01,1", "2024-01-02,2")
            .with("--types", "value=uuid")
            .leaves(0)
            .says("line 2, column value: \"1\" is not a UUID"),
        BadInput.of("more rejected rows than allowed")
            .file("time,value", "2024-01-01,x", "2024-01-02,2", "2024-01-03,3")
            .with("--types", "value=int", "--max-rejects", "0")
            .leaves(0)
            .says("more than 0 rows rejected; line 2, column value, \"x\" is not a number"),
        BadInput.of("no place for rejected rows")
            .file("time,value", "2024-01-01,x", "2024-01-02,2")
            .with("--types", "value=int", "--rejects", DIRECTORY + "/none/rejects.csv")
            .leaves(0)
            .says(
                "the rejected rows cannot be kept in {directory}/none/rejects.csv: no such"
                    + " directory",
                "name another file with --rejects"));
  }

  static Stream<BadInput> commandLines() {
    return Stream.of(
        BadInput.of("unknown command")
            .line("ingets", FILE)
            .exits(2)
            .says("unknown command ingets; did you mean ingest?", "see varve --help"),
        BadInput.of("unknown option")
            .file(GOOD)
            .with("--tabel", "x")
            .exits(2)
            .says("unknown option --tabel; did you mean --table?", "see varve ingest --help"),
        BadInput.of("option without its value")
            .file(GOOD)
            .with("--table")
            .exits(2)
            .says(
                "Missing required parameter for option '--table' (NAME)",
                "see varve ingest --help"),
        BadInput.of("two files")
            .file(GOOD)
            .line("ingest", FILE, FILE)
            .exits(2)
            .says(
                "unknown argument " + FILE + "; ingest takes one file at a time",
                "see varve ingest --help"),
        BadInput.of("line that is no number")
            .file(GOOD)
            .with("--from-line", "two")
            .exits(2)
            .says(
                "Invalid value for option '--from-line': \"two\" is not a whole number",
                "see varve ingest --help"),
        BadInput.of("standard input without a name for the table")
            .line("ingest", "-")
            .exits(2)
            .says(
                "standard input has no name to name the table after",
                "name the table with --table"),
        BadInput.of("unknown table")
            .line("query", "nothing")
            .says("there is no time-series table nothing", "there are kept"),
        BadInput.of("mistake in SQL")
            .line("sql", "delete from kept where\n  value >")
            .says("line 2, column 10: syntax error at end of input (SQLSTATE 42601)"));
  }

  /** What looks odd and is fine. */
  static Stream<BadInput> oddities() {
    return Stream.of(
        BadInput.of("line breaks as on Windows")
            .file("time,value\r", "2024-01-01,1.5\r", "2024-01-02,2.5\r")
            .exits(0)
            .leaves(2),
        BadInput.of("line breaks within quotes")
            .file("time,note", "2024-01-01,\"one", "two\"", "2024-01-02,\"he said \"\"three\"\"\"")
            .exits(0)
            .leaves(2),
        BadInput.of("Latin 1")
            .file(StandardCharsets.ISO_8859_1, "time,place", "2024-01-01,Bonn", "2024-01-02,Köln")
            .with("--encoding", "ISO-8859-1")
            .exits(0)
            .leaves(2));
  }

  @BeforeAll
  static void startServer(@TempDir Path files) throws Exception {
    server = OwnedServer.start("18");
    load(files.resolve("kept.csv"), String.join("\n", GOOD));
    execute("create role reader login password 'reads'", "grant select on kept to reader");
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @AfterEach
  void undo() throws SQLException {
    boolean isView =
        query("select exists (select from pg_views where viewname = 'target')").equals("t");
    execute(
        "drop %s if exists target".formatted(isView ? "view" : "table"),
        "alter role reader connection limit -1");
  }

  @ParameterizedTest
  @MethodSource({"connections", "tables", "files", "commandLines", "oddities"})
  void isToldAndHarmsNothing(BadInput input) throws Exception {
    Path file = directory.resolve("target.csv");
    if (!input.table().isEmpty()) {
      load(file, input.table());
    }
    execute(input.statements().toArray(String[]::new));
    String before = everythingElse();
    Files.write(file, input.content());
    String[] arguments = input.arguments().stream().map(this::filledIn).toArray(String[]::new);
    Outcome outcome = run(input.url(server), arguments);

    assertThat(outcome.exitCode()).describedAs("%s", outcome).isEqualTo(input.exitCode());
    assertThat(outcome.err()).matches(lines(input.messages()));
    assertThat(outcome.out() + outcome.err()).doesNotContain("secret", server.password());
    assertThat(rowsOf("target")).isEqualTo(input.rows());
    assertThat(everythingElse()).isEqualTo(before);
  }

  private String filledIn(String text) {
    return text.replace(FILE, directory.resolve("target.csv").toString())
        .replace(DIRECTORY, directory.toString());
  }

  private Pattern lines(List<String> messages) {
    return Pattern.compile(
        messages.stream()
            .map(message -> "varve: " + filledIn(message) + "\n")
            .map(line -> Arrays.stream(line.split(ANYTHING, -1)).map(Pattern::quote))
            .map(parts -> parts.collect(Collectors.joining(".*")))
            .collect(Collectors.joining()));
  }

  @Test
  void textsWithLineBreaksAndQuotesAreKept() throws Exception {
    load(
        directory.resolve("target.csv"),
        "time,note\n2024-01-01,\"one\r\ntwo\"\n2024-01-02,\"\"\"three\"\"\"\n");
    assertThat(query("select string_agg(note, '|' order by time) from target"))
        .isEqualTo("one\r\ntwo|\"three\"");
  }

  @Test
  void rejectedRowsOfALoadThatGoesOnAreAddedToThoseBefore() throws Exception {
    Path file = directory.resolve("target.csv");
    String rows = NumberedRows.rows(0, 60_000);
    String broken = NumberedRows.HEADER + "yesterday,0,0.5\n" + rows;
    Files.writeString(file, broken + "\"");
    String[] load = {"ingest", file.toString(), "--import-id", "broken"};
    Outcome stopped = run(BadInput.administrator(server), load);
    assertThat(stopped.err())
        .endsWith(
            "49,999 rows are committed; go on with: varve ingest "
                + file
                + " --import-id broken\n");
    Files.writeString(file, broken + "tomorrow,0,0.5\n");
    Outcome rest = run(BadInput.administrator(server), load);
    assertThat(rest.exitCode()).isEqualTo(3);
    assertThat(rowsOf("target")).isEqualTo("60000");
    assertThat(directory.resolve("target.csv.broken.rejects.csv"))
        .content()
        .hasLineCount(3)
        .containsSubsequence("rejected_line,", "2,time,yesterday", "60003,time,tomorrow");
  }

  @Test
  void aLoadWithoutANameThatGoesOnKeepsItsRejectsFile() throws Exception {
    Path file = directory.resolve("target.csv");
    String broken = NumberedRows.HEADER + "yesterday,0,0.5\n" + NumberedRows.rows(0, 60_000);
    Files.writeString(file, broken + "\"");
    Outcome stopped = run(BadInput.administrator(server), "ingest", file.toString());
    String id = stopped.err().strip().replaceFirst("(?s).*--import-id ", "");
    Files.writeString(file, broken + "tomorrow,0,0.5\n");
    run(BadInput.administrator(server), "ingest", file.toString(), "--import-id", id);
    assertThat(rowsOf("target")).isEqualTo("60000");
    assertThat(directory.resolve("target.csv.rejects.csv"))
        .content()
        .hasLineCount(3)
        .containsSubsequence("rejected_line,", "2,time,yesterday", "60003,time,tomorrow");
  }

  @Test
  void aLoadThatGoesOnKeepsEachRejectedRowOnce() throws Exception {
    Path file = directory.resolve("target.csv");
    String broken = NumberedRows.HEADER + NumberedRows.rows(0, 50_000) + "tomorrow,0,0.5\n";
    Files.writeString(file, broken + NumberedRows.rows(50_000, 99_999) + "\"");
    String[] load = {"ingest", file.toString(), "--import-id", "torn"};
    run(BadInput.administrator(server), load);
    Path rejects = directory.resolve("target.csv.torn.rejects.csv");
    assertThat(rejects).content().hasLineCount(2).contains("50002,time,tomorrow");
    // Killed while it kept a row of a batch that was not stored, and another was torn.
    Files.writeString(
        rejects, "100002,time,later,is not a time,later,1,1\n500", StandardOpenOption.APPEND);
    Files.writeString(file, broken + NumberedRows.rows(50_000, 100_000));

    run(BadInput.administrator(server), load);

    assertThat(rowsOf("target")).isEqualTo("100000");
    assertThat(rejects)
        .hasContent(
            """
            rejected_line,rejected_column,rejected_value,rejected_reason,time,number,value
            50002,time,tomorrow,is not a time like 2014-02-14T14:30:00Z,tomorrow,0,0.5
            """);
  }

  @Test
  void aFileThatHoldsOtherThingsIsNotExtended() throws Exception {
    Path file = directory.resolve("target.csv");
    Files.writeString(file, String.join("\n", GOOD));
    Path notes = Files.writeString(directory.resolve("notes.txt"), "mine\n");

    Outcome outcome =
        run(
            BadInput.administrator(server),
            "ingest",
            file.toString(),
            "--from-line",
            "2",
            "--rejects",
            notes.toString());

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err())
        .isEqualTo(
            "varve: %s is there and does not hold rejected rows\nvarve: name another with --rejects\n"
                .formatted(notes));
    assertThat(notes).hasContent("mine");
    assertThat(directory).isDirectoryNotContaining("glob:**.tmp");
  }

  @Test
  void aLoadWhoseTableCannotBeAnalysedIsStillALoad() throws Exception {
    execute(
        """
        CREATE FUNCTION hamper() RETURNS event_trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF to_regclass('target') IS NOT NULL THEN
            CREATE STATISTICS IF NOT EXISTS hampering ON (1 / v) FROM target;
          END IF;
        END $$
        """,
        "CREATE EVENT TRIGGER hamper ON ddl_command_end WHEN TAG IN ('CREATE TABLE')"
            + " EXECUTE FUNCTION hamper()");
    try {
      Path file = Files.writeString(directory.resolve("target.csv"), "time,v\n2024-01-01,0\n");
      Outcome outcome = run(BadInput.administrator(server), "ingest", file.toString());

      assertThat(outcome.exitCode()).isZero();
      assertThat(outcome.out()).contains("1 offered = 1 written + 0 rejected");
      assertThat(outcome.err())
          .contains("warning: analysing table target: division by zero")
          .contains("run ANALYZE \"public\".\"target\"");
    } finally {
      execute("DROP EVENT TRIGGER hamper", "DROP FUNCTION hamper()");
    }
  }

  @Test
  void serverThatIsTooOldIsNamed() throws Exception {
    Path file = Files.writeString(directory.resolve("target.csv"), String.join("\n", GOOD));
    try (OwnedServer old = OwnedServer.start("14")) {
      Outcome outcome = run(BadInput.administrator(old), "ingest", file.toString());
      assertThat(outcome.exitCode()).isEqualTo(1);
      assertThat(outcome.err())
          .matches(
              "varve: this server is PostgreSQL 14\\.\\d+: expected 15 or newer; upgrade it, or use"
                  + " another server\n");
    }
  }

  private static void load(Path file, String content) throws IOException {
    Files.writeString(file, content);
    Outcome outcome = run(BadInput.administrator(server), "ingest", file.toString());
    assertThat(outcome.exitCode()).describedAs("%s", outcome).isZero();
  }

  private static Outcome run(String url, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Map<String, String> variables = Map.of("VARVE_URL", url, "VARVE_HOME", NOWHERE);
    int code = Main.run(arguments, InputStream.nullInputStream(), out, err, variables);
    return new Outcome(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private static String rowsOf(String table) throws SQLException {
    boolean isThere = query("select to_regclass('%s') is not null".formatted(table)).equals("t");
    return isThere ? query("select count(*) from " + table) : "no table";
  }

  /** The rows of the other table, and the names of everything there is. */
  private static String everythingElse() throws SQLException {
    return query("select string_agg(kept::text, ',' order by kept::text) from kept")
        + query(
            """
            select string_agg(format('%s.%s', n.nspname, c.relname), ' ' order by 1)
              from pg_class c join pg_namespace n on n.oid = c.relnamespace
             where n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
               and c.relname not like 'target%'
            """);
  }

  private static void execute(String... statements) throws SQLException {
    try (Connection connection = server.jdbc();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private static String query(String sql) throws SQLException {
    try (Connection connection = server.jdbc();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return String.valueOf(result.getString(1));
    }
  }
}
