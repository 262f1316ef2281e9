package io.varve.benchmarks;

import io.varve.Varve;
import io.varve.ingest.Ingester;
import io.varve.ingest.IngesterOptions;
import io.varve.model.Table;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows per second put one by one by several threads, against {@code insertAll} of the same rows.
 */
final class IngesterBenchmark {

  private static final Table<Reading> TABLE = Table.of(Reading.class);
  private static final int PRODUCERS = 8;

  private final Varve varve;
  private final List<Reading> rows;

  IngesterBenchmark(Varve varve, int count) {
    this.varve = varve;
    this.rows = Reading.generate(count, 42);
  }

  List<Measurement> run(int rounds) throws Exception {
    return Interleaved.measure(
        List.of(
            contender("varve ingester", this::ingester),
            contender("varve insertAll", () -> varve.table(TABLE).insertAll(rows))),
        rounds);
  }

  private interface Task {
    void run() throws Exception;
  }

  private Contender contender(String name, Task task) {
    return new Contender() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public void prepare() throws SQLException {
        execute("DROP TABLE IF EXISTS bench_reading");
        varve.schema().create(TABLE);
        varve.table(TABLE).insert(rows.get(0));
        execute("TRUNCATE bench_reading");
        execute("CHECKPOINT");
      }

      @Override
      public void run() throws Exception {
        task.run();
      }
    };
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = varve.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private void ingester() throws InterruptedException {
    try (Ingester<Reading> ingester = varve.ingester(TABLE, IngesterOptions.defaults())) {
      List<Thread> producers = new ArrayList<>();
      for (int i = 0; i < PRODUCERS; i++) {
        int first = i;
        Thread producer =
            new Thread(
                () -> {
                  for (int row = first; row < rows.size(); row += PRODUCERS) {
                    ingester.put(rows.get(row));
                  }
                });
        producers.add(producer);
        producer.start();
      }
      for (Thread producer : producers) {
        producer.join();
      }
      long written = ingester.flush().written();
      if (written != rows.size()) {
        throw new IllegalStateException(written + " rows written of " + rows.size());
      }
    }
  }
}
