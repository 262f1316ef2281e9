package io.varve;

import org.jspecify.annotations.Nullable;

/** The server refused a value. */
public final class DataException extends VarveException {

  private static final long serialVersionUID = 1L;

  public DataException(String message) {
    this(message, null, null);
  }

  public DataException(String message, @Nullable String sqlState, @Nullable Throwable cause) {
    super(ErrorCode.DATA, message, sqlState, cause);
  }
}
