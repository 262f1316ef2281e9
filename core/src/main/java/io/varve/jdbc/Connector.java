package io.varve.jdbc;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import java.util.stream.Collectors;
import org.postgresql.Driver;
import org.postgresql.util.PSQLState;

/**
 * Opens connections with the driver, one by one, and gives each session the settings Varve relies
 * on. Thread-safe.
 *
 * <p>Every session's time zone is UTC: the driver announces the JVM's zone, so the same statement
 * would otherwise answer differently on two machines. It does so in the start-up packet, where
 * {@code options} come too early to overrule it, hence one statement after connecting; the other
 * session settings ride along in it, because some poolers refuse {@code options}.
 */
final class Connector implements DataSourceAdapter {

  private static final Driver DRIVER = new Driver();

  private final ConnectionSpec spec;
  private final String url;
  private final String session;

  Connector(ConnectionSpec spec) {
    this.spec = spec;
    this.url =
        "jdbc:postgresql://%s/%s"
            .formatted(spec.hosts(), URLEncoder.encode(spec.database(), StandardCharsets.UTF_8));
    this.session =
        "SET TimeZone = 'UTC'; SET extra_float_digits = 1"
            + spec.session().entrySet().stream()
                .map(
                    entry ->
                        "; SET " + entry.getKey() + " = " + Identifiers.literal(entry.getValue()))
                .collect(Collectors.joining());
  }

  @Override
  public Connection getConnection() throws SQLException {
    Connection connection = connect();
    try {
      prepare(connection);
      return connection;
    } catch (SQLException e) {
      closeAfter(e, connection);
      throw e;
    }
  }

  /** The server can fall silent here as well, after the time limit for its greeting. */
  private void prepare(Connection connection) throws SQLException {
    int usual = connection.getNetworkTimeout();
    connection.setNetworkTimeout(Runnable::run, (int) spec.connectTimeout().toMillis());
    try (Statement statement = connection.createStatement()) {
      statement.execute(session);
    }
    connection.setNetworkTimeout(Runnable::run, usual);
  }

  private static void closeAfter(SQLException failure, Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      failure.addSuppressed(e);
    }
  }

  private Connection connect() throws SQLException {
    try {
      return DRIVER.connect(url, properties());
    } catch (SQLException e) {
      // Being interrupted is "something unusual" to the driver.
      throw PSQLState.UNEXPECTED_ERROR.getState().equals(e.getSQLState())
              && Thread.currentThread().isInterrupted()
          ? new SQLException("interrupted", PSQLState.CONNECTION_UNABLE_TO_CONNECT.getState(), e)
          : e;
    }
  }

  private Properties properties() {
    Properties properties = new Properties();
    properties.putAll(spec.driver());
    // Lets the driver send the application's name with its greeting, not in a statement later.
    properties.putIfAbsent("assumeMinServerVersion", "9.0");
    properties.setProperty("user", spec.user());
    spec.password().ifPresent(secret -> properties.setProperty("password", secret.reveal()));
    limitTime(properties);
    return properties;
  }

  /** The driver limits the TCP connection by itself; the greeting after it by the login time. */
  private void limitTime(Properties properties) {
    Duration limit = spec.connectTimeout();
    properties.setProperty("connectTimeout", String.valueOf(limit.plusMillis(999).toSeconds()));
    properties.setProperty("loginTimeout", String.valueOf(limit.toMillis() / 1000.0));
  }

  @Override
  public int getLoginTimeout() {
    return (int) Math.max(1, spec.connectTimeout().toSeconds());
  }

  @Override
  public String toString() {
    return spec.target();
  }
}
