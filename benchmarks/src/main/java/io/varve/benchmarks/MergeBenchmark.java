package io.varve.benchmarks;

import io.varve.EmbeddedProvider;
import io.varve.Varve;
import io.varve.ingest.WriteMode;
import io.varve.ingest.WriteOptions;
import io.varve.model.Table;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * Rows per second into a table that has every other one of them: {@code insertAll} in a mode that
 * compares keys, against the same done in psql (COPY into a temporary table, then one INSERT … ON
 * CONFLICT) and against what JDBC offers (a rewritten batch, arrays that are unnested).
 */
final class MergeBenchmark {

  private static final Table<KeyedReading> TABLE = Table.of(KeyedReading.class);

  private final Varve varve;
  private final WriteMode mode;
  private final Psql psql;
  private final Path all;
  private final Path half;
  private final Path script;
  private final List<KeyedReading> rows;
  private final JdbcInserts jdbc;

  MergeBenchmark(
      Varve varve, EmbeddedProvider.Server server, Path directory, WriteMode mode, int count) {
    this.varve = varve;
    this.mode = mode;
    this.psql = new Psql(server.url(), server.user(), server.password());
    this.all = directory.resolve("all.bin");
    this.half = directory.resolve("half.bin");
    this.script = directory.resolve("merge.sql");
    this.rows = KeyedReading.generate(count, 42);
    this.jdbc = new JdbcInserts(server, rows, onConflict());
  }

  List<Measurement> run(int rounds) throws Exception {
    varve.schema().create(TABLE);
    varve.table(TABLE).insertAll(rows);
    psql.run("\\copy (select * from bench_keyed) to '%s' (format binary)".formatted(all));
    psql.run(
        "\\copy (select * from bench_keyed where extract(epoch from time)::bigint %% 2 = 0) to '%s' (format binary)"
            .formatted(half));
    Files.writeString(
        script,
        """
        BEGIN;
        CREATE TEMPORARY TABLE stage (LIKE bench_reference) ON COMMIT DROP;
        \\copy stage from '%s' (format binary)
        INSERT INTO bench_reference SELECT * FROM stage %s;
        COMMIT;
        """
            .formatted(all, onConflict()));
    return Interleaved.measure(
        List.of(
            contender("varve insertAll", "bench_keyed", this::insertAll),
            contender("pgjdbc batch", "bench_reference", jdbc::batch),
            contender("pgjdbc unnest", "bench_reference", jdbc::unnest),
            contender("psql copy, merge", "bench_reference", () -> psql.script(script))),
        rounds);
  }

  private String onConflict() {
    return mode == WriteMode.UPSERT
        ? "ON CONFLICT (device, time) DO UPDATE SET temperature = excluded.temperature"
        : "ON CONFLICT (device, time) DO NOTHING";
  }

  private interface Task {
    void run() throws Exception;
  }

  private Contender contender(String name, String table, Task task) {
    return new Contender() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public void prepare() throws Exception {
        fillHalf(table);
      }

      @Override
      public void run() throws Exception {
        task.run();
      }
    };
  }

  private void fillHalf(String table) throws Exception {
    execute("DROP TABLE IF EXISTS " + table);
    if (table.equals(TABLE.name().name())) {
      varve.schema().create(TABLE);
      varve.table(TABLE).insert(rows.get(0));
      execute("TRUNCATE " + table);
    } else {
      execute(
          """
          CREATE TABLE bench_reference (
            time timestamptz NOT NULL, device text NOT NULL, temperature double precision NOT NULL,
            PRIMARY KEY (device, time))
          """);
    }
    psql.run("\\copy %s from '%s' (format binary)".formatted(table, half));
    execute("VACUUM ANALYZE " + table);
    execute("CHECKPOINT");
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = varve.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private void insertAll() {
    long settled =
        varve.table(TABLE).insertAll(rows, WriteOptions.of(mode)).written()
            + (mode == WriteMode.UPSERT ? 0 : rows.size() / 2);
    if (settled != rows.size()) {
      throw new IllegalStateException(settled + " rows settled of " + rows.size());
    }
  }
}
