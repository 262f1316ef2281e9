package io.varve.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.SQLExceptionOverride;
import com.zaxxer.hikari.pool.HikariPool;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The connection pool: HikariCP over a {@link Connector}. Thread-safe.
 *
 * <p>It drives {@link HikariPool} itself: {@code HikariDataSource} announces each start and stop at
 * info level, and a library has nothing to say there.
 */
final class Pool implements DataSourceAdapter, AutoCloseable {

  private static final Duration KEEPALIVE = Duration.ofMinutes(2);

  private final HikariPool pool;
  private final Opening opening;
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * @param first a connection already open, the pool's first; the pool closes it
   */
  Pool(ConnectionSpec spec, Connector connector, Connection first) {
    this.opening = new Opening(connector, first);
    this.pool = new HikariPool(config(spec, opening));
  }

  private static HikariConfig config(ConnectionSpec spec, Opening opening) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("varve " + spec.target());
    config.setDataSource(opening);
    config.setMaximumPoolSize(spec.poolSize());
    config.setMinimumIdle(Math.min(spec.poolMinIdle(), spec.poolSize()));
    config.setConnectionTimeout(spec.acquireTimeout().toMillis());
    config.setValidationTimeout(Math.min(5000, spec.acquireTimeout().toMillis()));
    config.setMaxLifetime(spec.connectionLifetime().toMillis());
    config.setKeepaliveTime(keepalive(spec).toMillis());
    config.setIdleTimeout(
        config.getMinimumIdle() < spec.poolSize() ? spec.idleTimeout().toMillis() : 0);
    // Whoever opens the pool has connected already; from then on the pool goes on trying.
    config.setInitializationFailTimeout(-1);
    config.setExceptionOverride(new ReadOnlyServer());
    config.validate();
    return config;
  }

  /** Often enough for firewalls that forget idle connections; the pool wants it below lifetime. */
  private static Duration keepalive(ConnectionSpec spec) {
    Duration lifetime = spec.connectionLifetime();
    return lifetime.isZero() || lifetime.compareTo(KEEPALIVE) > 0 ? KEEPALIVE : Duration.ZERO;
  }

  @Override
  public Connection getConnection() throws SQLException {
    if (closed.get()) {
      throw new SQLException("this Varve has been closed", "08003");
    }
    return pool.getConnection();
  }

  @Override
  public int getLoginTimeout() {
    return opening.getLoginTimeout();
  }

  @Override
  public void close() throws SQLException {
    if (closed.compareAndSet(false, true)) {
      try {
        opening.close();
      } finally {
        shutDown();
      }
    }
  }

  private void shutDown() throws SQLException {
    try {
      pool.shutdown();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLException("interrupted while the connections were being closed", e);
    }
  }

  @Override
  public String toString() {
    return "pool of " + opening;
  }

  /** Hands the first connection over, then opens new ones. */
  private static final class Opening implements DataSourceAdapter {

    private final Connector connector;
    private final AtomicReference<@Nullable Connection> first;

    Opening(Connector connector, Connection first) {
      this.connector = connector;
      this.first = new AtomicReference<>(first);
    }

    @Override
    public Connection getConnection() throws SQLException {
      Connection ready = first.getAndSet(null);
      return ready != null ? ready : connector.getConnection();
    }

    @Override
    public int getLoginTimeout() {
      return connector.getLoginTimeout();
    }

    void close() throws SQLException {
      Connection unused = first.getAndSet(null);
      if (unused != null) {
        unused.close();
      }
    }

    @Override
    public String toString() {
      return connector.toString();
    }
  }

  /**
   * After a failover the old primary answers that it is read-only; a connection to it must not go
   * back into the pool.
   */
  private static final class ReadOnlyServer implements SQLExceptionOverride {
    @java.lang.Override
    public Override adjudicate(SQLException e) {
      return SqlErrors.isReadOnly(e) ? Override.MUST_EVICT : Override.CONTINUE_EVICT;
    }
  }
}
