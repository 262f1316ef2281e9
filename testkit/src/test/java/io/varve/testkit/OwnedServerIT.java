package io.varve.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

final class OwnedServerIT {

  @Test
  void settingsReachTheServer() throws SQLException {
    try (OwnedServer server = OwnedServer.start("18", "max_connections=17")) {
      assertThat(text(server, "show max_connections")).isEqualTo("17");
    }
  }

  @Test
  void committedRowsOutliveAKill() throws SQLException {
    try (OwnedServer server = OwnedServer.start("18")) {
      execute(server, "create table kept as select 42 as answer");
      String url = server.url();
      server.kill();
      assertThatThrownBy(server::jdbc)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith("no connection to " + url);
      server.start();
      assertThat(server.url()).isEqualTo(url);
      assertThat(text(server, "select answer from kept")).isEqualTo("42");
    }
  }

  @Test
  void stoppedServerStartsAgain() throws SQLException {
    try (OwnedServer server = OwnedServer.start("15")) {
      server.stop();
      server.stop();
      server.start();
      assertThat(text(server, "show server_version")).startsWith("15.");
    }
  }

  @Test
  void fullDiskIsReportedUntilThereIsSpaceAgain() throws SQLException {
    try (OwnedServer server = OwnedServer.startOnSmallDisk(100, "18", "wal_recycle=off")) {
      execute(server, "create table grown (filler text)");
      server.fillDisk();
      String grow = "insert into grown select repeat('x', 1000) from generate_series(1, 20000)";
      assertThatThrownBy(() -> execute(server, grow))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("53100"));
      server.freeDisk();
      execute(server, "insert into grown values ('fits')");
      assertThat(text(server, "select filler from grown")).isEqualTo("fits");
    }
  }

  @Test
  void nothingIsLeftOfAKilledServer() {
    Path home;
    try (OwnedServer server = OwnedServer.start("18")) {
      home = Path.of(text(server, "show data_directory")).getParent().getParent();
      assertThat(home).isDirectory();
      server.kill();
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
    assertThat(Files.exists(home)).isFalse();
  }

  @Test
  void aReplicaTakesOverWithEverythingAcknowledged() throws SQLException {
    try (OwnedServer primary = OwnedServer.start("18")) {
      execute(primary, "create table kept as select 1 as answer");
      try (OwnedServer replica = primary.startReplica()) {
        primary.commitWithReplica();
        TestDatabase either = primary.orReplica(replica);
        execute(either, "insert into kept values (42)");
        assertThat(text(replica, "select pg_is_in_recovery()")).isEqualTo("t");
        primary.kill();
        replica.promote();
        assertThat(text(replica, "select sum(answer) from kept")).isEqualTo("43");
        execute(either, "insert into kept values (100)");
        assertThat(text(replica, "select sum(answer) from kept")).isEqualTo("143");
      }
    }
  }

  @Test
  void unknownVersionSaysWhatIsMissing() {
    assertThatThrownBy(() -> OwnedServer.start("9"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "PostgreSQL 9: expected the system property varve.test.binaries.9 to name the jar of"
                + " its binaries");
  }

  private static void execute(TestDatabase database, String sql) throws SQLException {
    try (Connection connection = database.jdbc();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String text(TestDatabase database, String sql) throws SQLException {
    try (Connection connection = database.jdbc();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getString(1);
    }
  }
}
