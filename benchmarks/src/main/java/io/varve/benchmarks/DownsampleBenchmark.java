package io.varve.benchmarks;

import io.varve.Varve;
import io.varve.model.Table;
import io.varve.query.Downsample;
import io.varve.query.Query;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.function.ToLongFunction;

/** Thins out one line for a chart of 2,000 pixels, against fetching all of its points. */
final class DownsampleBenchmark {

  private static final Table<Reading> TABLE = Table.of(Reading.class);
  private static final int PIXELS = 2_000;

  private final Varve varve;
  private final long count;

  DownsampleBenchmark(Varve varve, long count) {
    this.varve = varve;
    this.count = count;
  }

  List<Measurement> run(int rounds) throws Exception {
    fill();
    return Interleaved.measure(
        List.of(
            asking("varve m4", Downsample.m4(PIXELS)),
            asking("varve minMaxLttb", Downsample.minMaxLttb(PIXELS)),
            asking("varve lttb", Downsample.lttb(PIXELS)),
            reading("varve stream", DownsampleBenchmark::stream),
            reading("pgjdbc cursor", query -> cursor())),
        rounds);
  }

  private void fill() {
    varve.schema().create(TABLE);
    long start = Reading.START.getEpochSecond() * 1_000_000;
    varve.schema().createChunks(TABLE.name(), start, start + count * 1_000_000);
    try (Connection connection = varve.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          """
          INSERT INTO bench_reading
          SELECT timestamptz '%s' + make_interval(secs => i), 'device-000',
                 round((100 * sin(i / 5e4) + 20 * random())::numeric, 2)
          FROM generate_series(0, %d - 1) AS i
          """
              .formatted(Reading.START, count));
      statement.execute("VACUUM ANALYZE bench_reading");
    } catch (SQLException e) {
      throw new IllegalStateException("filling bench_reading failed", e);
    }
  }

  private Contender asking(String name, Downsample how) {
    return contender(name, query -> query.downsample("temperature", how).size(), 4L * PIXELS);
  }

  private Contender reading(String name, ToLongFunction<Query<Reading>> read) {
    return contender(name, read, count);
  }

  private Contender contender(String name, ToLongFunction<Query<Reading>> read, long most) {
    return new Contender() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public void prepare() {}

      @Override
      public void run() {
        long points = read.applyAsLong(varve.from(Reading.class).where("device", "device-000"));
        // The extremes MinMaxLTTB adds may be among its points already.
        if (points > most || points < Math.min(count, PIXELS) - 2) {
          throw new IllegalStateException(name + ": " + points + " points");
        }
      }
    };
  }

  private static long stream(Query<Reading> query) {
    return query.useStream(rows -> rows.filter(row -> !Double.isNaN(row.temperature())).count());
  }

  private long cursor() {
    long rows = 0;
    try (Connection connection = varve.dataSource().getConnection()) {
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.setFetchSize(5_000);
        try (ResultSet result =
            statement.executeQuery(
                "SELECT time, temperature FROM bench_reading WHERE device = 'device-000'")) {
          while (result.next()) {
            rows += result.getTimestamp(1) != null && !Double.isNaN(result.getDouble(2)) ? 1 : 0;
          }
        }
      }
      connection.commit();
      connection.setAutoCommit(true);
    } catch (SQLException e) {
      throw new IllegalStateException("reading bench_reading failed", e);
    }
    return rows;
  }
}
