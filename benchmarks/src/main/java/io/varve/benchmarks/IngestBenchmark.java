package io.varve.benchmarks;

import io.varve.EmbeddedProvider;
import io.varve.Varve;
import io.varve.model.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;

/**
 * Rows per second into one indexed chunk: {@code insertAll} against {@code psql \copy … (format
 * binary)} of the same rows into a table with the same columns and index, and against what JDBC
 * offers. psql reads a file encoded beforehand; the others start from Java objects.
 */
final class IngestBenchmark {

  private static final Table<Reading> TABLE = Table.of(Reading.class);

  private final Varve varve;
  private final Psql psql;
  private final Path file;
  private final List<Reading> rows;
  private final JdbcInserts jdbc;

  IngestBenchmark(Varve varve, EmbeddedProvider.Server server, Path directory, int count) {
    this.varve = varve;
    this.psql = new Psql(server.url(), server.user(), server.password());
    this.file = directory.resolve("rows.bin");
    this.rows = Reading.generate(count, 42);
    this.jdbc = new JdbcInserts(server, rows, "");
  }

  List<Measurement> run(int rounds) throws Exception {
    exportRows();
    return Interleaved.measure(
        List.of(
            new VarveInsert(),
            new Reference("pgjdbc batch", jdbc::batch),
            new Reference("pgjdbc unnest", jdbc::unnest),
            new Reference("psql \\copy binary", this::copy)),
        rounds);
  }

  private void exportRows() throws IOException, InterruptedException {
    recreateHypertable();
    varve.table(TABLE).insertAll(rows);
    psql.run("\\copy (select * from bench_reading) to '%s' (format binary)".formatted(file));
  }

  private void recreateHypertable() {
    execute("DROP TABLE IF EXISTS bench_reading");
    varve.schema().create(TABLE);
    long start = micros(Reading.START);
    varve.schema().createChunks(TABLE.name(), start, start + 1);
  }

  private void recreateReference() {
    execute("DROP TABLE IF EXISTS bench_reference");
    execute(
        """
        CREATE TABLE bench_reference (
          time timestamptz NOT NULL, device text NOT NULL, temperature double precision NOT NULL)
        """);
    execute("CREATE INDEX ON bench_reference (device, time DESC)");
  }

  private void execute(String sql) {
    try (Connection connection = varve.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
      statement.execute("CHECKPOINT");
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  private static long micros(Instant instant) {
    return instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1_000;
  }

  private final class VarveInsert implements Contender {
    @Override
    public String name() {
      return "varve insertAll";
    }

    @Override
    public void prepare() {
      recreateHypertable();
    }

    @Override
    public void run() {
      long written = varve.table(TABLE).insertAll(rows).written();
      if (written != rows.size()) {
        throw new IllegalStateException(written + " rows written of " + rows.size());
      }
    }
  }

  private void copy() throws Exception {
    psql.run("\\copy bench_reference from '%s' (format binary)".formatted(file));
  }

  private interface Task {
    void run() throws Exception;
  }

  private final class Reference implements Contender {

    private final String name;
    private final Task task;

    Reference(String name, Task task) {
      this.name = name;
      this.task = task;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public void prepare() {
      recreateReference();
    }

    @Override
    public void run() throws Exception {
      task.run();
    }
  }
}
