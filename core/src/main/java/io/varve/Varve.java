package io.varve;

import io.varve.backend.Backend;
import io.varve.backend.BackendProbe;
import io.varve.health.Health;
import io.varve.health.HealthCheck;
import io.varve.ingest.Batches;
import io.varve.ingest.CopyWriter;
import io.varve.ingest.Ingester;
import io.varve.ingest.IngesterOptions;
import io.varve.ingest.LedgerBatches;
import io.varve.ingest.TableWriter;
import io.varve.ingest.WriteListener;
import io.varve.ingest.WriteReports;
import io.varve.jdbc.Database;
import io.varve.jdbc.Retry;
import io.varve.jdbc.ToolkitInstaller;
import io.varve.model.QualifiedName;
import io.varve.model.Row;
import io.varve.model.Table;
import io.varve.query.NamedSql;
import io.varve.query.Pruning;
import io.varve.query.Queries;
import io.varve.query.Query;
import io.varve.schema.DefaultSchema;
import io.varve.schema.Schema;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.WeakHashMap;
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

  private static final Duration HEALTH_LIMIT = Duration.ofSeconds(5);

  private final Database database;
  private final Retry retry;
  private final WriteReports reports;
  private final Pruning pruning;
  private final Runnable leave;
  private final Backend backend;
  private final Toolkit toolkit;
  private final Schema schema;
  private final HealthCheck health;

  /**
   * A writer remembers how its columns were found; kept as long as something else keeps it or its
   * memory is not needed, so that tables described again and again do not pile up.
   */
  private final Map<Table<?>, WeakReference<CopyWriter<?>>> writers =
      Collections.synchronizedMap(new WeakHashMap<>());

  private final AtomicBoolean closed = new AtomicBoolean();

  private Varve(
      Database database,
      Backend backend,
      Retry retry,
      WriteReports reports,
      Pruning pruning,
      Runnable leave) {
    this.database = database;
    this.retry = retry;
    this.reports = reports;
    this.pruning = pruning;
    this.leave = leave;
    this.backend = backend;
    this.toolkit = new ToolkitInstaller(database, backend.capabilities().tier());
    this.schema = new DefaultSchema(database, backend, toolkit);
    this.health = new HealthCheck(database, HEALTH_LIMIT, System::nanoTime);
  }

  /**
   * Opens {@code jdbc:postgresql://host:port/database?parameter=value} (or libpq's {@code
   * postgresql://user:password@host/database}). What the URL leaves open is taken from system
   * properties, {@code VARVE_*} and {@code PG*}, then from the preset they name, or {@link
   * Preset#DEVELOPMENT}; see {@link Setting}.
   *
   * <p>To another machine TLS with a verified certificate is expected, with every preset, unless
   * {@code sslmode} says otherwise; to this one it is used if the server offers it.
   *
   * @throws VarveException as {@link VarveBuilder#connect}
   */
  public static Varve connect(String url) {
    return VarveBuilder.here().set(Setting.URL, url).connect();
  }

  /**
   * Opens what system properties, {@code VARVE_*} and {@code PG*} describe; see {@link Setting}. If
   * they say nothing, that is the server on this machine, the system's user, and the database of
   * that name.
   *
   * @throws VarveException as {@link VarveBuilder#connect}
   */
  public static Varve fromEnv() {
    return VarveBuilder.here().connect();
  }

  /**
   * Uses an existing data source, which the caller closes. Its sessions are taken as they are: no
   * {@link Setting} applies. One thread may hold two of its connections at a time. Where they set
   * {@code extra_float_digits} below 1, PostgreSQL's default, short answers come with doubles
   * rounded.
   *
   * @throws VarveException if the server cannot be asked what it is, or is too old
   */
  public static Varve of(DataSource dataSource) {
    return of(dataSource, WriteReports.none());
  }

  /**
   * Like {@link #of(DataSource)}, with a listener that is told what becomes of every write.
   *
   * @throws VarveException if the server cannot be asked what it is, or is too old
   */
  public static Varve of(DataSource dataSource, WriteListener listener) {
    return of(dataSource, new WriteReports(listener));
  }

  private static Varve of(DataSource dataSource, WriteReports reports) {
    Database database = new Database(dataSource, dataSource, () -> {});
    return on(database, Retry.of(1, Duration.ZERO), reports, Pruning.usual(), () -> {});
  }

  /**
   * Uses the durable local PostgreSQL kept in that directory, starting it if need be; needs the
   * artifact {@code varve-embedded}. Closing this object leaves the server, which stops when nobody
   * uses it.
   *
   * @throws CapabilityException if {@code varve-embedded} is not on the class path
   */
  public static Varve embedded(Path directory) {
    return embedded(directory, Map.of());
  }

  /**
   * Like {@link #embedded(Path)}, with settings such as the size of the pool. Where the server is,
   * its user and password are not among them: the server itself says that.
   *
   * @throws CapabilityException if {@code varve-embedded} is not on the class path
   */
  public static Varve embedded(Path directory, Map<Setting, String> settings) {
    EmbeddedProvider.Server server =
        ServiceLoader.load(EmbeddedProvider.class)
            .findFirst()
            .orElseThrow(
                () ->
                    new CapabilityException(
                        "no embedded PostgreSQL on the class path: add the artifact"
                            + " io.varve:varve-embedded, or connect to a server"))
            .start(directory);
    VarveBuilder builder = VarveBuilder.here();
    settings.forEach(builder::set);
    return builder
        .set(Setting.URL, server.url())
        .set(Setting.USER, server.user())
        .set(Setting.PASSWORD, server.password())
        // It listens on the loopback address alone and has no certificate.
        .set(Setting.SSLMODE, "disable")
        // It runs: if it does not answer soon, this machine is busy and not the network broken.
        .set(Setting.CONNECT_TIMEOUT, "5 min")
        .connect(server::close);
  }

  /** Starts from a preset; what it says can be changed setting by setting. */
  public static VarveBuilder builder(Preset preset) {
    return VarveBuilder.here().set(Setting.PRESET, preset.name());
  }

  /** Looks at the server once; a database that cannot be used is closed again. */
  static Varve on(
      Database database, Retry retry, WriteReports reports, Pruning pruning, Runnable leave) {
    try {
      Backend backend = database.call("looking at the server", BackendProbe::probe);
      LOG.debug("connected: {}", backend.capabilities());
      return new Varve(database, backend, retry, reports, pruning, leave);
    } catch (RuntimeException | Error e) {
      undo(e, database::close);
      throw e;
    }
  }

  /** Cleans up after an error, which stays the one that is reported. */
  static void undo(Throwable error, Runnable cleanUp) {
    try {
      cleanUp.run();
    } catch (RuntimeException e) {
      error.addSuppressed(e);
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

  /** Writes rows of an annotated record. Asking again costs nothing. */
  public <T extends Record> TableWriter<T> table(Class<T> record) {
    return table(Table.of(record));
  }

  /** Writes rows of a table. Asking again with the same object costs nothing. */
  public <T> TableWriter<T> table(Table<T> table) {
    return writer(table);
  }

  /** Takes rows of an annotated record one by one, and writes them in batches. */
  public <T extends Record> Ingester<T> ingester(Class<T> record) {
    return ingester(Table.of(record), IngesterOptions.defaults());
  }

  /** Takes rows of a table one by one, and writes them in batches. Close it before this object. */
  public <T> Ingester<T> ingester(Table<T> table, IngesterOptions<T> options) {
    return writer(table).ingester(options);
  }

  @SuppressWarnings("unchecked")
  private <T> CopyWriter<T> writer(Table<T> table) {
    WeakReference<CopyWriter<?>> known = writers.get(table);
    CopyWriter<?> writer = known == null ? null : known.get();
    if (writer == null) {
      writer = new CopyWriter<>(database, backend, retry, reports, table);
      writers.put(table, new WeakReference<>(writer));
    }
    return (CopyWriter<T>) writer;
  }

  /** The batches that were written under a name. */
  public Batches batches() {
    return new LedgerBatches(database, retry);
  }

  /** Reads rows of an annotated record. */
  public <T extends Record> Query<T> from(Class<T> record) {
    return from(Table.of(record));
  }

  /** Reads rows of a table. */
  public <T> Query<T> from(Table<T> table) {
    return Queries.from(database, backend, pruning, table);
  }

  /** Reads rows of an existing hypertable, described by the server. */
  public Query<Row> from(String table) {
    return from(schema.inspect(QualifiedName.parse(table)));
  }

  /**
   * A statement of your own, with parameters such as {@code :device}; see {@link NamedSql}.
   *
   * @throws MappingException if the text is not one statement
   */
  public NamedSql sql(String sql) {
    return Queries.sql(database, sql);
  }

  /** Asks the server for a sign of life; never throws, and waits five seconds at most. */
  public Health health() {
    return health.check();
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
