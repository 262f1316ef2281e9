package io.varve;

import io.varve.backend.Backend;
import io.varve.backend.BackendProbe;
import io.varve.health.Health;
import io.varve.ingest.CopyWriter;
import io.varve.ingest.TableWriter;
import io.varve.jdbc.Database;
import io.varve.jdbc.QualifiedName;
import io.varve.jdbc.Toolkit;
import io.varve.model.Row;
import io.varve.model.Table;
import io.varve.query.Queries;
import io.varve.query.Query;
import io.varve.schema.DefaultSchema;
import io.varve.schema.Schema;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A time-series database: TimescaleDB or any PostgreSQL from 15. Thread-safe; one per application.
 *
 * <pre>{@code
 * try (Varve varve = Varve.connect("jdbc:postgresql://localhost/metrics")) {
 *   varve.schema().create(Table.of(Reading.class));
 *   varve.table(Reading.class).insertAll(readings);
 *   varve.from(Reading.class).range(from, to).bucket(Duration.ofMinutes(15)).select(avg("temperature")).list();
 * }
 * }</pre>
 */
public final class Varve implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Varve.class);

  private final Database database;
  private final Runnable leave;
  private final Backend backend;
  private final Toolkit toolkit;
  private final Schema schema;
  private final Map<Class<?>, Table<?>> tables = new ConcurrentHashMap<>();
  private final AtomicBoolean closed = new AtomicBoolean();

  private Varve(Database database, Backend backend, Runnable leave) {
    this.database = database;
    this.leave = leave;
    this.backend = backend;
    this.toolkit = new Toolkit(database, backend.capabilities().tier());
    this.schema = new DefaultSchema(database, backend, toolkit);
  }

  /** Opens {@code jdbc:postgresql://host:port/database} (or {@code postgresql://…}). */
  public static Varve connect(String url) {
    return builder(Preset.DEVELOPMENT).set(Setting.URL, url).connect();
  }

  /** Opens what system properties, {@code VARVE_*} and {@code PG*} describe. */
  public static Varve fromEnv() {
    return builder(Preset.DEVELOPMENT).connect();
  }

  /** Uses an existing data source, which the caller closes. */
  public static Varve of(DataSource dataSource) {
    return on(new Database(dataSource, dataSource, () -> {}), () -> {});
  }

  /** Uses the durable local PostgreSQL kept in that directory; needs {@code varve-embedded}. */
  public static Varve embedded(Path directory) {
    EmbeddedProvider.Server server =
        ServiceLoader.load(EmbeddedProvider.class)
            .findFirst()
            .orElseThrow(
                () ->
                    new CapabilityException(
                        "the embedded PostgreSQL is not on the class path: add the artifact"
                            + " io.varve:varve-embedded"))
            .start(directory);
    try {
      return builder(Preset.DEVELOPMENT)
          .set(Setting.URL, server.url())
          .set(Setting.USER, server.user())
          .set(Setting.PASSWORD, server.password())
          .connect(server::close);
    } catch (RuntimeException | Error e) {
      server.close();
      throw e;
    }
  }

  /** Starts from a preset. */
  public static VarveBuilder builder(Preset preset) {
    return new VarveBuilder();
  }

  /** Looks at the server once; a database that cannot be used is closed again. */
  static Varve on(Database database, Runnable leave) {
    try {
      Backend backend = database.call("looking at the server", BackendProbe::probe);
      LOG.debug("connected: {}", backend.capabilities());
      return new Varve(database, backend, leave);
    } catch (RuntimeException | Error e) {
      database.close();
      throw e;
    }
  }

  /** What this server can do. */
  public Capabilities capabilities() {
    return backend.capabilities();
  }

  /** Hypertables. */
  public Schema schema() {
    return schema;
  }

  /** The SQL toolkit in the database; installed on first use of {@link #schema()}'s create. */
  public Toolkit toolkit() {
    return toolkit;
  }

  /** Writes rows of an annotated record. */
  public <T extends Record> TableWriter<T> table(Class<T> record) {
    return table(tableOf(record));
  }

  /** Writes rows of a table. */
  public <T> TableWriter<T> table(Table<T> table) {
    return new CopyWriter<>(database, backend, table);
  }

  /** Reads rows of an annotated record. */
  public <T extends Record> Query<T> from(Class<T> record) {
    return from(tableOf(record));
  }

  /** Reads rows of a table. */
  public <T> Query<T> from(Table<T> table) {
    return Queries.from(database, backend, table);
  }

  /** Reads rows of an existing hypertable, described by the server. */
  public Query<Row> from(String table) {
    return from(schema.inspect(QualifiedName.parse(table)));
  }

  @SuppressWarnings("unchecked")
  private <T extends Record> Table<T> tableOf(Class<T> record) {
    return (Table<T>) tables.computeIfAbsent(record, type -> Table.of(record));
  }

  /** Asks the server for a sign of life; never throws. */
  public Health health() {
    long start = System.nanoTime();
    try {
      database.call("checking health", connection -> connection.isValid(5));
      return new Health(
          Health.Status.UP, Duration.ofNanos(System.nanoTime() - start), Optional.empty());
    } catch (VarveException e) {
      return new Health(
          Health.Status.DOWN,
          Duration.ofNanos(System.nanoTime() - start),
          Optional.ofNullable(e.getMessage()));
    }
  }

  /** The pool, for SQL of your own; closed with this object. */
  public DataSource dataSource() {
    return database.dataSource();
  }

  /** Closes the pool (not a data source given to {@link #of}) and leaves an embedded server. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      try {
        database.close();
      } finally {
        leave.run();
      }
    }
  }
}
