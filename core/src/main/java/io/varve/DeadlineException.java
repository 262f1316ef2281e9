package io.varve;

import org.jspecify.annotations.Nullable;

/** A time limit ran out, or the thread was interrupted while it worked or waited. */
public final class DeadlineException extends VarveException {

  private static final long serialVersionUID = 1L;

  public DeadlineException(String message) {
    this(message, null, null);
  }

  public DeadlineException(String message, @Nullable String sqlState, @Nullable Throwable cause) {
    super(ErrorCode.DEADLINE, message, sqlState, cause);
  }
}
