package io.varve;

import org.jspecify.annotations.Nullable;

/** An error of the server that has no better class. */
public final class DatabaseException extends VarveException {

  private static final long serialVersionUID = 1L;

  public DatabaseException(String message) {
    this(message, null, null);
  }

  public DatabaseException(String message, @Nullable String sqlState, @Nullable Throwable cause) {
    super(ErrorCode.DATABASE, message, sqlState, cause);
  }
}
