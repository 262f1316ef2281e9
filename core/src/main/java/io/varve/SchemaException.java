package io.varve;

import org.jspecify.annotations.Nullable;

/** A table, column or function is absent, or is not what Varve expects. */
public final class SchemaException extends VarveException {

  private static final long serialVersionUID = 1L;

  public SchemaException(String message) {
    this(message, null, null);
  }

  public SchemaException(String message, @Nullable String sqlState, @Nullable Throwable cause) {
    super(ErrorCode.SCHEMA, message, sqlState, cause);
  }
}
