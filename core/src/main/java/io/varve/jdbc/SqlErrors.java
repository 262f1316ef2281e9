package io.varve.jdbc;

import io.varve.VarveException;
import java.sql.SQLException;

/** Turns SQLSTATEs into Varve's errors: the only class that knows the codes. */
public final class SqlErrors {

  private SqlErrors() {}

  /** The error for a failed task; the message names the task and repeats the server's words. */
  public static VarveException translate(String task, SQLException e) {
    throw new UnsupportedOperationException("owner: connection");
  }

  /** The error for a commit whose answer never came. */
  public static VarveException inDoubt(String task, SQLException e) {
    throw new UnsupportedOperationException("owner: connection");
  }

  /** Whether the connection is gone. */
  public static boolean isConnectionLoss(SQLException e) {
    throw new UnsupportedOperationException("owner: connection");
  }
}
