package io.varve;

/**
 * A set of defaults for {@link Setting}s. All of them keep TCP connections alive and, except
 * PRODUCTION, encrypt connections to this machine only if the server offers it; to other machines
 * all of them expect TLS with a verified certificate.
 */
public enum Preset {
  /** A developer's machine: small pool, no limit on statements, one attempt to connect. */
  DEVELOPMENT,
  /**
   * A service: larger pool, verified TLS even to this machine, limits on statements, locks and
   * silent sockets, several attempts to connect.
   */
  PRODUCTION,
  /** Tests: small pool, short waits, limits on statements, one attempt to connect. */
  TEST,
  /** Loading: small pool, long waits, no limit on statements, several attempts to connect. */
  BULK
}
