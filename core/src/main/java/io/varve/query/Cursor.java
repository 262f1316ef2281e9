package io.varve.query;

import io.varve.ClosedException;
import io.varve.MappingException;
import io.varve.jdbc.Database;
import io.varve.jdbc.SqlErrors;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Objects;
import java.util.Spliterator;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGStatement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rows of an answer, fetched by and by through an SQL cursor in a transaction of its own. See
 * {@link Reads}.
 *
 * <p>The connection is given back by whatever comes first: the last row, an error, or the close.
 * The lock is held while a row's values are taken, but not while a record is made of them or it is
 * consumed, so a close from the caller's code or from another thread finds it free unless the
 * server is being waited for; then the statement is cancelled.
 */
final class Cursor<R> implements Spliterator<R>, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Cursor.class);

  /** How many rows are brought at a time over a connection that does not say. */
  private static final int FETCH = 5000;

  /** By how many times fewer are brought where a row may hold a document or an array. */
  private static final int WIDE = 10;

  private static final long CANCEL_AGAIN_MILLIS = 200;

  /** After so long the connection is given up. */
  private static final Duration CANCELLING = Duration.ofSeconds(5);

  /**
   * The driver knows a prepared statement by its text. The comment keeps those prepared here, which
   * need the transaction's setting, from being run by {@link Reads#all} without it.
   */
  private static final String MARK = " /* cursor */";

  private final String task;
  private final Connection connection;
  private final CancelSignal cancellation;
  private final Sql sql;
  private final RowShape<R> shape;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable PreparedStatement statement;
  private @Nullable ResultSet answer;
  private @Nullable RowReader<R> reader;
  private volatile boolean closed;
  private boolean released;

  private Cursor(String task, Connection connection, Sql sql, RowShape<R> shape) {
    this.task = task;
    this.connection = connection;
    this.cancellation = new CancelSignal(task, connection);
    this.sql = sql;
    this.shape = shape;
  }

  static <R> Cursor<R> open(Database database, String task, Sql sql, RowShape<R> shape) {
    Cursor<R> cursor = unopened(database, task, sql, shape);
    cursor.open();
    return cursor;
  }

  /** Has its connection, and can be closed, but has sent nothing yet. */
  static <R> Cursor<R> unopened(Database database, String task, Sql sql, RowShape<R> shape) {
    return new Cursor<>(task, database.borrow(task), sql, shape);
  }

  /** Runs the statement, once; a close from another thread cancels it. */
  void open() {
    boolean opened = false;
    lock.lock();
    try {
      if (closed) {
        throw closed();
      }
      execute();
      opened = true;
    } catch (SQLException e) {
      throw failure(e);
    } finally {
      if (!opened) {
        release();
      }
      lock.unlock();
    }
  }

  private void execute() throws SQLException {
    connection.setAutoCommit(false);
    try (Statement settings = connection.createStatement()) {
      settings.execute("SET TRANSACTION READ ONLY; SET LOCAL plan_cache_mode = force_custom_plan");
    }
    PreparedStatement prepared = connection.prepareStatement(sql.text() + MARK);
    statement = prepared;
    if (connection.unwrap(PGConnection.class).getPrepareThreshold() != 0) {
      // A negative threshold: prepare at once, so that the columns' types are known and can come
      // in binary.
      prepared.unwrap(PGStatement.class).setPrepareThreshold(-1);
    }
    int rows = prepared.getFetchSize() == 0 ? FETCH : prepared.getFetchSize();
    prepared.setFetchSize(fetchSize(rows, shape.isWide()));
    Reads.bind(prepared, sql);
    ResultSet result = prepared.executeQuery();
    answer = result;
    RowReader<R> found = shape.reader(result);
    reader = found;
    result.setFetchSize(fetchSize(rows, found.isWide()));
  }

  private static int fetchSize(int rows, boolean wide) {
    return wide ? Math.max(1, rows / WIDE) : rows;
  }

  @Override
  public boolean tryAdvance(Consumer<? super R> action) {
    @Nullable Object[] values = next();
    if (values == null) {
      return false;
    }
    action.accept(row(values));
    return true;
  }

  /** A row that is refused is the end, too. */
  private R row(@Nullable Object[] values) {
    try {
      return Objects.requireNonNull(reader).row(values);
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /** The next row's values; null after the last one. Anything but a row is the end. */
  private @Nullable Object @Nullable [] next() {
    @Nullable Object[] values = null;
    lock.lock();
    try {
      if (closed) {
        throw closed();
      }
      values = answer != null && reader != null && answer.next() ? reader.values(answer) : null;
      return values;
    } catch (SQLException e) {
      RuntimeException failure = failure(e);
      closed = true;
      throw failure;
    } catch (RuntimeException | Error e) {
      closed = true;
      throw e;
    } finally {
      if (values == null) {
        release();
      }
      lock.unlock();
    }
  }

  private RuntimeException failure(SQLException e) {
    if (closed) {
      return closed();
    }
    return SqlErrors.isReadOnly(e) ? writing(e) : SqlErrors.translate(task, e);
  }

  /** A SELECT may write as well: in its WITH, by FOR UPDATE, or by a function. */
  private MappingException writing(SQLException e) {
    return new MappingException(
        task
            + ": a stream only reads, and the statement writes (by FOR UPDATE, in its WITH, or by a"
            + " function); expected list() or execute()",
        e.getSQLState(),
        e);
  }

  private ClosedException closed() {
    return new ClosedException(task + ": the stream has been closed");
  }

  @Override
  public void close() {
    closed = true;
    lockCancelling();
    try {
      release();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Again and again, because a cancellation that comes before the fetch has begun is lost. Where
   * the server does not take it, what waits for its rows would wait for ever.
   */
  private void lockCancelling() {
    boolean interrupted = false;
    long begun = System.nanoTime();
    boolean locked = lock.tryLock();
    while (!locked) {
      if (!cancellation.send() || System.nanoTime() - begun > CANCELLING.toNanos()) {
        abort();
      }
      try {
        locked = lock.tryLock(CANCEL_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void abort() {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      LOG.debug("{}: the connection was lost: {}", task, e.getMessage());
    }
  }

  /** Ends the transaction and gives the connection back; once. */
  private void release() {
    if (released) {
      return;
    }
    released = true;
    answer = null;
    try (connection) {
      tidyUp();
    } catch (SQLException e) {
      LOG.debug("{}: the connection was lost: {}", task, e.getMessage());
    }
  }

  /** A connection in doubt is closed for good: its next borrower would suffer. */
  private void tidyUp() throws SQLException {
    boolean reusable = cancellation.end();
    try {
      if (!connection.getAutoCommit()) {
        connection.rollback();
        connection.setAutoCommit(true);
      }
      if (statement != null) {
        statement.close();
      }
    } catch (SQLException e) {
      reusable = false;
      throw e;
    } finally {
      if (!reusable) {
        connection.abort(Runnable::run);
      }
    }
  }

  /** One connection delivers one row after the other. */
  @Override
  public @Nullable Spliterator<R> trySplit() {
    return null;
  }

  @Override
  public long estimateSize() {
    return Long.MAX_VALUE;
  }

  @Override
  public int characteristics() {
    return ORDERED | NONNULL;
  }
}
