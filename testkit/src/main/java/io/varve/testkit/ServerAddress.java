package io.varve.testkit;

import io.varve.Preset;
import io.varve.Setting;
import io.varve.Varve;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * How to reach a database.
 *
 * @param url JDBC URL without credentials
 */
record ServerAddress(String url, String user, String password) implements TestDatabase {

  private static final String PREFIX = "jdbc:";
  private static final int DEFAULT_PORT = 5432;

  /** Takes {@code user} and {@code password} out of a JDBC URL's parameters. */
  static ServerAddress parse(String url) {
    if (!url.startsWith(PREFIX + "postgresql://")) {
      throw new IllegalArgumentException(
          "expected a URL jdbc:postgresql://host:port/database?user=…&password=…, found one that"
              + " does not start so");
    }
    URI uri = URI.create(url.substring(PREFIX.length()));
    List<String> kept = new ArrayList<>();
    String user = "postgres";
    String password = "";
    for (String parameter :
        uri.getRawQuery() == null ? new String[0] : uri.getRawQuery().split("&")) {
      if (parameter.startsWith("user=")) {
        user = value(parameter);
      } else if (parameter.startsWith("password=")) {
        password = value(parameter);
      } else {
        kept.add(parameter);
      }
    }
    String query = kept.isEmpty() ? "" : "?" + String.join("&", kept);
    String bare = PREFIX + "postgresql://" + uri.getRawAuthority() + uri.getRawPath() + query;
    return new ServerAddress(bare, user, password);
  }

  private static String value(String parameter) {
    String raw = parameter.substring(parameter.indexOf('=') + 1);
    return URLDecoder.decode(raw, StandardCharsets.UTF_8);
  }

  /** Another database of the same server. */
  ServerAddress database(String name, String owner, String ownerPassword) {
    URI uri = URI.create(url.substring(PREFIX.length()));
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    String other = PREFIX + "postgresql://" + uri.getRawAuthority() + "/" + name + query;
    return new ServerAddress(other, owner, ownerPassword);
  }

  /** The same database by way of another host and port. */
  ServerAddress at(String host, int port) {
    URI uri = URI.create(url.substring(PREFIX.length()));
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    String other = PREFIX + "postgresql://" + host + ":" + port + uri.getRawPath() + query;
    return new ServerAddress(other, user, password);
  }

  /** The same database of whichever of the two servers takes writes. */
  ServerAddress or(ServerAddress other) {
    InetSocketAddress here = socket();
    InetSocketAddress there = other.socket();
    String hosts =
        "%s:%d,%s:%d"
            .formatted(
                here.getHostString(), here.getPort(), there.getHostString(), there.getPort());
    URI uri = URI.create(url.substring(PREFIX.length()));
    return new ServerAddress(
        PREFIX + "postgresql://" + hosts + uri.getRawPath() + "?targetServerType=primary",
        user,
        password);
  }

  /** How a replica finds it; with the password. */
  String conninfo() {
    InetSocketAddress here = socket();
    return "host=%s port=%d user=%s password=%s"
        .formatted(here.getHostString(), here.getPort(), user, password);
  }

  /** Where the server listens. */
  InetSocketAddress socket() {
    URI uri = URI.create(url.substring(PREFIX.length()));
    return new InetSocketAddress(uri.getHost(), uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort());
  }

  @Override
  public Varve connect() {
    return Varve.builder(Preset.DEVELOPMENT)
        .set(Setting.URL, url)
        .set(Setting.USER, user)
        .set(Setting.PASSWORD, password)
        // A slow machine must not fail the tests that have more threads than connections.
        .set(Setting.ACQUIRE_TIMEOUT, "2 min")
        .connect();
  }

  @Override
  public Connection jdbc() {
    try {
      return connection();
    } catch (SQLException e) {
      throw new IllegalStateException("no connection to " + this + ": " + e.getMessage(), e);
    }
  }

  Connection connection() throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    return DriverManager.getConnection(url, properties);
  }

  /** Leaves the password out. */
  @Override
  public String toString() {
    return url + " as " + user;
  }
}
