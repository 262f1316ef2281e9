package io.varve;

import org.jspecify.annotations.Nullable;

/** Disk, memory, connections or chunks ran out. */
public final class CapacityException extends VarveException {

  private static final long serialVersionUID = 1L;

  public CapacityException(String message) {
    this(message, null, null);
  }

  public CapacityException(String message, @Nullable String sqlState, @Nullable Throwable cause) {
    super(ErrorCode.CAPACITY, message, sqlState, cause);
  }
}
