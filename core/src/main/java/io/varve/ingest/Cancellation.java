package io.varve.ingest;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a batch from outside, or the attempt that is under way, and knows whether it can have been
 * committed: one that is cancelled before its commit is sent never is. Thread-safe.
 */
final class Cancellation {

  private static final Logger LOG = LoggerFactory.getLogger(Cancellation.class);

  private @Nullable Connection current;
  private boolean cancelled;
  private boolean brokenOff;
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

  /** Whether no attempt may begin. */
  synchronized boolean isCancelled() {
    return cancelled || brokenOff;
  }

  /** Whether an attempt has failed that may have been committed. */
  synchronized boolean isDoubtful() {
    return doubtful;
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
    abort(connection);
    return certain;
  }

  /** Breaks the connection of the attempt that is under way; {@link #again} allows another. */
  void breakOff() {
    Connection connection;
    synchronized (this) {
      brokenOff = true;
      connection = current;
    }
    abort(connection);
  }

  /** Allows another attempt after {@link #breakOff}, though not after {@link #cancel}. */
  synchronized void again() {
    brokenOff = false;
  }

  /** Closing a connection under TLS waits for whoever is sending, so somebody else does it. */
  private static void abort(@Nullable Connection connection) {
    if (connection != null) {
      try {
        connection.abort(Cancellation::runAside);
      } catch (SQLException e) {
        LOG.debug("the connection of a cancelled batch was gone: {}", e.getMessage());
      }
    }
  }

  private static void runAside(Runnable task) {
    Thread thread = new Thread(task, "varve-ingest abort");
    thread.setDaemon(true);
    thread.start();
  }

  private void check() throws SQLException {
    if (cancelled || brokenOff) {
      throw new SQLException(
          cancelled ? "the ingester is being closed" : "it was not stored in time", "57014");
    }
  }
}
