package io.varve.benchmarks;

import io.varve.Varve;
import io.varve.model.Table;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;

/**
 * The newest rows of 1,000 given series, of all series given and of all there are, over chunks of a
 * day, against one look at each of the 1,000.
 */
final class LatestBenchmark {

  private static final Table<Daily> TABLE = Table.of(Daily.class);
  private static final int ASKED = 1_000;

  private final Varve varve;
  private final int series;
  private final int chunks;
  private final List<String> keys;

  LatestBenchmark(Varve varve, int series, int chunks) {
    this.varve = varve;
    this.series = series;
    this.chunks = chunks;
    this.keys = keys(ASKED);
  }

  /** So many of the series, from the first to the last. */
  private List<String> keys(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "device-%06d".formatted((long) i * series / count))
        .distinct()
        .toList();
  }

  int asked() {
    return keys.size();
  }

  List<Measurement> run(int rounds) throws Exception {
    fill();
    List<Contender> contenders = new ArrayList<>();
    contenders.add(
        new Asking(
            "varve latest(1000)", () -> varve.from(Daily.class).latest(keys).size(), asked()));
    List<String> all = keys(series);
    contenders.add(
        new Asking("varve latest(all)", () -> varve.from(Daily.class).latest(all).size(), series));
    contenders.add(
        new Asking("varve latest()", () -> varve.from(Daily.class).latest().size(), series));
    contenders.add(new Asking("pgjdbc, one by one", this::oneByOne, asked()));
    return Interleaved.measure(contenders, rounds);
  }

  private void fill() throws SQLException {
    varve.schema().create(TABLE);
    long start = Reading.START.getEpochSecond() * 1_000_000;
    varve.schema().createChunks(TABLE.name(), start, start + chunks * 86_400_000_000L);
    try (Connection connection = varve.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      for (int day = 0; day < chunks; day++) {
        statement.execute(
            """
            INSERT INTO bench_daily
            SELECT timestamptz '%s' + make_interval(days => %d, hours => 8 * hour),
                   'device-' || to_char(device, 'FM000000'), hour
            FROM generate_series(0, 2) AS hour, generate_series(0, %d - 1) AS device
            """
                .formatted(Reading.START, day, series));
      }
      statement.execute("VACUUM ANALYZE bench_daily");
    }
  }

  private int oneByOne() throws SQLException {
    int rows = 0;
    try (Connection connection = varve.dataSource().getConnection();
        PreparedStatement statement =
            connection.prepareStatement(
                "SELECT time, device, value FROM bench_daily WHERE device = ?"
                    + " ORDER BY time DESC LIMIT 1")) {
      for (String key : keys) {
        statement.setString(1, key);
        try (ResultSet row = statement.executeQuery()) {
          rows += row.next() ? 1 : 0;
        }
      }
    }
    return rows;
  }

  private record Asking(String name, Callable<Integer> answer, int expected) implements Contender {

    @Override
    public void prepare() {}

    @Override
    public void run() throws Exception {
      int rows = answer.call();
      if (rows != expected) {
        throw new IllegalStateException(
            "%s: expected %d rows, found %d".formatted(name, expected, rows));
      }
    }
  }
}
