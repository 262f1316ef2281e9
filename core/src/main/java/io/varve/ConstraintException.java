package io.varve;

import org.jspecify.annotations.Nullable;

/** A constraint of the table refused a row. */
public final class ConstraintException extends VarveException {

  private static final long serialVersionUID = 1L;

  public ConstraintException(String message) {
    this(message, null, null);
  }

  public ConstraintException(String message, @Nullable String sqlState, @Nullable Throwable cause) {
    super(ErrorCode.CONSTRAINT, message, sqlState, cause);
  }
}
