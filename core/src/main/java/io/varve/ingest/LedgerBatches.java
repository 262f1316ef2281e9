package io.varve.ingest;

import io.varve.ConflictException;
import io.varve.MappingException;
import io.varve.jdbc.Database;
import io.varve.jdbc.Retry;
import io.varve.jdbc.SqlErrors;
import io.varve.model.QualifiedName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Internal: reads and forgets the ledger. Thread-safe. */
public final class LedgerBatches implements Batches {

  private static final Logger LOG = LoggerFactory.getLogger(LedgerBatches.class);

  private static final String LOCK_NOT_AVAILABLE = "55P03";

  private static final String SETTLE =
      "SELECT pg_catalog.pg_advisory_xact_lock(%s)".formatted(Ledger.groupLock("?"));

  /**
   * In the order of the index: the names are compared byte by byte, and 0 comes after the slash.
   */
  private static final String NAMED = "b.id >= ? || '/' AND b.id < ? || '0'";

  private static final String IN_GROUP = NAMED + " AND b.writer = current_user";

  private static final String OTHERS =
      """
      SELECT DISTINCT b.writer FROM varve_internal.batch b
       WHERE %s AND b.writer <> current_user AND b.relation = pg_catalog.to_regclass(?)
      """
          .formatted(NAMED);

  private static final String STORED =
      """
      SELECT b.id, n.nspname, c.relname, b.written, b.skipped, b.failed
        FROM varve_internal.batch b
        LEFT JOIN pg_catalog.pg_class c ON c.oid = b.relation
        LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
       WHERE %s
       ORDER BY b.id
      """
          .formatted(IN_GROUP);

  private static final String FORGET = "DELETE FROM varve_internal.batch b WHERE " + IN_GROUP;

  private static final String CLAIM =
      "pg_catalog.hashtextextended('varve.claim ' || current_user || ' ' || ?, 0)";

  private static final String LOCK = "SELECT pg_catalog.pg_advisory_lock(" + CLAIM + ")";

  private static final String UNLOCK = "SELECT pg_catalog.pg_advisory_unlock(" + CLAIM + ")";

  private static final String TAKE =
      """
      INSERT INTO varve_internal.claim (id) VALUES (?)
      ON CONFLICT (id, writer)
      DO UPDATE SET token = excluded.token, claimed_at = excluded.claimed_at
      RETURNING token
      """;

  private static final String GIVE_BACK =
      """
      DELETE FROM varve_internal.claim
       WHERE id = ? AND token = ?::uuid AND writer = current_user
      """;

  private final Database database;
  private final Retry retry;

  /**
   * @param retry when to claim again after the connection broke
   */
  public LedgerBatches(Database database, Retry retry) {
    this.database = database;
    this.retry = retry;
  }

  @Override
  public List<StoredBatch> stored(String group) {
    check(group);
    return database.transaction(
        "reading the batches of " + group,
        connection -> {
          patience(connection, "30s");
          execute(connection, SETTLE, group);
          return read(connection, group);
        });
  }

  private static List<StoredBatch> read(Connection connection, String group) throws SQLException {
    return query(
        connection,
        STORED,
        row ->
            new StoredBatch(
                row.getString(1), table(row), row.getLong(4), row.getLong(5), row.getLong(6)),
        group,
        group);
  }

  private static Optional<QualifiedName> table(ResultSet row) throws SQLException {
    String name = row.getString(3);
    return name == null ? Optional.empty() : Optional.of(new QualifiedName(row.getString(2), name));
  }

  @Override
  public Set<String> otherWriters(String group, QualifiedName table) {
    check(group);
    return database.call(
        "reading who wrote batches of " + group,
        connection ->
            new TreeSet<>(
                query(connection, OTHERS, row -> row.getString(1), group, group, table.sql())));
  }

  @Override
  public long forget(String group) {
    check(group);
    return database.call(
        "forgetting the batches of " + group,
        connection -> {
          try (PreparedStatement statement = prepare(connection, FORGET, group, group)) {
            return statement.executeLargeUpdate();
          }
        });
  }

  @Override
  public Claim claim(String group) {
    check(group);
    return retry.call(() -> claimOnce(group));
  }

  private Claim claimOnce(String group) {
    Connection connection = database.borrow("claiming the batches of " + group);
    try {
      return new Held(connection, group, take(connection, group));
    } catch (SQLException e) {
      close(connection);
      if (LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
        throw new ConflictException(
            "the batches of %s are being written by another process; wait for its end, or end it"
                .formatted(group),
            e.getSQLState(),
            e);
      }
      throw SqlErrors.translate("claiming the batches of " + group, e);
    }
  }

  /** The token. The lock is the session's, and outlives the transaction that bounds the waiting. */
  private static String take(Connection connection, String group) throws SQLException {
    connection.setAutoCommit(false);
    try {
      patience(connection, "5s");
      execute(connection, LOCK, group);
      String token = query(connection, TAKE, row -> row.getString(1), group).get(0);
      connection.commit();
      connection.setAutoCommit(true);
      return token;
    } catch (SQLException e) {
      abort(connection);
      throw e;
    }
  }

  /** A claim that may have been lost with its connection. */
  private record Held(Connection connection, String group, String token) implements Claim {

    @Override
    public void close() {
      try {
        execute(connection, GIVE_BACK, group, token);
        execute(connection, UNLOCK, group);
      } catch (SQLException e) {
        LOG.debug("the claim of {} went with its connection: {}", group, e.getMessage());
        abort(connection);
      } finally {
        LedgerBatches.close(connection);
      }
    }
  }

  /** Nobody else gets a session that may still hold the lock. */
  private static void abort(Connection connection) {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      LOG.debug("the connection of a claim was gone: {}", e.getMessage());
    }
  }

  private static void close(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      LOG.debug("giving a connection back failed: {}", e.getMessage());
    }
  }

  /** What comes after a lock must see what was committed while it was waited for. */
  private static void patience(Connection connection, String time) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(Database.READ_COMMITTED + "SET LOCAL lock_timeout = '" + time + "'");
    }
  }

  @FunctionalInterface
  private interface Reading<R> {
    R of(ResultSet row) throws SQLException;
  }

  private static <R> List<R> query(
      Connection connection, String sql, Reading<R> reading, String... values) throws SQLException {
    List<R> rows = new ArrayList<>();
    try (PreparedStatement statement = prepare(connection, sql, values);
        ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        rows.add(reading.of(row));
      }
    }
    return rows;
  }

  private static PreparedStatement prepare(Connection connection, String sql, String... values)
      throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    for (int i = 0; i < values.length; i++) {
      statement.setString(i + 1, values[i]);
    }
    return statement;
  }

  private static void execute(Connection connection, String sql, String... values)
      throws SQLException {
    try (PreparedStatement statement = prepare(connection, sql, values)) {
      statement.execute();
    }
  }

  private static void check(String group) {
    if (group.isEmpty() || group.indexOf('/') >= 0 || group.indexOf('\0') >= 0) {
      throw new MappingException(
          "\"%s\" is no group of batches; expected what stands before the first slash of their"
                  .formatted(group)
              + " names");
    }
  }
}
