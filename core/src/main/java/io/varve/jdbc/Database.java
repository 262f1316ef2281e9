package io.varve.jdbc;

import io.varve.ClosedException;
import io.varve.DatabaseException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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

  private static final Logger LOG = LoggerFactory.getLogger(Database.class);

  /**
   * Goes ahead of a transaction's first statement, in its round trip, where the transaction must
   * see what others commit meanwhile, whatever the server's default is.
   */
  public static final String READ_COMMITTED = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED; ";

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

  /**
   * Connects at once, so that what is wrong is known now, and keeps a pool from there on. Closing
   * the database closes the pool.
   */
  public static Database open(ConnectionSpec spec, Retry retry) {
    Connector connector = new Connector(spec);
    Connection first = retry.call(() -> connect(connector, "connecting to " + spec.target()));
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
    return open(pool, task);
  }

  private <R> R on(DataSource source, String task, SqlFunction<Connection, R> step) {
    Connection connection = open(source, task);
    try {
      return step.apply(connection);
    } catch (SQLException e) {
      throw SqlErrors.translate(task, e);
    } finally {
      quietly("giving a connection back", connection::close);
    }
  }

  private Connection open(DataSource source, String task) {
    if (closed.get()) {
      throw new ClosedException(task + ": this Varve has been closed");
    }
    return connect(source, task);
  }

  private static Connection connect(DataSource source, String task) {
    try {
      return inAutoCommit(source.getConnection());
    } catch (SQLException e) {
      throw SqlErrors.translate(task, e);
    }
  }

  /** Some sources hand out connections that start transactions by themselves. */
  private static Connection inAutoCommit(Connection connection) throws SQLException {
    try {
      if (!connection.getAutoCommit()) {
        connection.setAutoCommit(true);
      }
      return connection;
    } catch (SQLException e) {
      quietly("giving a connection back", connection::close);
      throw e;
    }
  }

  /** Runs the step in a transaction of a connection that is in autocommit mode. */
  public static <R> R inTransaction(
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
        quietly("rolling back", connection::rollback);
      }
      quietly("leaving the transaction", () -> connection.setAutoCommit(true));
    }
  }

  /** Commits; a connection lost on the way leaves the outcome unknown, and says so. */
  public static void commit(Connection connection, String task) throws SQLException {
    try {
      connection.commit();
    } catch (SQLException e) {
      throw SqlErrors.leavesConnectionLost(e)
          ? SqlErrors.inDoubt(task, e)
          : SqlErrors.translate(task, e);
    }
  }

  /** A step that may fail with an {@link SQLException}. */
  @FunctionalInterface
  private interface SqlStep {
    void run() throws SQLException;
  }

  /**
   * Tidies up. A failure here changes nothing about what was done before: committed is committed,
   * and a connection that is gone has been rolled back by the server.
   */
  private static void quietly(String task, SqlStep step) {
    try {
      step.run();
    } catch (SQLException e) {
      LOG.debug("{} failed: {}", task, e.getMessage());
    }
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      try {
        owned.close();
      } catch (Exception e) {
        throw new DatabaseException("closing the connections failed: " + e.getMessage(), null, e);
      }
    }
  }
}
