package io.varve.testkit;

import io.varve.jdbc.Identifiers;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A database made for one test class. */
final class FreshDatabase implements AutoCloseable {

  /** A closed connection's backend needs a moment to go. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final ServerAddress administrator;
  private final ServerAddress address;
  private final String name;

  FreshDatabase(ServerAddress administrator, ServerAddress address, String name) {
    this.administrator = administrator;
    this.address = address;
    this.name = name;
  }

  TestDatabase database() {
    return address;
  }

  /** Drops the database; a session a test forgot to close is an error. */
  @Override
  public void close() throws SQLException {
    try (Connection connection = administrator.connection();
        Statement statement = connection.createStatement()) {
      List<String> forgotten = forgottenSessions(connection);
      statement.execute(
          "drop database if exists %s with (force)".formatted(Identifiers.quote(name)));
      if (address.user().equals(name)) {
        statement.execute("drop role %s".formatted(Identifiers.quote(name)));
      }
      if (!forgotten.isEmpty()) {
        throw new AssertionError("sessions left open on " + address.url() + ": " + forgotten);
      }
    }
  }

  private List<String> forgottenSessions(Connection connection) throws SQLException {
    long deadline = System.nanoTime() + GRACE.toNanos();
    List<String> sessions = sessions(connection);
    while (!sessions.isEmpty() && System.nanoTime() < deadline) {
      sessions = sessions(connection);
    }
    return sessions;
  }

  private List<String> sessions(Connection connection) throws SQLException {
    String sql =
        """
        select format('pid %s (%s) %s: %s', pid, application_name, state, query)
        from pg_stat_activity, pg_sleep(0.01)
        where datname = ? and backend_type = 'client backend'
        """;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, name);
      List<String> sessions = new ArrayList<>();
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          sessions.add(result.getString(1));
        }
      }
      return sessions;
    }
  }
}
