package io.varve.schema;

import io.varve.AccessException;
import io.varve.CapacityException;
import io.varve.SchemaException;
import io.varve.Tier;
import io.varve.Toolkit;
import io.varve.backend.Backend;
import io.varve.backend.Backend.ChunkSpan;
import io.varve.backend.Backend.HypertableInfoRow;
import io.varve.jdbc.Database;
import io.varve.jdbc.Identifiers;
import io.varve.jdbc.SqlFunction;
import io.varve.model.Chunk;
import io.varve.model.HypertableInfo;
import io.varve.model.QualifiedName;
import io.varve.model.Row;
import io.varve.model.Table;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Internal: the one implementation of {@link Schema}. */
public final class DefaultSchema implements Schema {

  /** As the toolkit's check_chunk_count has it. */
  private static final long CHUNK_LIMIT = 1000;

  private final Database database;
  private final Backend backend;
  private final Toolkit toolkit;

  public DefaultSchema(Database database, Backend backend, Toolkit toolkit) {
    this.database = database;
    this.backend = backend;
    this.toolkit = toolkit;
  }

  @Override
  public boolean create(Table<?> table) {
    toolkit.install();
    String task = "creating hypertable " + table.name();
    boolean exists = database.call(task, connection -> isThere(connection, table));
    return !exists && database.transaction(task, connection -> createAlone(connection, table));
  }

  /** Whether the table is there as a hypertable that fits; what does not fit is refused. */
  private boolean isThere(Connection connection, Table<?> table) throws SQLException {
    Optional<ExistingTable> existing = ExistingTable.find(connection, table.name());
    if (existing.isEmpty()) {
      return false;
    }
    HypertableInfoRow hypertable =
        backend
            .hypertable(connection, table.name())
            .orElseThrow(() -> notAHypertable(existing.get()));
    List<String> differences =
        Drift.between(connection, table, existing.get(), hypertable.timeColumn());
    if (!differences.isEmpty()) {
      throw new SchemaException(
          "hypertable %s is not what the model says: %s"
              .formatted(table.name(), String.join("; ", differences)));
    }
    return true;
  }

  private SchemaException notAHypertable(ExistingTable existing) {
    return new SchemaException(
        "%s is a %s and not a hypertable; %s"
            .formatted(existing.name(), existing.relation(), remedy(existing)));
  }

  private String remedy(ExistingTable existing) {
    return existing.relation().equals("table")
        ? "rename it, create the hypertable, and copy its rows; or choose another name"
        : "choose another name";
  }

  /** One creator of a table at a time; the others find it made. */
  private boolean createAlone(Connection connection, Table<?> table) throws SQLException {
    // READ COMMITTED, because what comes after a lock must see what others did before it.
    execute(connection, "SET TRANSACTION ISOLATION LEVEL READ COMMITTED");
    lock(connection, "varve.create " + table.name().sql());
    if (isThere(connection, table)) {
      return false;
    }
    createSchema(connection, table.name().schema());
    TableDefinition definition = new TableDefinition(table);
    backend.createHypertable(connection, table, definition.columns());
    Optional<String> index = definition.index();
    if (index.isPresent()) {
      execute(connection, index.get());
    }
    return true;
  }

