package io.varve.cli.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.testkit.OwnedServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A server whose disk is full in the middle of a load. */
@Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class FullDiskIT {

  private static final int MEGABYTES = 300;
  private static final int ROWS_IN_THE_WAY = 600_000;
  private static final int BATCH = 50_000;
  private static final int ROWS = 3 * BATCH;

  @RegisterExtension final Sandbox sandbox = new Sandbox();

  @Test
  void loadSaysWhatHelpsAndGoesOnWhenThereIsSpace() throws Exception {
    try (OwnedServer server =
        OwnedServer.startOnSmallDisk(
            MEGABYTES,
            "18",
            "min_wal_size=32MB",
            "max_wal_size=64MB",
            // On a full disk whatever they log could stop the server.
            "autovacuum=off",
            "checkpoint_timeout=1h")) {
      load(server, "dispensable", ROWS_IN_THE_WAY);
      Child ingest =
          sandbox.start(
              variables(server), "ingest", "-", "--table", "readings", "--import-id", "numbered");
      ingest.feed(NumberedRows.HEADER + NumberedRows.rows(0, BATCH + 1));
      Await.until("a batch", () -> query(server, "select count(*) from readings").equals("50000"));
      // The log gets a file of its own for what follows: on a full disk a server that finds no
      // place
      // for its log stops altogether.
      query(server, "select pg_switch_wal()");
      query(server, "select pg_logical_emit_message(true, '', '')");
      server.fillDisk();
      ingest.feed(NumberedRows.rows(BATCH + 1, 2 * BATCH + 1));
      Child.Result result = ingest.finish();
      assertThat(result.exitCode()).isEqualTo(1);
      assertThat(result.out()).isEmpty();
      assertThat(result.err())
          .startsWith("varve: inserting into readings")
          .contains("No space left on device; free space on the server's disk\n")
          .containsPattern(
              "varve: 50,000 rows are committed; go on with: varve ingest .* --import-id"
                  + " numbered.*\n$");
      assertThat(count(server)).isEqualTo("50000,50000,0,49999");

      sandbox.run(variables(server), "sql", "drop table dispensable");
      load(server, "readings", ROWS, "--import-id", "numbered");
      assertThat(count(server)).isEqualTo("150000,150000,0,149999");
    }
  }

  private void load(OwnedServer server, String table, int rows, String... options) {
    String file = NumberedRows.write(sandbox.file("rows.csv"), rows).toString();
    List<String> arguments = new ArrayList<>(List.of("ingest", file, "--table", table));
    arguments.addAll(List.of(options));
    sandbox.run(variables(server), arguments.toArray(String[]::new));
  }

  private String count(OwnedServer server) {
    String sql = "select count(*), count(distinct number), min(number), max(number) from readings";
    String said = sandbox.run(variables(server), "sql", sql, "--format", "csv");
    return said.lines().skip(1).findFirst().orElseThrow();
  }

  private static Map<String, String> variables(OwnedServer server) {
    return Map.of(
        "VARVE_URL", server.url(),
        "VARVE_USER", server.user(),
        "VARVE_PASSWORD", server.password());
  }

  private static String query(OwnedServer server, String sql) throws SQLException {
    try (Connection connection = server.jdbc();
        Statement statement = connection.createStatement();
        var result = statement.executeQuery(sql)) {
      result.next();
      return result.getString(1);
    }
  }
}
