package io.varve;

import org.jspecify.annotations.Nullable;

/** Serialization failure, deadlock or lock timeout; the transaction was rolled back. */
public final class ConflictException extends VarveException {

  private static final long serialVersionUID = 1L;

  public ConflictException(String message) {
    this(message, null, null);
  }

  public ConflictException(String message, @Nullable String sqlState, @Nullable Throwable cause) {
    super(ErrorCode.CONFLICT, message, sqlState, cause);
  }
}
