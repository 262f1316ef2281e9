package io.varve;

import org.jspecify.annotations.Nullable;

/** The server cannot be reached, or the connection was lost before the commit was sent. */
public final class ConnectionException extends VarveException {

  private static final long serialVersionUID = 1L;

  public ConnectionException(String message) {
    this(message, null, null);
  }

  public ConnectionException(String message, @Nullable String sqlState, @Nullable Throwable cause) {
    super(ErrorCode.CONNECTION, message, sqlState, cause);
  }
}
