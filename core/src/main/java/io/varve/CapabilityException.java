package io.varve;

import org.jspecify.annotations.Nullable;

/** This server cannot do what was asked; the message says what would make it possible. */
public final class CapabilityException extends VarveException {

  private static final long serialVersionUID = 1L;

  public CapabilityException(String message) {
    this(message, null, null);
  }

  public CapabilityException(String message, @Nullable String sqlState, @Nullable Throwable cause) {
    super(ErrorCode.CAPABILITY, message, sqlState, cause);
  }
}
