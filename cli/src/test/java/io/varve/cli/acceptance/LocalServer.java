package io.varve.cli.acceptance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** The local PostgreSQL of a {@code VARVE_HOME}, seen from outside. */
final class LocalServer {

  private static final String USER = "varve";
  private static final int PID = 0;
  private static final int PORT = 3;

  private final Path directory;

  LocalServer(Path home) {
    this.directory = home.resolve("postgres");
  }

  Path directory() {
    return directory;
  }

  /** Kills its first process; the others notice and follow. */
  void kill() throws IOException {
    long pid = Long.parseLong(pidFile().get(PID).strip());
    ProcessHandle postmaster = ProcessHandle.of(pid).orElseThrow();
    postmaster.destroyForcibly();
    Await.until("the end of the server", () -> !postmaster.isAlive());
  }

  /** Undoes every {@code ALTER SYSTEM}; the server must not be running. */
  void resetSettings() throws IOException {
    Files.delete(directory.resolve("data/postgresql.auto.conf"));
  }

  /** A connection past Varve; the server must be running. */
  Connection connect() throws IOException, SQLException {
    String url = "jdbc:postgresql://127.0.0.1:%s/varve".formatted(pidFile().get(PORT).strip());
    String password = Files.readString(directory.resolve("password")).strip();
    return DriverManager.getConnection(url, USER, password);
  }

  private List<String> pidFile() throws IOException {
    return Files.readAllLines(directory.resolve("data/postmaster.pid"));
  }

  /** The first value of the answer. */
  String query(String sql) throws IOException, SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getString(1);
    }
  }

  /** Whether there is a session, as {@code pg_stat_activity} has them, for which that holds. */
  boolean hasSession(String condition) throws IOException, SQLException {
    return query("select exists (select from pg_stat_activity where %s)".formatted(condition))
        .equals("t");
  }

  /** Runs a statement. */
  void execute(String sql) throws IOException, SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
