package io.varve.cli.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code kill -9} of the local server in the middle of a load leaves, and how to go on. */
@Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class KilledServerIT {

  private static final int BATCH = 50_000;
  private static final int ROWS = 4 * BATCH;

  private static final Pattern COMMITTED =
      Pattern.compile(
          "varve: ([\\d,]+) rows are committed; go on with: varve ingest .* --import-id numbered.*\n");

  private static final Pattern IN_DOUBT =
      Pattern.compile(
          "varve: ([\\d,]+) rows are committed, those of lines ([\\d,]+) to ([\\d,]+)(?: and lines"
              + " ([\\d,]+) to ([\\d,]+))? perhaps; go on with: varve ingest .* --import-id"
              + " numbered.*\n");

  @RegisterExtension final Sandbox sandbox = new Sandbox();

  @Test
  void rowsThatWereNotCommittedAreGoneAndTheLoadGoesOnFromThere() throws Exception {
    sandbox.provideBinaries();
    LocalServer server = sandbox.server();
    Child ingest = sandbox.start("ingest", "-", "--table", "readings", "--import-id", "numbered");
    ingest.feed(NumberedRows.HEADER + NumberedRows.rows(0, 2 * BATCH + 1));
    Await.until("two batches", () -> storedRows() == 2 * BATCH);
    try (Connection other = server.connect();
        Statement statement = other.createStatement()) {
      // Another session is about to commit a row of the third batch: its COPY waits for the
      // outcome.
      statement.execute("create unique index on readings (number, time)");
      other.setAutoCommit(false);
      statement.execute("insert into readings values " + tuple(2 * BATCH + 100));
      ingest.feed(NumberedRows.rows(2 * BATCH + 1, 3 * BATCH + 1));
      Await.until(
          "a COPY that waits",
          () -> server.hasSession("query like 'COPY%' and wait_event_type = 'Lock'"));
      server.kill();
    }
    Child.Result result = ingest.finish();
    assertThat(result.exitCode()).isEqualTo(4);
    assertThat(result.out()).isEmpty();
    assertThat(result.err())
        .contains("varve: inserting into readings: ")
        .containsPattern(COMMITTED)
        .contains("varve: 100,000 rows are committed; ");
    assertThat(rowsFoundByTheNextCommand()).isEqualTo(2 * BATCH);
    goOn();
  }

  @Test
  void rowsWhoseCommitWasNotAnsweredAreNamed() throws Exception {
    sandbox.provideBinaries();
    LocalServer server = sandbox.server();
    Child ingest =
        sandbox.start(
            "ingest", "-", "--table", "readings", "--chunk", "365 days", "--import-id", "numbered");
    ingest.feed(NumberedRows.HEADER + NumberedRows.rows(0, BATCH + 1));
    Await.until("a batch", () -> storedRows() == BATCH);
    CompletableFuture<Void> probe = withholdAnswersToCommits();
    ingest.feed(NumberedRows.rows(BATCH + 1, 2 * BATCH + 1));
    Await.until(
        "a commit that waits",
        () -> server.hasSession("query = 'COMMIT' and wait_event = 'SyncRep'"));
    server.kill();
    assertThat(probe).failsWithin(Await.PATIENCE);
    Child.Result result = ingest.finish();
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err())
        .contains("varve: inserting into readings: lost while committing: ")
        .containsPattern(
            "varve: 50,000 rows are committed, those of lines 50,002 to 100,001 perhaps; go on with:"
                + " varve ingest .* --import-id numbered.*\n$");
    server.resetSettings();
    assertThat(rowsFoundByTheNextCommand()).isEqualTo(2 * BATCH);
    goOn();
  }

  /**
   * Makes the server wait for a standby that does not exist before it answers to a commit, which is
   * then as durable as any. Returns when it does; the result is a commit that waits, too.
   */
  private CompletableFuture<Void> withholdAnswersToCommits() throws Exception {
    LocalServer server = sandbox.server();
    server.execute("alter system set synchronous_standby_names = 'nobody'");
    server.execute("select pg_reload_conf()");
    while (true) {
      CompletableFuture<Void> probe =
          CompletableFuture.runAsync(
              () -> {
                try {
                  server.execute("create table probe(); drop table probe");
                } catch (Exception e) {
                  throw new CompletionException(e);
                }
              });
      Await.until(
          "a commit that waits or not",
          () -> probe.isDone() || server.hasSession("wait_event = 'SyncRep'"));
      if (!probe.isDone()) {
        return probe;
      }
      probe.join();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void whateverItSaysIsTrueAtAnyMoment(long seed) throws Exception {
    sandbox.provideBinaries();
    Path file = NumberedRows.write(sandbox.file("readings.csv"), ROWS);
    long enough = new Random(seed).nextInt(3) * BATCH;
    Child ingest = sandbox.start("ingest", file.toString(), "--import-id", "numbered");
    Await.until("some batches", () -> storedRows() >= enough);
    sandbox.server().kill();
    Child.Result result = ingest.finish();
    long found = rowsFoundByTheNextCommand();
    check(result, found);
    goOn();
  }

  /** What the load said about the rows that are there. */
  private static void check(Child.Result result, long found) {
    Matcher committed = COMMITTED.matcher(result.err());
    Matcher inDoubt = IN_DOUBT.matcher(result.err());
    if (committed.find()) {
      assertThat(found).isEqualTo(number(committed.group(1)));
    } else if (inDoubt.find()) {
      long sure = number(inDoubt.group(1));
      int batches = inDoubt.group(4) == null ? 1 : 2;
      assertThat(found).isBetween(sure, sure + batches * BATCH);
      assertThat((found - sure) % BATCH).isZero();
    } else {
      assertThat(result.err()).doesNotContain("rows are committed");
      assertThat(found).isZero();
    }
    assertThat(result.exitCode()).isIn(1, 4);
  }

  private static long number(String text) {
    return Long.parseLong(text.replace(",", ""));
  }

  private static String tuple(long number) {
    String[] fields = NumberedRows.row(number).strip().split(",");
    return "('%s', %s, %s)".formatted(fields[0], fields[1], fields[2]);
  }

  private long storedRows() throws Exception {
    return Long.parseLong(sandbox.server().query("select count(*) from readings"));
  }

  /** The server recovers by itself. */
  private long rowsFoundByTheNextCommand() {
    return Long.parseLong(answer("select count(*) from readings"));
  }

  private void goOn() {
    Path file = NumberedRows.write(sandbox.file("readings.csv"), ROWS);
    sandbox.run("ingest", file.toString(), "--import-id", "numbered");
    assertThat(
            answer(
                "select count(*), count(distinct number), min(number), max(number) from readings"))
        .isEqualTo("%d,%1$d,0,%d".formatted(ROWS, ROWS - 1));
  }

  private String answer(String sql) {
    String said = sandbox.run("sql", sql, "--format", "csv");
    return said.lines().skip(1).findFirst().orElseThrow();
  }
}
