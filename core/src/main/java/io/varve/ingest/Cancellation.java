package io.varve.ingest;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a batch from outside, and knows whether it can have been committed: one that is cancelled
 * before its commit is sent never is. Thread-safe.
 */
final class Cancellation {

  private static final Logger LOG = LoggerFactory.getLogger(Cancellation.class);

  private @Nullable Connection current;
  private boolean cancelled;
  private boolean committing;
  private boolean doubtful;

  /** The batch begins a transaction. */
  synchronized void begin(Connection connection) throws SQLException {
    check();
    current = connection;
  }

  /** The batch is about to commit. */
  synchronized void committing() throws SQLException {
    check();
    committing = true;
  }

  /** The transaction is over, and its connection somebody else's. */
  synchronized void end() {
    current = null;
  }

  /** An attempt has failed. */
  synchronized void failed(boolean inDoubt) {
    doubtful |= inDoubt;
    committing = false;
  }

  synchronized boolean isCancelled() {
    return cancelled;
  }

  /** Breaks the batch's connection; whether it is certain that the batch is not committed. */
  boolean cancel() {
    Connection connection;
    boolean certain;
    synchronized (this) {
      cancelled = true;
      certain = !committing && !doubtful;
      connection = current;
    }
    if (connection != null) {
      try {
        connection.abort(Runnable::run);
      } catch (SQLException e) {
        LOG.debug("the connection of a cancelled batch was gone: {}", e.getMessage());
      }
    }
    return certain;
  }

  private void check() throws SQLException {
    if (cancelled) {
      throw new SQLException("the ingester is being closed", "57014");
    }
  }
}
