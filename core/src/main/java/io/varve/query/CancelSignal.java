package io.varve.query;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends what a borrowed connection is doing, and nothing that its next borrower does. Thread-safe.
 *
 * <p>A cancellation names the server's process, not a statement: it hits whatever runs there when
 * it arrives. So none is sent once the connection is about to be given back, and whoever gives it
 * back waits for one that is being sent. The driver waits for the server to hang up, and the server
 * signals its process before that; a signal reaches a process before the next message does, and
 * between messages it is ignored.
 */
final class CancelSignal {

  private static final Logger LOG = LoggerFactory.getLogger(CancelSignal.class);

  /**
   * The driver waits as long as its {@code cancelSignalTimeout} says, a second or more, and does
   * not tell when it has given up.
   */
  private static final Duration PATIENCE = Duration.ofMillis(900);

  private final String task;
  private final Connection connection;
  private final ReentrantLock lock = new ReentrantLock();
  private boolean over;
  private boolean doubtful;

  CancelSignal(String task, Connection connection) {
    this.task = task;
    this.connection = connection;
  }

  /**
   * Cancels the statement that runs, if one does.
   *
   * @return whether the server can be taken to know by now
   */
  boolean send() {
    lock.lock();
    try {
      if (!over) {
        transmit();
      }
      return !doubtful;
    } finally {
      lock.unlock();
    }
  }

  private void transmit() {
    long begun = System.nanoTime();
    try {
      connection.unwrap(PGConnection.class).cancelQuery();
    } catch (SQLException e) {
      LOG.debug("{}: the statement could not be cancelled: {}", task, e.getMessage());
    }
    if (System.nanoTime() - begun >= PATIENCE.toNanos()) {
      doubtful = true;
      LOG.debug("{}: the server was slow to take a cancellation", task);
    }
  }

  /**
   * Nothing is cancelled any more.
   *
   * @return whether nothing can be hit any more either; if not, the connection must not be used
   *     again
   */
  boolean end() {
    lock.lock();
    try {
      over = true;
      return !doubtful;
    } finally {
      lock.unlock();
    }
  }
}
