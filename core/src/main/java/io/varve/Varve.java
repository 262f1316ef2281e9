package io.varve;

import io.varve.health.Health;
import io.varve.ingest.TableWriter;
import io.varve.jdbc.Toolkit;
import io.varve.model.Row;
import io.varve.model.Table;
import io.varve.query.Query;
import io.varve.schema.Schema;
import java.nio.file.Path;
import javax.sql.DataSource;

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

  private Varve() {}

  /** Opens {@code jdbc:postgresql://host:port/database} (or {@code postgresql://…}). */
  public static Varve connect(String url) {
    throw new UnsupportedOperationException("owner: connection");
  }

  /** Opens what system properties, {@code VARVE_*} and {@code PG*} describe. */
  public static Varve fromEnv() {
    throw new UnsupportedOperationException("owner: connection");
  }

  /** Uses an existing data source, which the caller closes. */
  public static Varve of(DataSource dataSource) {
    throw new UnsupportedOperationException("owner: connection");
  }

  /** Uses the durable local PostgreSQL kept in that directory; needs {@code varve-embedded}. */
  public static Varve embedded(Path directory) {
    throw new UnsupportedOperationException("owner: connection");
  }

  /** Starts from a preset. */
  public static VarveBuilder builder(Preset preset) {
    throw new UnsupportedOperationException("owner: connection");
  }

  /** What this server can do. */
  public Capabilities capabilities() {
    throw new UnsupportedOperationException("owner: connection");
  }

  /** Hypertables. */
  public Schema schema() {
    throw new UnsupportedOperationException("owner: connection");
  }

  /** The SQL toolkit in the database; installed on first use of {@link #schema()}'s create. */
  public Toolkit toolkit() {
    throw new UnsupportedOperationException("owner: connection");
  }

  /** Writes rows of an annotated record. */
  public <T extends Record> TableWriter<T> table(Class<T> record) {
    throw new UnsupportedOperationException("owner: connection");
  }

  /** Writes rows of a table. */
  public <T> TableWriter<T> table(Table<T> table) {
    throw new UnsupportedOperationException("owner: connection");
  }

  /** Reads rows of an annotated record. */
  public <T extends Record> Query<T> from(Class<T> record) {
    throw new UnsupportedOperationException("owner: connection");
  }

  /** Reads rows of a table. */
  public <T> Query<T> from(Table<T> table) {
    throw new UnsupportedOperationException("owner: connection");
  }

  /** Reads rows of an existing hypertable, described by the server. */
  public Query<Row> from(String table) {
    throw new UnsupportedOperationException("owner: connection");
  }

  /** Asks the server for a sign of life; never throws. */
  public Health health() {
    throw new UnsupportedOperationException("owner: connection");
  }

  /** The pool, for SQL of your own; closed with this object. */
  public DataSource dataSource() {
    throw new UnsupportedOperationException("owner: connection");
  }

  /** Closes the pool (not a data source given to {@link #of}) and leaves an embedded server. */
  @Override
  public void close() {
    throw new UnsupportedOperationException("owner: connection");
  }
}
