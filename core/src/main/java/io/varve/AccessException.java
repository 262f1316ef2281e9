package io.varve;

import org.jspecify.annotations.Nullable;

/** User, password, database, certificate or privilege was refused. */
public final class AccessException extends VarveException {

  private static final long serialVersionUID = 1L;

  public AccessException(String message) {
    this(message, null, null);
  }

  public AccessException(String message, @Nullable String sqlState, @Nullable Throwable cause) {
    super(ErrorCode.ACCESS, message, sqlState, cause);
  }
}