  private static void lock(Connection connection, String key) throws SQLException {
    String sql = "SELECT pg_advisory_xact_lock(hashtextextended(?, 0))";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, key);
      statement.execute();
    }
  }

  /**
   * One creator of a schema at a time, too: IF NOT EXISTS alone fails for those who come second.
   */
  private static void createSchema(Connection connection, String schema) throws SQLException {
    if (mustBeCreated(connection, schema)) {
      lock(connection, "varve.create schema " + schema);
      if (mustBeCreated(connection, schema)) {
        execute(connection, "CREATE SCHEMA IF NOT EXISTS " + Identifiers.quote(schema));
      }
    }
  }

  private static boolean mustBeCreated(Connection connection, String schema) throws SQLException {
    String sql =
        """
        SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = ?),
               has_database_privilege(current_database(), 'CREATE'), current_user,
               format('CREATE SCHEMA %I AUTHORIZATION %I', ?, current_user)
        """;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, schema);
      statement.setString(2, schema);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        if (!row.getBoolean(1) && !row.getBoolean(2)) {
          throw new AccessException(
              "schema \"%s\" does not exist and user \"%s\" may not create it; let the database's owner run: %s"
                  .formatted(schema, row.getString(3), row.getString(4)),
              "42501",
              null);
        }
        return !row.getBoolean(1);
      }
    }
  }

  @Override
  public Table<Row> inspect(QualifiedName name) {
    boolean isRegistered = isInstalled();
    return onHypertable(
        "describing hypertable " + name,
        name,
        (connection, hypertable) ->
            new Inspection(
                    ExistingTable.find(connection, name).orElseThrow(() -> absent(name)),
                    hypertable,
                    isRegistered ? dimensions(connection, name) : null)
                .table());
  }

  /** The dimensions Varve was told, as they are called now; null where it does not know. */
  private static @Nullable Set<String> dimensions(Connection connection, QualifiedName name)
      throws SQLException {
    String sql =
        """
        SELECT dimensions::text[] FROM varve_internal.registered_hypertable
         WHERE relation = to_regclass(?) AND dimensions IS NOT NULL
        """;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, name.sql());
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? Set.of((String[]) row.getArray(1).getArray()) : null;
      }
    }
  }

  @Override
  public boolean exists(QualifiedName name) {
    return canHaveHypertables()
        && database.call(
            "looking for hypertable " + name,
            connection -> backend.hypertable(connection, name).isPresent());
  }

  @Override
  public List<HypertableInfo> hypertables() {
    return canHaveHypertables()
        ? database.call("listing hypertables", backend::hypertables)
        : List.of();
  }

  @Override
  public List<Chunk> chunks(QualifiedName name) {
    return onHypertable(
        "listing the chunks of " + name,
        name,
        (connection, hypertable) -> backend.chunks(connection, name));
  }

  @Override
  public int createChunks(QualifiedName name, long from, long to) {
    String task = "creating chunks of " + name;
    if (from > to) {
      throw new IllegalArgumentException(
          "%s: from %d to %d; expected a span that does not end before it begins"
              .formatted(task, from, to));
    }
    onHypertable(
        task,
        name,
        (connection, hypertable) -> {
          checkChunkCount(connection, name, hypertable.interval(), from, to);
          return hypertable;
        });
    return backend.writesToChunks() ? createChunks(task, name, from, to) : 0;
  }

  private int createChunks(String task, QualifiedName name, long from, long to) {
    int created = 0;
    long time = from;
    while (time < to) {
      long next = time;
      ChunkSpan chunk =
          database.transactionDirect(
              task, connection -> backend.createChunk(connection, name, next));
      created += chunk.created() ? 1 : 0;
      time = chunk.end();
    }
    return created;
  }

  /** Refuses a span that would end at the server's limit after a thousand chunks for nothing. */
  private void checkChunkCount(
      Connection connection, QualifiedName name, long interval, long from, long to)
      throws SQLException {
    if (!backend.writesToChunks() || from == to) {
      return;
    }
    List<Chunk> chunks = backend.chunks(connection, name);
    long needed = missingChunks(chunks, interval, from, to);
    if (Long.compareUnsigned(needed, CHUNK_LIMIT) > 0 || chunks.size() + needed > CHUNK_LIMIT) {
      throw new CapacityException(
          "hypertable %s has %d chunks and would need %s more: the limit is %d, because planning and locking grow with every chunk; ask for a shorter span, drop old chunks, or widen the interval of new ones"
              .formatted(name, chunks.size(), Long.toUnsignedString(needed), CHUNK_LIMIT));
    }
  }

  /** At least so many chunks, unsigned, fill the gaps: a chunk is no wider than the interval. */
  private static long missingChunks(List<Chunk> chunks, long interval, long from, long to) {
    long missing = 0;
    long time = from;
    for (Chunk chunk : chunks) {
      if (chunk.end() > time && chunk.start() < to) {
        missing += chunk.start() > time ? chunksFor(chunk.start() - time, interval) : 0;
        time = chunk.end();
      }
    }
    return missing + (time < to ? chunksFor(to - time, interval) : 0);
  }

  /** The length is unsigned: a span may be wider than a long is positive. */
  private static long chunksFor(long length, long interval) {
    return Long.divideUnsigned(length - 1, interval) + 1;
  }

  @Override
  public void drop(QualifiedName name) {
    onHypertable(
        "dropping hypertable " + name,
        name,
        (connection, hypertable) -> {
          execute(connection, "DROP TABLE " + name.sql());
          return hypertable;
        });
  }

  /** A step on a hypertable. */
  @FunctionalInterface
  private interface HypertableStep<R> {
    R apply(Connection connection, HypertableInfoRow hypertable) throws SQLException;
  }

  /** Runs the step, or says why the table is no hypertable. */
  private <R> R onHypertable(String task, QualifiedName name, HypertableStep<R> step) {
    boolean mayExist = canHaveHypertables();
    SqlFunction<Connection, R> whole =
        connection -> {
          Optional<HypertableInfoRow> hypertable =
              mayExist ? backend.hypertable(connection, name) : Optional.empty();
          if (hypertable.isEmpty()) {
            throw ExistingTable.find(connection, name)
                .map(this::notAHypertable)
                .orElseGet(() -> absent(name));
          }
          return step.apply(connection, hypertable.get());
        };
    return database.call(task, whole);
  }

  private static SchemaException absent(QualifiedName name) {
    return new SchemaException(
        "hypertable %s does not exist; create it with schema().create(…)".formatted(name));
  }

  /** On TimescaleDB there may be hypertables before Varve's toolkit comes. */
  private boolean canHaveHypertables() {
    return backend.capabilities().tier() != Tier.PLAIN || isInstalled();
  }

  private boolean isInstalled() {
    return toolkit.status().installed() > 0;
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
