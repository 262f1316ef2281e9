package io.varve.jdbc;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * How to reach a server and how many connections to keep. Immutable; prints where and as whom,
 * nothing else.
 *
 * @param hosts {@code host:port}, several joined by commas
 * @param database the database's name
 * @param user who connects
 * @param password their password, if there is one
 * @param driver the driver's own properties; never shown, a key's password can be among them
 * @param session server settings of every session
 * @param connectTimeout for one attempt to connect, greeting and password included; zero: for ever
 * @param poolSize the most connections
 * @param poolMinIdle how many are kept ready
 * @param acquireTimeout how long a caller waits for a free one
 * @param connectionLifetime after which a connection is replaced; zero: never
 * @param idleTimeout after which a connection beyond {@code poolMinIdle} is closed; zero: never
 */
public record ConnectionSpec(
    String hosts,
    String database,
    String user,
    Optional<Secret> password,
    Map<String, String> driver,
    Map<String, String> session,
    Duration connectTimeout,
    int poolSize,
    int poolMinIdle,
    Duration acquireTimeout,
    Duration connectionLifetime,
    Duration idleTimeout) {

  public ConnectionSpec {
    driver = Map.copyOf(driver);
    session = Map.copyOf(session);
  }

  /** Where and as whom, for messages. */
  public String target() {
    return hosts + "/" + database + " as " + user;
  }

  @Override
  public String toString() {
    return "ConnectionSpec[" + target() + "]";
  }
}
