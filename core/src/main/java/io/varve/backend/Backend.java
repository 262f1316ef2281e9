package io.varve.backend;

import io.varve.Capabilities;
import io.varve.model.Chunk;
import io.varve.model.HypertableInfo;
import io.varve.model.QualifiedName;
import io.varve.model.Table;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What differs between the tiers, and nothing else. Chosen once per data source by {@link
 * BackendProbe}. Stateless apart from what the probe found; thread-safe.
 */
public sealed interface Backend permits PlainBackend, TimescaleBackend {

  /** What the server can do. */
  Capabilities capabilities();

  /**
   * Creates a table as a hypertable, in the caller's transaction, and registers it with Varve. The
   * caller has made sure that the table is absent and that the toolkit is installed.
   *
   * @param definition columns and constraints in parentheses, as in {@code CREATE TABLE}
   */
  void createHypertable(Connection connection, Table<?> table, String definition)
      throws SQLException;

  /** The time column and chunk interval of a hypertable; empty if the table is not one. */
  Optional<HypertableInfoRow> hypertable(Connection connection, QualifiedName name)
      throws SQLException;

  /** All hypertables the user may see, by name. */
  List<HypertableInfo> hypertables(Connection connection) throws SQLException;

  /** The chunks of a hypertable, oldest first. */
  List<Chunk> chunks(Connection connection, QualifiedName name) throws SQLException;

  /**
   * The start of the oldest of a hypertable's newest chunks, in the units of chunks. A hint:
   * nothing but speed may depend on it.
   *
   * @param chunks how many are the newest, 1 or more
   * @return empty where there are fewer, none that are known, or so few that to know takes longer
   */
  OptionalLong newestFrom(Connection connection, QualifiedName name, int chunks)
      throws SQLException;

  /**
   * Whether writers address chunks themselves: true where a partitioned parent costs an extra
   * lookup and chunks must exist before the rows.
   */
  boolean writesToChunks();

  /**
   * Declares for the rest of the transaction that rows at this time are going to be written
   * straight into the chunk, and returns it; empty if there is none yet, or none this user may
   * write to, either of which {@link #createChunk} mends where it can. Refuses tables whose row
   * security binds the user. Only where {@link #writesToChunks()}.
   */
  Optional<ChunkTarget> openChunk(Connection connection, QualifiedName name, long time)
      throws SQLException;

  /**
   * Creates the chunk that holds this time, unless it is there. The transaction has just begun and
   * ends with it, so that others see the chunk at once. Only where {@link #writesToChunks()}.
   */
  ChunkSpan createChunk(Connection connection, QualifiedName name, long time) throws SQLException;

  /**
   * Throws why this user may not write to the chunk of this time; does nothing if they may, or if
   * there is none. Only where {@link #writesToChunks()}.
   */
  void refuseClosedChunk(Connection connection, QualifiedName name, long time) throws SQLException;

  /** The schema-qualified SQL name of {@code time_bucket}, {@code first} or {@code last}. */
  String function(String name);

  /**
   * @param timeColumn the column it is partitioned by
   * @param interval width of new chunks in the column's units
   */
  record HypertableInfoRow(String timeColumn, long interval) {}

  /**
   * A chunk to write into: rows with {@code start <= time < end} in the time column's units.
   *
   * @param sql the chunk's quoted, qualified name
   * @param mergeable whether this user may also read and change its rows, as a merge does
   */
  record ChunkTarget(String sql, long start, long end, boolean mergeable) {}

  /**
   * The range of a chunk that now exists.
   *
   * @param created whether it was missing before
   */
  record ChunkSpan(long start, long end, boolean created) {}
}
