package io.varve.cli.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.Varve;
import io.varve.cli.Main;
import io.varve.ingest.Batches;
import io.varve.testkit.OwnedServer;
import io.varve.testkit.TcpProxy;
import io.varve.testkit.TestDatabase;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A load that breaks off and goes on ends with exactly the file's rows. */
@Timeout(value = 30, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ImportIT {

  private static final String KILLS = "varve.test.import-kills";
  private static final int ROWS = 60_000;
  private static final int BATCH = 1_000;
  private static final String TABLE = "imported";

  private static final Pattern SUM = Pattern.compile(": ([\\d,]+) offered = (.*?), in ");
  private static final Pattern NUMBER = Pattern.compile("[\\d,]+");

  private static OwnedServer server;

  @RegisterExtension final Sandbox sandbox = new Sandbox();

  @BeforeAll
  static void startServer() {
    server = OwnedServer.start("18");
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @AfterEach
  void drop() throws SQLException {
    execute("drop table if exists " + TABLE, "drop table if exists other");
    if (value("select to_regclass('varve_internal.batch') is not null").equals("t")) {
      execute("delete from varve_internal.batch");
    }
  }

  /** How a load is run that is killed. */
  record Kill(int seed, int workers) {}

  static Stream<Kill> kills() {
    int count = Integer.getInteger(KILLS, 3);
    int[] workers = {1, 2, 4};
    return IntStream.range(0, count).mapToObj(i -> new Kill(i + 1, workers[i % workers.length]));
  }

  /** Every second one is killed again when it goes on. */
  @ParameterizedTest
  @MethodSource("kills")
  void afterAKillTheSameImportEndsWithTheFile(Kill kill) throws Exception {
    Random random = new Random(kill.seed());
    createTable();
    Path file = FaultyRows.write(sandbox.file("rows.csv"), ROWS);
    kill(random, load(file, kill.workers(), BATCH));
    if (kill.seed() % 2 == 0) {
      kill(random, load(file, kill.workers(), 1 + random.nextInt(2 * BATCH)));
    }

    int batch = random.nextBoolean() ? BATCH : 1 + random.nextInt(3 * BATCH);
    Child rest = sandbox.start(variables(server), load(file, 1 + random.nextInt(4), batch));
    Child.Result result = rest.finish();

    assertThat(result.exitCode()).describedAs("%s", result).isEqualTo(3);
    FaultyRows.assertStored(server, TABLE, ROWS);
    FaultyRows.assertRejected(sandbox.file("rows.csv.nightly.rejects.csv"), ROWS);
    assertThat(sum(result.out())).isEqualTo(ROWS);
  }

  /** Kills a load at a random point, not before it has begun to write. */
  private void kill(Random random, String... load) throws Exception {
    long before = stored();
    long left = ROWS * 9L / 10 - before;
    long rows = before + 1 + (left > 0 ? random.nextInt((int) left) : 0);
    Child child = sandbox.start(variables(server), load);
    Await.until(rows + " rows", () -> stored() >= rows || !child.isAlive());
    LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(50_000)));
    child.kill();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void whatCtrlCStopsGoesOn(int workers) throws Exception {
    createTable();
    Path file = FaultyRows.write(sandbox.file("rows.csv"), ROWS);
    Child load = sandbox.start(variables(server), load(file, workers, 200));
    Await.until("some rows", () -> stored() > 0);
    load.terminate();
    Child.Result stopped = load.finish();
    assertThat(stopped.exitCode()).isEqualTo(143);
    assertThat(stopped.err())
        .containsPattern(
            "varve: interrupted\nvarve: [\\d,]+ rows are committed; go on with: varve ingest .*"
                + " --import-id nightly.*\n$");
    assertThat(stored())
        .isEqualTo(number(stopped.err().replaceFirst("(?s).*varve: ([\\d,]+) rows.*", "$1")));

    Outcome rest = run(load(file, workers, BATCH));

    assertThat(rest.code()).isEqualTo(3);
    FaultyRows.assertStored(server, TABLE, ROWS);
    FaultyRows.assertRejected(sandbox.file("rows.csv.nightly.rejects.csv"), ROWS);
  }

  @Test
  void badRowsOfBothKindsNameLineAndColumn() throws Exception {
    createTable();
    Path file = FaultyRows.write(sandbox.file("rows.csv"), ROWS);

    Outcome outcome = run(load(file, 2, 50_000));

    assertThat(outcome.code()).isEqualTo(3);
    assertThat(outcome.err()).isEqualTo("varve: line 19, column value: \"much\" is not a number\n");
    assertThat(outcome.out())
        .contains("60,000 offered = 59,400 written + 600 rejected, in ")
        .contains("the rejected rows are in " + file + ".nightly.rejects.csv")
        .endsWith("\nvarve ingest --table imported " + file + ".nightly.rejects.csv\n");
    FaultyRows.assertStored(server, TABLE, ROWS);
    FaultyRows.assertRejected(sandbox.file("rows.csv.nightly.rejects.csv"), ROWS);
    assertThat(Files.readString(sandbox.file("rows.csv.nightly.rejects.csv")))
        .contains("\n119,value,,")
        .contains("violates check constraint \"\"positive\"\"")
        .doesNotContain(", row ");
  }

  @Test
  void aCompletedImportIsLeftAlone() throws Exception {
    Path file = NumberedRows.write(sandbox.file("rows.csv"), 3_000);
    assertThat(run(load(file, 2, BATCH)).code()).isZero();

    Outcome again = run(load(file, 1, 300));

    assertThat(again.code()).isZero();
    assertThat(again.out())
        .contains("3,000 offered = 0 written + 0 rejected + 3,000 stored before, in ")
        .contains("nothing was left to do: import nightly had come to the end of the file before");
    assertThat(stored()).isEqualTo(3_000);
    Outcome json =
        run("ingest", file.toString(), "--table", TABLE, "--import-id", "nightly", "--json");
    assertThat(json.out().replaceAll("\\s", ""))
        .contains("\"offered\":3000,\"written\":0,\"skipped\":0,\"rejected\":0,")
        .contains("\"writtenBefore\":3000,\"skippedBefore\":0,\"rejectedBefore\":0,")
        .contains("\"importId\":\"nightly\"");
  }

  @Test
  void aFileThatHasGrownGoesOnWithItsNewRows() throws Exception {
    Path file = NumberedRows.write(sandbox.file("rows.csv"), 3_000);
    run(load(file, 2, BATCH));
    Files.writeString(file, NumberedRows.rows(3_000, 3_500), StandardOpenOption.APPEND);

    Outcome outcome = run(load(file, 2, BATCH));

    assertThat(outcome.out())
        .contains("3,500 offered = 500 written + 0 rejected + 3,000 stored before");
    assertThat(stored()).isEqualTo(3_500);
  }

  @Test
  void aFileThatHasChangedIsRefusedBeforeAnythingIsSent() throws Exception {
    String rows = NumberedRows.HEADER + NumberedRows.rows(0, 3_000);
    Path file = Files.writeString(sandbox.file("rows.csv"), rows);
    run(load(file, 1, BATCH));
    Files.writeString(file, rows.replace(",2500,", ",9999,") + NumberedRows.rows(3_000, 5_000));

    Outcome changed = run(load(file, 1, BATCH));

    assertThat(changed.code()).isEqualTo(1);
    assertThat(changed.err())
        .isEqualTo(
            """
            varve: lines 2,002 to 3,001 are not what import nightly stored: expected the same file
            varve: give the file it began with, read with the same options, or another --import-id for another file
            """);
    Files.writeString(file, NumberedRows.HEADER + NumberedRows.rows(0, 1_500));
    assertThat(run(load(file, 1, BATCH)).err())
        .startsWith("varve: lines 1,002 to 2,001 are not what import nightly stored");
    assertThat(stored()).isEqualTo(3_000);
  }

  @Test
  void standardInputIsComparedAsItComes() throws Exception {
    String rows = NumberedRows.HEADER + NumberedRows.rows(0, 12_000);
    String[] load = {
      "ingest",
      "-",
      "--table",
      TABLE,
      "--import-id",
      "nightly",
      "--batch",
      "1000",
      "--rejects",
      sandbox.file("rejects.csv").toString()
    };
    assertThat(run(rows + "\"", load).err())
        .containsPattern(
            "12,000 rows are committed; go on with: varve ingest .* --import-id nightly.*\n$");

    assertThat(run(rows.replace(",2500,", ",9999,"), load).err())
        .startsWith("varve: lines 2,002 to 3,001 are not what import nightly stored");
    Outcome rest = run(rows + NumberedRows.rows(12_000, 12_500), load);

    assertThat(rest.code()).describedAs("%s", rest).isZero();
    assertThat(stored()).isEqualTo(12_500);
  }

  @Test
  void anImportIsOfOneTable() throws Exception {
    Path file = NumberedRows.write(sandbox.file("rows.csv"), 1_000);
    run(load(file, 1, BATCH));

    Outcome other = run("ingest", file.toString(), "--table", "other", "--import-id", "nightly");

    assertThat(other.code()).isEqualTo(2);
    assertThat(other.err()).contains("import nightly was used for table imported, not for other\n");
    assertThat(value("select to_regclass('other') is null")).isEqualTo("t");

    execute("drop table " + TABLE);
    assertThat(run(load(file, 1, BATCH)).err())
        .contains("import nightly was used for a table that has been dropped since");
    assertThat(run("ingest", file.toString(), "--table", TABLE, "--import-id", "it/is").err())
        .contains("--import-id: \"it/is\" is not usable");
  }

  @Test
  void anImportOfAnotherUserIsNotGoneOnWith() throws Exception {
    Path file = NumberedRows.write(sandbox.file("rows.csv"), 1_000);
    run(load(file, 1, BATCH));
    execute("delete from varve_internal.batch");
    execute("create role other");
    execute(
        "set role other; insert into varve_internal.batch (id, relation)"
            + " values ('nightly/2-500/00000000', '%s'); reset role".formatted(TABLE));
    assertThat(run(load(file, 1, BATCH)).err())
        .isEqualTo(
            """
            varve: --import-id: import nightly was begun by other
            varve: go on with it as that user, or choose another id
            """);
    execute("update varve_internal.batch set relation = 0");
    assertThat(run(load(file, 1, BATCH)).code()).isZero();
  }

  @Test
  void anImportIsRunByOneProcess() throws Exception {
    Path file = NumberedRows.write(sandbox.file("rows.csv"), 1_000);
    run(load(file, 1, BATCH));
    try (Varve varve = server.connect()) {
      Batches.Claim claim = varve.batches().claim("nightly");
      assertThat(run(load(file, 1, BATCH)).err())
          .contains("the batches of nightly are being written by another process");
      claim.close();
    }
    assertThat(run(load(file, 1, BATCH)).code()).isZero();
  }

  @Test
  void anImportThatHasLostItsClaimDoublesNothing() throws Exception {
    run("ingest", NumberedRows.write(sandbox.file("first.csv"), 1).toString(), "--table", TABLE);
    Path file = NumberedRows.write(sandbox.file("rows.csv"), ROWS);
    Child first = sandbox.start(variables(server), load(file, 1, 50));
    Await.until("some rows", () -> stored() > 1);
    execute(
        "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'"
            + " and mode = 'ExclusiveLock'");
    run(load(file, 2, 333));
    first.finish();
    assertThat(stored()).isEqualTo(ROWS + 1);
  }

  @Test
  void aLoadWithoutANameLeavesNothingInTheLedgerAndWithOneItStays() throws Exception {
    Path file = NumberedRows.write(sandbox.file("rows.csv"), 3_000);
    run("ingest", file.toString(), "--table", TABLE);
    assertThat(value("select count(*) from varve_internal.batch")).isEqualTo("0");
    execute("drop table " + TABLE);
    run(load(file, 2, BATCH));
    assertThat(value("select count(*) from varve_internal.batch")).isEqualTo("3");
  }

  @Test
  void commitsThatAreNotAnsweredLoseAndDoubleNothing() throws Exception {
    createTable();
    Path file = FaultyRows.write(sandbox.file("rows.csv"), ROWS);
    try (TcpProxy proxy = TcpProxy.before(server)) {
      proxy.cutAfterCommits(4);
      Outcome outcome =
          run(
              "",
              proxy,
              "ingest",
              file.toString(),
              "--table",
              TABLE,
              "--workers",
              "3",
              "--batch",
              "2000");
      assertThat(outcome.code()).describedAs("%s", outcome).isEqualTo(3);
      assertThat(proxy.cutsLeft()).isZero();
      assertThat(sum(outcome.out())).isEqualTo(ROWS);
      proxy.cutBeforeCommits(4);
      execute("delete from " + TABLE);
      assertThat(
              run(
                      "",
                      proxy,
                      "ingest",
                      file.toString(),
                      "--table",
                      TABLE,
                      "--workers",
                      "3",
                      "--batch",
                      "2000")
                  .code())
          .isEqualTo(3);
      assertThat(proxy.cutsLeft()).isZero();
    }
    FaultyRows.assertStored(server, TABLE, ROWS);
    FaultyRows.assertRejected(sandbox.file("rows.csv.rejects.csv"), ROWS);
  }

  @Test
  void rowsWhoseKeyIsThereAreSkippedUpdatedOrRejected() throws Exception {
    Path file =
        file("k.csv", "time,device,v,w\n2024-01-01,a,1,1\n2024-01-02,a,2,2\n2024-01-02,a,3,3\n");
    Outcome created =
        run(
            "ingest",
            file.toString(),
            "--table",
            TABLE,
            "--dimension",
            "device",
            "--on-conflict",
            "skip");
    assertThat(created.out()).contains("3 offered = 2 written + 1 skipped + 0 rejected, in ");

    Path next = file("n.csv", "time,device,v\n2024-01-02,a,9\n2024-01-03,b,4\n");
    assertThat(run("ingest", next.toString(), "--table", TABLE, "--on-conflict", "skip").out())
        .contains("2 offered = 1 written + 1 skipped + 0 rejected, in ");
    assertThat(rows()).isEqualTo("01a1/1 02a3/3 03b4/");
    assertThat(run("ingest", next.toString(), "--table", TABLE, "--on-conflict", "update").out())
        .contains("2 offered = 2 written + 0 skipped + 0 rejected, in ");
    assertThat(rows()).isEqualTo("01a1/1 02a9/3 03b4/");
    Outcome refused = run("ingest", next.toString(), "--table", TABLE);
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err()).contains("line 2, columns device, time: ").contains("duplicate key");
  }

  private static String rows() throws SQLException {
    return value(
        "select string_agg(to_char(time at time zone 'UTC', 'DD') || device || v || '/' ||"
            + " coalesce(w::text, ''), ' ' order by time) from "
            + TABLE);
  }

  @Test
  void withoutAKeyThereAreNoConflicts() throws Exception {
    Path file = file("k.csv", "time,v\n2024-01-01,1\n");
    run("ingest", file.toString(), "--table", TABLE);
    Outcome refused = run("ingest", file.toString(), "--table", TABLE, "--on-conflict", "skip");
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err())
        .isEqualTo(
            """
            varve: --on-conflict skip: table imported has no unique key with the time
            varve: make one, such as varve sql 'create unique index on imported (time)', or leave the option out
            """);
    execute("create unique index on %s (time)".formatted(TABLE));
    assertThat(run("ingest", file.toString(), "--table", TABLE, "--on-conflict", "skip").out())
        .contains("1 offered = 0 written + 1 skipped + 0 rejected");
    assertThat(
            run(
                    "ingest",
                    file.toString(),
                    "--table",
                    TABLE,
                    "--on-conflict",
                    "update",
                    "--workers",
                    "2")
                .err())
        .contains("--workers 2: with --on-conflict update rows with the same key must be written");
  }

  @Test
  void laterRowsOfTheFileWinAnUpdate() throws Exception {
    StringBuilder text = new StringBuilder("time,v\n");
    for (int i = 0; i < 5_000; i++) {
      text.append(1_700_000_000 + i % 10).append(',').append(i).append('\n');
    }
    Path file = file("u.csv", text.toString());
    Outcome outcome =
        run(
            "ingest",
            file.toString(),
            "--table",
            TABLE,
            "--on-conflict",
            "update",
            "--batch",
            "100");
    assertThat(outcome.code()).isZero();
    assertThat(value("select count(*) || ' ' || min(v) from " + TABLE)).isEqualTo("10 4990");
  }

  private void createTable() throws Exception {
    Path file = NumberedRows.write(sandbox.file("first.csv"), 1);
    assertThat(run("ingest", file.toString(), "--table", TABLE, "--types", "value=double").code())
        .isZero();
    FaultyRows.createTable(server, TABLE);
  }

  private static String[] load(Path file, int workers, int batch) {
    return new String[] {
      "ingest",
      file.toString(),
      "--table",
      TABLE,
      "--import-id",
      "nightly",
      "--workers",
      Integer.toString(workers),
      "--batch",
      Integer.toString(batch)
    };
  }

  /** The sum of the parts that the last line names, which are what it says was offered. */
  private static long sum(String out) {
    Matcher line = SUM.matcher(out);
    assertThat(line.find()).describedAs("%s", out).isTrue();
    long sum =
        NUMBER
            .matcher(line.group(2))
            .results()
            .map(MatchResult::group)
            .mapToLong(ImportIT::number)
            .sum();
    assertThat(sum).isEqualTo(number(line.group(1)));
    return sum;
  }

  private static long number(String text) {
    return Long.parseLong(text.replace(",", ""));
  }

  private Path file(String name, String content) throws Exception {
    return Files.writeString(sandbox.file(name), content);
  }

  /** What a command run in this process left behind. */
  private record Outcome(int code, String out, String err) {}

  private static Outcome run(String... arguments) {
    return run("", server, arguments);
  }

  private static Outcome run(String input, String[] arguments) {
    return run(input, server, arguments);
  }

  private static Outcome run(String input, TestDatabase database, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    ByteArrayInputStream in = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
    int code = Main.run(arguments, in, out, err, variables(database));
    return new Outcome(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private static Map<String, String> variables(TestDatabase database) {
    return Map.of(
        "VARVE_URL", database.url(),
        "VARVE_USER", database.user(),
        "VARVE_PASSWORD", database.password());
  }

  private static long stored() throws SQLException {
    return Long.parseLong(value("select count(*) from " + TABLE));
  }

  private static void execute(String... statements) throws SQLException {
    try (Connection connection = server.jdbc();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private static String value(String sql) throws SQLException {
    try (Connection connection = server.jdbc();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      List<String> values = new ArrayList<>();
      while (result.next()) {
        values.add(result.getString(1));
      }
      assertThat(values).hasSize(1);
      return values.get(0);
    }
  }
}
