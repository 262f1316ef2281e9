package io.varve.backend;

import io.varve.Capabilities;
import io.varve.SchemaException;
import io.varve.jdbc.Identifiers;
import io.varve.model.Chunk;
import io.varve.model.HypertableInfo;
import io.varve.model.QualifiedName;
import io.varve.model.Table;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PostgreSQL without the extension: declarative partitions kept by Varve. What makes chunks safe is
 * in the toolkit's {@code V2__chunks.sql}; this class calls it.
 */
final class PlainBackend implements Backend {

  private static final Logger LOG = LoggerFactory.getLogger(PlainBackend.class);

  private static final String NO_SUCH_SCHEMA = "3F000";

  /** What is said of tables of Varve's that are not there, or not for this user. */
  private static final Set<String> UNKNOWN = Set.of("42P01", "42501");

  private final Capabilities capabilities;

  PlainBackend(Capabilities capabilities) {
    this.capabilities = capabilities;
  }

  @Override
  public Capabilities capabilities() {
    return capabilities;
  }

  @Override
  public void createHypertable(Connection connection, Table<?> table, String definition)
      throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE %s %s PARTITION BY RANGE (%s)"
              .formatted(table.name().sql(), definition, Identifiers.quote(table.time().name())));
    }
    Rows.register(connection, table, "register_hypertable");
  }

  @Override
  public Optional<HypertableInfoRow> hypertable(Connection connection, QualifiedName name)
      throws SQLException {
    String sql =
        """
        SELECT time_column, chunk_interval FROM varve_internal.partitioned_hypertable
         WHERE relation = to_regclass(?)
        """;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, name.sql());
      return Rows.hypertable(statement);
    }
  }

  @Override
  public List<HypertableInfo> hypertables(Connection connection) throws SQLException {
    String sql =
        """
        SELECT n.nspname, t.relname, h.time_column,
               count(c.oid),
               CASE WHEN bool_or(c.reltuples < 0 AND pg_relation_size(c.oid) > 0) THEN -1
                    ELSE coalesce(sum(greatest(c.reltuples, 0)), 0) END::bigint,
               coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint
          FROM varve_internal.partitioned_hypertable h
          JOIN pg_catalog.pg_class t ON t.oid = h.relation
          JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
          LEFT JOIN pg_catalog.pg_inherits i ON i.inhparent = t.oid AND NOT i.inhdetachpending
          LEFT JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
         WHERE has_schema_privilege(n.oid, 'USAGE')
           AND has_table_privilege(t.oid, 'SELECT, INSERT, UPDATE, DELETE')
         GROUP BY 1, 2, 3
         ORDER BY 1, 2
        """;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      return Rows.hypertables(statement);
    }
  }

  @Override
  public List<Chunk> chunks(Connection connection, QualifiedName name) throws SQLException {
    String sql =
        """
        SELECT n.nspname, c.relname, h.time_type, p.range_start, p.range_end,
               greatest(c.reltuples, -1)::bigint, coalesce(pg_total_relation_size(c.oid), 0)
          FROM varve_internal.partitioned_hypertable h
         CROSS JOIN varve_internal.partitions(h.relation) p
          JOIN pg_catalog.pg_class c ON c.oid = p.relation
          JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
         WHERE h.relation = to_regclass(?) AND NOT p.detaching
         ORDER BY p.range_start
        """;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, name.sql());
      return Rows.chunks(statement);
    }
  }

  @Override
  public OptionalLong newestFrom(Connection connection, QualifiedName name, int chunks)
      throws SQLException {
    String sql =
        """
        SELECT range_start FROM varve_internal.chunk
         WHERE hypertable = to_regclass(?)
         ORDER BY range_start DESC
        OFFSET ? LIMIT 1
        """;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, name.sql());
      statement.setInt(2, chunks - 1);
      return Rows.number(statement);
    } catch (SQLException e) {
      if (UNKNOWN.contains(e.getSQLState())) {
        return OptionalLong.empty();
      }
      throw e;
    }
  }

  @Override
  public boolean writesToChunks() {
    return true;
  }

  @Override
  public Optional<ChunkTarget> openChunk(Connection connection, QualifiedName name, long time)
      throws SQLException {
    String sql =
        """
        SELECT chunk, range_start, range_end, mergeable
          FROM varve_internal.open_chunk(?::regclass, ?)
        """;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, name.sql());
      statement.setLong(2, time);
      try (ResultSet row = statement.executeQuery()) {
        return row.next()
            ? Optional.of(
                new ChunkTarget(
                    row.getString(1), row.getLong(2), row.getLong(3), row.getBoolean(4)))
            : Optional.empty();
      }
    } catch (SQLException e) {
      if (NO_SUCH_SCHEMA.equals(e.getSQLState())) {
        throw withoutToolkit(name, e);
      }
      throw e;
    }
  }

  private static SchemaException withoutToolkit(QualifiedName name, SQLException cause) {
    return new SchemaException(
        "hypertable %s does not exist: nothing of Varve is installed in this database; create it with"
                .formatted(name)
            + " schema().create(…)",
        cause.getSQLState(),
        cause);
  }

  /**
   * Always READ COMMITTED: having waited for another creator, the function must see what that one
   * made, which the snapshot of a stricter transaction would hide.
   */
  @Override
  public ChunkSpan createChunk(Connection connection, QualifiedName name, long time)
      throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED");
    }
    return ensureChunk(connection, name, time);
  }

  @Override
  public void refuseClosedChunk(Connection connection, QualifiedName name, long time)
      throws SQLException {
    String sql = "SELECT varve_internal.refuse_closed_chunk(?::regclass, ?)";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, name.sql());
      statement.setLong(2, time);
      statement.execute();
    }
  }

  private static ChunkSpan ensureChunk(Connection connection, QualifiedName name, long time)
      throws SQLException {
    String sql =
        "SELECT range_start, range_end, created FROM varve_internal.ensure_chunk(?::regclass, ?)";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, name.sql());
      statement.setLong(2, time);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        logWarnings(statement.getWarnings());
        return new ChunkSpan(row.getLong(1), row.getLong(2), row.getBoolean(3));
      }
    }
  }

  private static void logWarnings(@Nullable SQLWarning first) {
    for (SQLWarning warning = first; warning != null; warning = warning.getNextWarning()) {
      LOG.warn("{}", warning.getMessage());
    }
  }

  @Override
  public String function(String name) {
    return "varve." + name;
  }
}
