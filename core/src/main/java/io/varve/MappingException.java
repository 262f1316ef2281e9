package io.varve;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A record, row or value does not fit the table's model. */
public final class MappingException extends VarveException {

  private static final long serialVersionUID = 1L;

  private final @Nullable String column;

  public MappingException(String message) {
    this(message, null, null);
  }

  public MappingException(String message, @Nullable String sqlState, @Nullable Throwable cause) {
    this(message, sqlState, cause, null);
  }

  /**
   * @param column the column at fault, if it is one's
   */
  public MappingException(
      String message,
      @Nullable String sqlState,
      @Nullable Throwable cause,
      @Nullable String column) {
    super(ErrorCode.MAPPING, message, sqlState, cause);
    this.column = column;
  }

  /** The name of the column at fault, if it is one's. */
  public Optional<String> column() {
    return Optional.ofNullable(column);
  }
}
