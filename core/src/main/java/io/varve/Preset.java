package io.varve;

/** A set of defaults for {@link Setting}s. */
public enum Preset {
  /** A developer's machine: small pool, TLS if offered. */
  DEVELOPMENT,
  /** A service: TLS with a verified host name, keep-alive, statement timeout. */
  PRODUCTION,
  /** Tests: tiny pool, short timeouts. */
  TEST,
  /** Loading: no statement timeout, large memory for maintenance. */
  BULK
}
