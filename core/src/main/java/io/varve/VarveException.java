package io.varve;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The root of every error Varve throws. The message names the object, the value and what was
 * expected; it never holds credentials. {@link #code()} is stable, {@link #sqlState()} is the
 * server's own code where there is one.
 */
public abstract sealed class VarveException extends RuntimeException
    permits AccessException,
        CapabilityException,
        CapacityException,
        ClosedException,
        ConfigException,
        ConflictException,
        ConnectionException,
        ConstraintException,
        DataException,
        DatabaseException,
        DeadlineException,
        InDoubtException,
        MappingException,
        SchemaException {

  private static final long serialVersionUID = 1L;

  private final ErrorCode code;
  private final @Nullable String sqlState;

  VarveException(
      ErrorCode code, String message, @Nullable String sqlState, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
    this.sqlState = sqlState;
  }

  /** The stable code. */
  public final ErrorCode code() {
    return code;
  }

  /** The server's SQLSTATE, if the server reported this error. */
  public final Optional<String> sqlState() {
    return Optional.ofNullable(sqlState);
  }

  /**
   * Whether the same call may succeed later with nothing changed. That holds for a call ended by an
   * interrupt, too, so a loop that tries again looks at {@link Thread#isInterrupted()} first.
   */
  public final boolean isRetryable() {
    return code.actor() == ErrorCode.Actor.RETRY;
  }

  /** Whether the outcome of a commit is unknown: the rows may or may not be in the table. */
  public final boolean inDoubt() {
    return code == ErrorCode.IN_DOUBT;
  }
}
