package io.varve;

import org.jspecify.annotations.Nullable;

/** A record, row or value does not fit the table's model. */
public final class MappingException extends VarveException {

  private static final long serialVersionUID = 1L;

  public MappingException(String message) {
    this(message, null, null);
  }

  public MappingException(String message, @Nullable String sqlState, @Nullable Throwable cause) {
    super(ErrorCode.MAPPING, message, sqlState, cause);
  }
}
