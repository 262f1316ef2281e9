package io.varve.benchmarks;

import static io.varve.query.Aggregate.last;
import static io.varve.query.Aggregate.max;

import io.varve.Varve;
import io.varve.model.Table;
import io.varve.query.BucketQuery;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * What the toolkit's functions cost against the server's own. Parallel workers are off, so that the
 * functions and not the machine are measured.
 */
final class QueryBenchmark {

  private static final Table<Reading> TABLE = ReadingTable.TABLE;

  private final Varve varve;
  private final int rows;

  QueryBenchmark(Varve varve, int rows) {
    this.varve = varve;
    this.rows = rows;
  }

  /** Fills the table; once, before the rest. */
  void fill() throws SQLException {
    ReadingTable.fill(varve, rows);
  }

  List<Measurement> timeBucket(int rounds) throws Exception {
    return measure(
        rounds,
        new Asking("time_bucket", () -> count(grouped("varve.time_bucket('1 hour', time)"))),
        new Asking(
            "date_bin",
            () -> count(grouped("date_bin('1 hour', time, timestamptz '2000-01-03Z')"))));
  }

  private static String grouped(String bucket) {
    return "SELECT %s, count(*) FROM %s GROUP BY 1".formatted(bucket, TABLE.name().sql());
  }

  List<Measurement> lastInSql(int rounds) throws Exception {
    String last = "SELECT varve.last(temperature, time) FROM " + TABLE.name().sql();
    String max = "SELECT max(temperature) FROM " + TABLE.name().sql();
    return measure(
        rounds,
        new Asking("SQL last(v, time)", () -> count(last)),
        new Asking("SQL max(v)", () -> count(max)));
  }

  /** Groups that are series, whose values can be looked up. */
  List<Measurement> lastOfSeries(int rounds) throws Exception {
    return ends(rounds, hours().groupBy("device"));
  }

  /** Groups of many series, whose pairs are compared. */
  List<Measurement> lastOfAll(int rounds) throws Exception {
    return ends(rounds, hours());
  }

  private static List<Measurement> ends(int rounds, BucketQuery groups) throws Exception {
    return measure(
        rounds,
        new Asking("builder last(v)", () -> groups.select(last("temperature")).list().size()),
        new Asking("builder max(v)", () -> groups.select(max("temperature")).list().size()));
  }

  private BucketQuery hours() {
    return varve.from(TABLE).bucket(Duration.ofHours(1));
  }

  private static List<Measurement> measure(int rounds, Contender... contenders) throws Exception {
    return Interleaved.measure(List.of(contenders), rounds);
  }

  private int count(String sql) throws SQLException {
    try (Connection connection = varve.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet answer = statement.executeQuery(sql)) {
      int count = 0;
      while (answer.next()) {
        count++;
      }
      return count;
    }
  }

  private record Asking(String name, Callable<Integer> answer) implements Contender {

    @Override
    public void prepare() {}

    @Override
    public void run() throws Exception {
      if (answer.call() == 0) {
        throw new IllegalStateException(name + ": expected rows, found none");
      }
    }
  }
}
