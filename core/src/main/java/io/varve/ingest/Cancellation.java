package io.varve.ingest;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a batch from outside, and knows whether it can have been committed: a batch cancelled before
 * its commit was sent never is. Thread-safe.
 */
final class Cancellation {

  private static final Logger LOG = LoggerFactory.getLogger(Cancellation.class);

  private enum State {
    RUNNING,
    COMMITTING,
    CANCELLED
  }

  private final AtomicReference<State> state = new AtomicReference<>(State.RUNNING);
  private final AtomicReference<@Nullable Connection> current = new AtomicReference<>();

  /** The batch begins a transaction. */
  void begin(Connection connection) throws SQLException {
    current.set(connection);
    state.compareAndSet(State.COMMITTING, State.RUNNING);
    check();
  }

  /** The batch is about to commit. */
  void committing() throws SQLException {
    if (!state.compareAndSet(State.RUNNING, State.COMMITTING)) {
      check();
    }
  }

  /** The transaction is over. */
  void end() {
    current.set(null);
  }

  boolean isCancelled() {
    return state.get() == State.CANCELLED;
  }

  /** Breaks the batch's connection; whether the batch certainly is not committed. */
  boolean cancel() {
    boolean before = state.compareAndSet(State.RUNNING, State.CANCELLED);
    Connection connection = current.get();
    if (connection != null) {
      try {
        connection.abort(Runnable::run);
      } catch (SQLException e) {
        LOG.debug("the connection of a cancelled batch was gone: {}", e.getMessage());
      }
    }
    return before || isCancelled();
  }

  private void check() throws SQLException {
    if (isCancelled()) {
      throw new SQLException("the ingester is being closed", "57014");
    }
  }
}
