package io.varve.jdbc;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.stream.Collectors;
import org.postgresql.Driver;

/**
 * Opens connections with the driver, one by one, and gives each session the settings Varve relies
 * on. Thread-safe.
 *
 * <p>Every session's time zone is UTC: the driver announces the JVM's zone, so the same statement
 * would otherwise answer differently on two machines. It does so in the start-up packet, where
 * {@code options} come too early to overrule it, hence one statement after connecting; the other
 * session settings ride along in it, because poolers refuse {@code options}.
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
        "SET TimeZone = 'UTC'"
            + spec.session().entrySet().stream()
                .map(
                    entry ->
                        "; SET " + entry.getKey() + " = " + Identifiers.literal(entry.getValue()))
                .collect(Collectors.joining());
  }

  @Override
  public Connection getConnection() throws SQLException {
    Connection connection = DRIVER.connect(url, properties());
    try (Statement statement = connection.createStatement()) {
      statement.execute(session);
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  private Properties properties() {
    Properties properties = new Properties();
    properties.putAll(spec.driver());
    spec.secrets().forEach((name, secret) -> properties.setProperty(name, secret.reveal()));
    properties.setProperty("user", spec.user());
    spec.password().ifPresent(secret -> properties.setProperty("password", secret.reveal()));
    return properties;
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
