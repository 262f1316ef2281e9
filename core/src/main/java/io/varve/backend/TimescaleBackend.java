package io.varve.backend;

import io.varve.Capabilities;
import io.varve.Tier;
import io.varve.jdbc.Identifiers;
import io.varve.jdbc.IsoTime;
import io.varve.model.Chunk;
import io.varve.model.ColumnType.Kind;
import io.varve.model.HypertableInfo;
import io.varve.model.QualifiedName;
import io.varve.model.Table;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * TimescaleDB, either edition: hypertables are its own. Reads its views and calls its functions,
 * never its catalogue, whose tables change between releases.
 */
final class TimescaleBackend implements Backend {

  /** An instant as units of the time column; its views show every time as timestamptz. */
  private static final String UNITS =
      """
      CASE WHEN %1$s = '-infinity' THEN -9223372036854775808
           WHEN %1$s = 'infinity' THEN 9223372036854775807
           WHEN %2$s = 'date'::regtype
             THEN (%1$s AT TIME ZONE 'UTC')::date - date '1970-01-01'
           ELSE ((%1$s AT TIME ZONE 'UTC')::date - date '1970-01-01') * 86400000000
                + (extract(epoch FROM (%1$s AT TIME ZONE 'UTC')::time) * 1000000)::bigint
      END""";

  /** With so many its view of chunks takes longer to answer than they take to be asked. */
  private static final int FEW_CHUNKS = 50;

  private final Capabilities capabilities;
  private final String schema;

  /**
   * @param schema where the extension's functions are
   */
  TimescaleBackend(Capabilities capabilities, String schema) {
    this.capabilities = capabilities;
    this.schema = schema;
  }

  @Override
  public Capabilities capabilities() {
    return capabilities;
  }

