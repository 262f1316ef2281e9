package io.varve;

import org.jspecify.annotations.Nullable;

/** The object was used after it had been closed. */
public final class ClosedException extends VarveException {

  private static final long serialVersionUID = 1L;

  public ClosedException(String message) {
    this(message, null, null);
  }

  public ClosedException(String message, @Nullable String sqlState, @Nullable Throwable cause) {
    super(ErrorCode.CLOSED, message, sqlState, cause);
  }
}
