package io.varve;

import org.jspecify.annotations.Nullable;

/** A setting is missing, unknown or out of bounds. */
public final class ConfigException extends VarveException {

  private static final long serialVersionUID = 1L;

  public ConfigException(String message) {
    this(message, null, null);
  }

  public ConfigException(String message, @Nullable String sqlState, @Nullable Throwable cause) {
    super(ErrorCode.CONFIGURATION, message, sqlState, cause);
  }
}
