package io.varve.backend;

import java.sql.Connection;
import java.sql.SQLException;

/** Finds the tier and the server's version; the only class that asks. */
public final class BackendProbe {

  private BackendProbe() {}

  /** Asks the server what it is; refuses PostgreSQL older than 15. */
  public static Backend probe(Connection connection) throws SQLException {
    throw new UnsupportedOperationException("owner: connection");
  }
}
