package io.varve;

import org.jspecify.annotations.Nullable;

/**
 * The commit was sent and the connection was lost before the answer: the rows may or may not be in
 * the table.
 */
public final class InDoubtException extends VarveException {

  private static final long serialVersionUID = 1L;

  public InDoubtException(String message) {
    this(message, null, null);
  }

  public InDoubtException(String message, @Nullable String sqlState, @Nullable Throwable cause) {
    super(ErrorCode.IN_DOUBT, message, sqlState, cause);
  }
}