  @Override
  public void createHypertable(Connection connection, Table<?> table, String definition)
      throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE %s %s".formatted(table.name().sql(), definition));
    }
    String convert =
        """
        SELECT %s(?::regclass, %s(?::name, ?::bigint),
                  create_default_indexes => false, if_not_exists => true)
        """
            .formatted(function("create_hypertable"), function("by_range"));
    try (PreparedStatement statement = connection.prepareStatement(convert)) {
      statement.setString(1, table.name().sql());
      statement.setString(2, table.time().name());
      statement.setLong(3, interval(table));
      statement.execute();
    }
    Rows.register(connection, table, "register");
  }

  /** TimescaleDB takes microseconds for dates, too. */
  private static long interval(Table<?> table) {
    long units = table.chunk().units();
    return table.time().type().kind() == Kind.DATE
        ? Math.multiplyExact(units, IsoTime.MICROS_PER_DAY)
        : units;
  }

  @Override
  public Optional<HypertableInfoRow> hypertable(Connection connection, QualifiedName name)
      throws SQLException {
    String sql =
        """
        SELECT column_name,
               CASE WHEN column_type = 'date'::regtype
                      THEN (extract(epoch FROM time_interval) / 86400)::bigint
                    ELSE coalesce((extract(epoch FROM time_interval) * 1000000)::bigint,
                                  integer_interval) END
          FROM timescaledb_information.dimensions
         WHERE hypertable_schema = ? AND hypertable_name = ? AND dimension_number = 1
        """;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, name.schema());
      statement.setString(2, name.name());
      return Rows.hypertable(statement);
    }
  }

  @Override
  public List<HypertableInfo> hypertables(Connection connection) throws SQLException {
    String sql =
        """
        SELECT h.hypertable_schema, h.hypertable_name, d.column_name, h.num_chunks,
               CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_inherits i
                                   JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
                                  WHERE i.inhparent = t.oid AND c.reltuples < 0
                                    AND pg_relation_size(c.oid) > 0) THEN -1
                    ELSE %s(t.oid::regclass) END,
               coalesce(%s(t.oid::regclass), 0)
          FROM timescaledb_information.hypertables h
          JOIN timescaledb_information.dimensions d
            ON (d.hypertable_schema, d.hypertable_name) = (h.hypertable_schema, h.hypertable_name)
           AND d.dimension_number = 1
          JOIN pg_catalog.pg_namespace n ON n.nspname = h.hypertable_schema
          JOIN pg_catalog.pg_class t ON t.relnamespace = n.oid AND t.relname = h.hypertable_name
         WHERE has_schema_privilege(n.oid, 'USAGE')
           AND has_table_privilege(t.oid, 'SELECT, INSERT, UPDATE, DELETE')
         ORDER BY 1, 2
        """
            .formatted(function("approximate_row_count"), function("hypertable_size"));
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      return Rows.hypertables(statement);
    }
  }

  @Override
  public List<Chunk> chunks(Connection connection, QualifiedName name) throws SQLException {
    String sql =
        """
        SELECT k.chunk_schema, k.chunk_name, k.primary_dimension_type,
               coalesce(k.range_start_integer, %s),
               coalesce(k.range_end_integer, %s),
               CASE WHEN c.reltuples < 0 AND NOT k.is_compressed THEN -1
                    ELSE %s(c.oid::regclass) END,
               coalesce(s.total_bytes, 0)
          FROM timescaledb_information.chunks k
          JOIN pg_catalog.pg_namespace n ON n.nspname = k.chunk_schema
          JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = k.chunk_name
          LEFT JOIN %s(?::regclass) s
            ON (s.chunk_schema, s.chunk_name) = (k.chunk_schema, k.chunk_name)
         WHERE k.hypertable_schema = ? AND k.hypertable_name = ?
         ORDER BY 4, 1, 2
        """
            .formatted(
                UNITS.formatted("k.range_start", "k.primary_dimension_type"),
                UNITS.formatted("k.range_end", "k.primary_dimension_type"),
                function("approximate_row_count"),
                function("chunks_detailed_size"));
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, name.sql());
      statement.setString(2, name.schema());
      statement.setString(3, name.name());
      return Rows.chunks(statement);
    }
  }

  @Override
  public OptionalLong newestFrom(Connection connection, QualifiedName name, int chunks)
      throws SQLException {
    return hasMany(connection, name) ? start(connection, name, chunks) : OptionalLong.empty();
  }

  private static boolean hasMany(Connection connection, QualifiedName name) throws SQLException {
    String sql =
        "SELECT count(*) > ? FROM pg_catalog.pg_inherits WHERE inhparent = pg_catalog.to_regclass(?)";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setInt(1, FEW_CHUNKS);
      statement.setString(2, name.sql());
      try (ResultSet row = statement.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    }
  }

  private static OptionalLong start(Connection connection, QualifiedName name, int chunks)
      throws SQLException {
    String sql =
        """
        SELECT DISTINCT coalesce(k.range_start_integer, %s)
          FROM timescaledb_information.chunks k
         WHERE k.hypertable_schema = ? AND k.hypertable_name = ?
         ORDER BY 1 DESC
        OFFSET ? LIMIT 1
        """
            .formatted(UNITS.formatted("k.range_start", "k.primary_dimension_type"));
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, name.schema());
      statement.setString(2, name.name());
      statement.setInt(3, chunks - 1);
      return Rows.number(statement);
    }
  }

  /** TimescaleDB finds and makes chunks by itself. */
  @Override
  public boolean writesToChunks() {
    return false;
  }

  @Override
  public Optional<ChunkTarget> openChunk(Connection connection, QualifiedName name, long time) {
    throw writesToHypertable();
  }

  @Override
  public ChunkSpan createChunk(Connection connection, QualifiedName name, long time) {
    throw writesToHypertable();
  }

  @Override
  public void refuseClosedChunk(Connection connection, QualifiedName name, long time) {
    throw writesToHypertable();
  }

  private IllegalStateException writesToHypertable() {
    Tier tier = capabilities.tier();
    return new IllegalStateException(
        tier.title() + " makes chunks itself: write to the hypertable");
  }

  @Override
  public String function(String name) {
    return Identifiers.quote(schema) + "." + name;
  }
}
