package io.varve.jdbc;

import io.varve.ClosedException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;

/**
 * The way to the server: borrows connections, frames transactions and turns every {@link
 * SQLException} into a {@link io.varve.VarveException}. Thread-safe.
 *
 * <p>Two sources: the <em>pool</em> for reading and writing, and <em>direct</em> connections for
 * short schema steps taken while the caller already holds a pooled one (a chunk created in the
 * middle of a COPY). Going through the pool for those would let as many writers as the pool has
 * connections starve each other.
 */
public final class Database implements AutoCloseable {

  private final DataSource pool;
  private final DataSource direct;
  private final AutoCloseable owned;
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * @param pool where connections are borrowed
   * @param direct connections outside the pool; may be the same source
   * @param owned what to close with this object
   */
  public Database(DataSource pool, DataSource direct, AutoCloseable owned) {
    this.pool = pool;
    this.direct = direct;
    this.owned = owned;
  }

  /** Connects, so that a wrong setting is reported at once, and keeps a pool from there on. */
  public static Database open(ConnectionSpec spec) {
    Connector connector = new Connector(spec);
    Connection first;
    try {
      first = connector.getConnection();
    } catch (SQLException e) {
      throw SqlErrors.translate("connecting to " + spec.target(), e);
    }
    Pool pool = new Pool(spec, connector, first);
    return new Database(pool, connector, pool);
  }

  /** Where pooled connections come from. */
  public DataSource dataSource() {
    return pool;
  }

  /** Where connections outside the pool come from; whoever takes one closes it. */
  DataSource directDataSource() {
    return direct;
  }

  /** Runs the step on a pooled connection in autocommit mode. */
  public <R> R call(String task, SqlFunction<Connection, R> step) {
    return on(pool, task, step);
  }

  /** Runs the step on a connection outside the pool in autocommit mode. */
  public <R> R callDirect(String task, SqlFunction<Connection, R> step) {
    return on(direct, task, step);
  }

  /** Runs the step in a transaction: committed when it returns, rolled back when it throws. */
  public <R> R transaction(String task, SqlFunction<Connection, R> step) {
    return on(pool, task, connection -> inTransaction(connection, task, step));
  }

  /** Like {@link #transaction}, on a connection outside the pool. */
  public <R> R transactionDirect(String task, SqlFunction<Connection, R> step) {
    return on(direct, task, connection -> inTransaction(connection, task, step));
  }

  /** A pooled connection in autocommit mode; the caller closes it. */
  public Connection borrow(String task) {
    if (closed.get()) {
      throw new ClosedException(task + ": this Varve has been closed");
    }
    try {
      return pool.getConnection();
    } catch (SQLException e) {
      throw SqlErrors.translate(task, e);
    }
  }

  private <R> R on(DataSource source, String task, SqlFunction<Connection, R> step) {
    if (closed.get()) {
      throw new ClosedException(task + ": this Varve has been closed");
    }
    try (Connection connection = source.getConnection()) {
      return step.apply(connection);
    } catch (SQLException e) {
      throw SqlErrors.translate(task, e);
    }
  }

  private static <R> R inTransaction(
      Connection connection, String task, SqlFunction<Connection, R> step) throws SQLException {
    connection.setAutoCommit(false);
    boolean finished = false;
    try {
      R result = step.apply(connection);
      commit(connection, task);
      finished = true;
      return result;
    } finally {
      if (!finished) {
        rollBack(connection);
      } else {
        connection.setAutoCommit(true);
      }
    }
  }

  /** Commits; a connection lost on the way leaves the outcome unknown, and says so. */
  public static void commit(Connection connection, String task) throws SQLException {
    try {
      connection.commit();
    } catch (SQLException e) {
      throw SqlErrors.isConnectionLoss(e)
          ? SqlErrors.inDoubt(task, e)
          : SqlErrors.translate(task, e);
    }
  }

  /** Undoes what it can; a connection that is gone has been rolled back by the server. */
  private static void rollBack(Connection connection) {
    try {
      connection.rollback();
      connection.setAutoCommit(true);
    } catch (SQLException e) {
      org.slf4j.LoggerFactory.getLogger(Database.class)
          .debug("rollback on a lost connection: {}", e.getMessage());
    }
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      try {
        owned.close();
      } catch (Exception e) {
        throw new io.varve.DatabaseException("closing the connections failed", null, e);
      }
    }
  }
}
