package io.varve.cli.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.cli.Training;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a process does that is told to end in the middle of its work, as by Ctrl-C. */
@Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class TerminatedProcessIT {

  private static final int BATCH = 50_000;
  private static final int TERMINATED = 143;

  private static final Pattern COMMITTED =
      Pattern.compile(
          "varve: interrupted\nvarve: ([\\d,]+) rows are committed; go on with: varve ingest .*"
              + " --import-id import-\\S+\n$");

  @RegisterExtension final Sandbox sandbox = new Sandbox();

  @Test
  void anIngestKeepsItsRejectsAndSaysHowToGoOn() throws Exception {
    sandbox.provideBinaries();
    Path rejects = sandbox.file("rejects.csv");
    Child ingest =
        sandbox.start("ingest", "-", "--table", "readings", "--rejects", rejects.toString());
    ingest.feed(NumberedRows.HEADER + "soon,1,1\n" + NumberedRows.rows(0, BATCH + 1));
    Await.until("a batch", () -> storedRows() >= BATCH - 1);
    ingest.terminate();
    feedToItsEnd(ingest);
    Child.Result result = ingest.finish();
    assertThat(result.exitCode()).isEqualTo(TERMINATED);
    assertThat(result.err()).containsPattern(COMMITTED);
    assertThat(rejects).content().contains("\n2,time,soon,");
    Matcher committed = COMMITTED.matcher(result.err());
    assertThat(committed.find()).isTrue();
    assertThat(sandbox.run("sql", "select count(*) from readings", "--format", "csv"))
        .isEqualTo("count\n" + committed.group(1).replace(",", "") + "\n");
  }

  /** It stops reading when it has noticed. */
  private static void feedToItsEnd(Child ingest) {
    try {
      for (long row = BATCH + 1; ingest.isAlive(); row += BATCH) {
        ingest.feed(NumberedRows.rows(row, row + BATCH));
      }
    } catch (UncheckedIOException e) {
      assertThat(e).hasMessageContaining("reads no more");
    }
  }

  private long storedRows() throws Exception {
    return Long.parseLong(sandbox.server().query("select count(*) from readings"));
  }

  @Test
  void aQueryEndsAtTheServerToo() throws Exception {
    sandbox.provideBinaries();
    String file = NumberedRows.write(sandbox.file("readings.csv"), 10).toString();
    sandbox.run("ingest", file, "--table", "readings");
    LocalServer server = sandbox.server();
    Child keeper = sandbox.start(UsingProgram.class, server.directory().toString());
    Await.until("a server", () -> !keeper.out().isEmpty());
    try (Connection other = server.connect();
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("lock table readings in access exclusive mode");
      Child query = sandbox.start("query", "readings", "--bucket", "1h", "--avg", "value");
      Await.until("a query", () -> server.hasSession("wait_event_type = 'Lock'"));
      query.terminate();
      Child.Result result = query.finish();
      assertThat(result.exitCode()).isEqualTo(TERMINATED);
      assertThat(result.err()).isEqualTo("varve: interrupted\n");
      assertThat(server.hasSession("wait_event_type = 'Lock'")).isFalse();
    }
    keeper.endFeed();
    keeper.finish();
  }

  @Test
  void theTrainingLeavesNothing() throws Exception {
    Path temporary = Files.createDirectory(sandbox.file("tmp"));
    Child training =
        sandbox.start(Map.of("JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=" + temporary), Training.class);
    Await.until("its server", () -> hasServer(temporary));
    training.terminate();
    assertThat(training.finish().exitCode()).isEqualTo(TERMINATED);
    Await.until("the end of its server", () -> sandbox.processes().isEmpty());
    assertThat(temporary).isEmptyDirectory();
  }

  private static boolean hasServer(Path temporary) throws IOException {
    try (Stream<Path> paths = Files.list(temporary)) {
      return paths.anyMatch(home -> Files.exists(home.resolve("postgres/data/postmaster.pid")));
    }
  }
}
