package io.varve.schema;

import io.varve.AccessException;
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
    lock(connection, table.name());
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

  /** READ COMMITTED, because what comes after the lock must see what others did before it. */
  private static void lock(Connection connection, QualifiedName name) throws SQLException {
    execute(connection, "SET TRANSACTION ISOLATION LEVEL READ COMMITTED");
    String sql = "SELECT pg_advisory_xact_lock(hashtextextended('varve.create ' || ?, 0))";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, name.sql());
      statement.execute();
    }
  }

  private static void createSchema(Connection connection, String schema) throws SQLException {
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
        if (row.getBoolean(1)) {
          return;
        }
        if (!row.getBoolean(2)) {
          throw new AccessException(
              "schema \"%s\" does not exist and user \"%s\" may not create it; let the database's owner run: %s"
                  .formatted(schema, row.getString(3), row.getString(4)),
              "42501",
              null);
        }
      }
    }
    execute(connection, "CREATE SCHEMA IF NOT EXISTS " + Identifiers.quote(schema));
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

  /** The dimensions Varve was told; null for a hypertable it did not make. */
  private static @Nullable Set<String> dimensions(Connection connection, QualifiedName name)
      throws SQLException {
    String sql =
        "SELECT dimensions::text[] FROM varve_internal.hypertable WHERE relation = to_regclass(?)";
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
    onHypertable(task, name, (connection, hypertable) -> hypertable);
    return backend.writesToChunks()
        ? database.callDirect(task, connection -> createChunks(connection, name, from, to))
        : 0;
  }

  private int createChunks(Connection connection, QualifiedName name, long from, long to)
      throws SQLException {
    int created = 0;
    long time = from;
    while (time < to) {
      ChunkSpan chunk = backend.createChunk(connection, name, time);
      created += chunk.created() ? 1 : 0;
      time = chunk.end();
    }
    return created;
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
