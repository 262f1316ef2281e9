package io.varve.embedded;

import io.varve.ConfigException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What a server is to be.
 *
 * @param dataDirectory its files
 * @param log file its standard error is appended to; its directory must exist when it is started
 * @param port TCP port; 0 for the one it last had if that is free, else any free one
 * @param user its superuser; lower-case letters, digits and underscores
 * @param password of the superuser, not empty; used when the data directory is made
 * @param database made together with the data directory; {@code postgres} always is
 * @param settings configuration parameters, which {@code ALTER SYSTEM} overrides; {@code fsync}
 *     {@code off} also makes {@link PostgresServer#initialize} faster and not durable
 * @param patience how long a start, crash recovery included, or a stop may take
 */
public record ServerOptions(
    Path dataDirectory,
    Path log,
    int port,
    String user,
    String password,
    String database,
    Map<String, String> settings,
    Duration patience) {

  /** {@code initdb} does not quote it. */
  private static final Pattern USER = Pattern.compile("[a-z_][a-z0-9_]{0,62}");

  /** Checks the values; the settings are kept in the order of their names. */
  public ServerOptions {
    dataDirectory = PlainPath.require(dataDirectory);
    log = PlainPath.require(log);
    settings = Collections.unmodifiableMap(new TreeMap<>(settings));
    if (port < 0 || port > 65_535) {
      throw new ConfigException("port %d: expected 0 to 65535".formatted(port));
    }
    if (!USER.matcher(user).matches()) {
      throw new ConfigException(
          "user \"%s\": expected lower-case letters, digits and underscores".formatted(user));
    }
    if (password.isBlank() || password.lines().count() != 1) {
      throw new ConfigException("password of %s: expected one line, not blank".formatted(user));
    }
  }

  /** Any port, database {@code postgres}, no settings, five minutes; the log beside the data. */
  public static ServerOptions of(Path dataDirectory, String user, String password) {
    Path log = dataDirectory.resolveSibling(dataDirectory.getFileName() + ".log");
    return new ServerOptions(
        dataDirectory, log, 0, user, password, "postgres", Map.of(), Duration.ofMinutes(5));
  }

  /** With that log file. */
  public ServerOptions withLog(Path other) {
    return new ServerOptions(
        dataDirectory, other, port, user, password, database, settings, patience);
  }

  /** With that port. */
  public ServerOptions withPort(int other) {
    return new ServerOptions(
        dataDirectory, log, other, user, password, database, settings, patience);
  }

  /** With that database. */
  public ServerOptions withDatabase(String other) {
    return new ServerOptions(dataDirectory, log, port, user, password, other, settings, patience);
  }

  /** With those settings and no others. */
  public ServerOptions withSettings(Map<String, String> others) {
    return new ServerOptions(dataDirectory, log, port, user, password, database, others, patience);
  }

  /** With that patience. */
  public ServerOptions withPatience(Duration other) {
    return new ServerOptions(dataDirectory, log, port, user, password, database, settings, other);
  }

  /** Leaves the password out. */
  @Override
  public String toString() {
    return "database %s of user %s on port %d in %s with %s"
        .formatted(database, user, port, dataDirectory, settings);
  }
}
