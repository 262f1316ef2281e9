package io.varve.testkit;

import io.varve.jdbc.Identifiers;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.Optional;

/** The server the whole test run shares: one started for it, or one named by a URL. */
final class TestServer implements AutoCloseable {

  static final String PROPERTY = "varve.test.server";
  private static final String VARIABLE = "VARVE_TEST_URL";
  private static final String EMBEDDED = "embedded:";
  private static final String TIMESCALE_AVAILABLE =
      "select exists (select from pg_available_extensions where name = 'timescaledb')";

  private final ServerAddress administrator;
  private final Runnable stop;

  TestServer(ServerAddress administrator, Runnable stop) {
    this.administrator = administrator;
    this.stop = stop;
  }

  /** Property before environment, which keeps a password out of the command line. */
  static TestServer fromProperties() {
    return named(
        Optional.ofNullable(System.getProperty(PROPERTY))
            .or(() -> Optional.ofNullable(System.getenv(VARIABLE)))
            .filter(server -> !server.isBlank())
            .orElse(EMBEDDED + "18"));
  }

  static TestServer named(String server) {
    if (!server.startsWith(EMBEDDED)) {
      return new TestServer(ServerAddress.parse(server), () -> {});
    }
    OwnedServer owned =
        OwnedServer.start(server.substring(EMBEDDED.length()), "full_page_writes=off");
    return new TestServer(owned.address(), owned::close);
  }

  /** A new database, with TimescaleDB in it where the server has that. */
  FreshDatabase createDatabase(String label) {
    String name = Names.unique(label.toLowerCase(Locale.ROOT));
    try (Connection connection = administrator.connection();
        Statement statement = connection.createStatement()) {
      ServerAddress address = createOwner(statement, name);
      FreshDatabase database = new FreshDatabase(administrator, address, name);
      try {
        statement.execute(
            "create database %s owner %s template template0 encoding 'UTF8'"
                .formatted(Identifiers.quote(name), Identifiers.quote(address.user())));
        if (isTrue(statement, TIMESCALE_AVAILABLE)) {
          createExtension(name);
        }
        return database;
      } catch (SQLException e) {
        database.close();
        throw e;
      }
    } catch (SQLException e) {
      throw new IllegalStateException(
          "database %s could not be made on %s: %s".formatted(name, administrator, e.getMessage()),
          e);
    }
  }

  /**
   * Where the administrator is a superuser, the database belongs to a new ordinary role: tests are
   * to show which privileges are needed.
   */
  private ServerAddress createOwner(Statement statement, String name) throws SQLException {
    if (!isTrue(statement, "select rolsuper from pg_roles where rolname = user")) {
      return administrator.database(name, administrator.user(), administrator.password());
    }
    ServerAddress owner = administrator.database(name, name, Names.password());
    statement.execute(
        "create role %s login password %s"
            .formatted(Identifiers.quote(name), Identifiers.literal(owner.password())));
    return owner;
  }

  private void createExtension(String database) throws SQLException {
    ServerAddress address =
        administrator.database(database, administrator.user(), administrator.password());
    try (Connection connection = address.connection();
        Statement statement = connection.createStatement()) {
      statement.execute("create extension if not exists timescaledb");
    }
  }

  private static boolean isTrue(Statement statement, String sql) throws SQLException {
    try (ResultSet result = statement.executeQuery(sql)) {
      return result.next() && result.getBoolean(1);
    }
  }

  @Override
  public void close() {
    stop.run();
  }
}
