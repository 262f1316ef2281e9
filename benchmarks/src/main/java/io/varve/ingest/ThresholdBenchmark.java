package io.varve.ingest;

import io.varve.Varve;
import io.varve.backend.Backend;
import io.varve.backend.BackendProbe;
import io.varve.jdbc.Database;
import io.varve.jdbc.Retry;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Row;
import io.varve.model.Table;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * From how many rows on COPY (for rows whose key may be there: COPY into a temporary table, then a
 * merge) is faster than one statement with an array per column. Both write turn by turn, each into
 * a table of its own that has a key; of the rows that are merged every other one is there.
 */
public final class ThresholdBenchmark {

  private static final int[] SIZES = {1, 10, 30, 100, 300, 1_000, 3_000};
  private static final int WARM_UP = 10;
  private static final List<String> COLUMNS = List.of("time", "device", "value");
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final FewRows ALWAYS =
      new FewRows(Integer.MAX_VALUE, Integer.MAX_VALUE, Long.MAX_VALUE);
  private static final FewRows NEVER = new FewRows(0, 0, 0);

  private final Varve varve;
  private final Database database;
  private final Backend backend;

  public ThresholdBenchmark(Varve varve) {
    this.varve = varve;
    this.database = new Database(varve.dataSource(), varve.dataSource(), () -> {});
    this.backend = database.call("looking at the server", BackendProbe::probe);
  }

  /** Prints the median time of a call for each mode, size and way. */
  public void run() throws SQLException {
    System.out.printf("%-16s %6s %14s %12s %8s%n", "", "rows", "statement µs", "COPY µs", "ratio");
    for (WriteMode mode : WriteMode.values()) {
      for (int size : SIZES) {
        measure(mode, size);
      }
    }
    System.out.println("ratio: above 1, one statement is faster");
  }

  private void measure(WriteMode mode, int size) throws SQLException {
    CopyWriter<Row> statement = writer("by_statement", ALWAYS);
    CopyWriter<Row> copy = writer("by_copy", NEVER);
    int calls = Math.max(40, Math.min(200, 60_000 / size));
    double[] statementMicros = new double[calls];
    double[] copyMicros = new double[calls];
    for (int call = -WARM_UP; call < calls; call++) {
      List<Row> rows = rows(mode, size, call + WARM_UP);
      double first = micros(statement, mode, rows);
      double second = micros(copy, mode, rows);
      if (call >= 0) {
        statementMicros[call] = first;
        copyMicros[call] = second;
      }
    }
    System.out.printf(
        "%-16s %,6d %,14.0f %,12.0f %8.2f%n",
        mode,
        size,
        median(statementMicros),
        median(copyMicros),
        median(copyMicros) / median(statementMicros));
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }

  private static double micros(CopyWriter<Row> writer, WriteMode mode, List<Row> rows) {
    long start = System.nanoTime();
    writer.insertAll(rows, WriteOptions.of(mode));
    return (System.nanoTime() - start) / 1e3;
  }

  /** New rows, or half of those of the call before and as many new ones. */
  private static List<Row> rows(WriteMode mode, int size, int call) {
    int first = call * (mode == WriteMode.APPEND ? size : Math.max(1, size / 2));
    return IntStream.range(first, first + size)
        .mapToObj(i -> new Row(COLUMNS, START.plusMillis(i), "device-" + i % 100, (double) i))
        .toList();
  }

  private CopyWriter<Row> writer(String name, FewRows few) throws SQLException {
    Table<Row> table =
        Table.builder(name)
            .time("time", ColumnType.of(Kind.TIMESTAMPTZ))
            .dimension("device", ColumnType.of(Kind.TEXT))
            .measure("value", ColumnType.of(Kind.DOUBLE))
            .chunk("7 days")
            .key("device", "time")
            .build();
    try (Connection connection = varve.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("drop table if exists " + table.name().sql());
    }
    varve.schema().create(table);
    return new CopyWriter<>(
        database, backend, Retry.of(1, Duration.ZERO), WriteReports.none(), few, table);
  }
}
