package io.varve.benchmarks;

import static io.varve.query.Aggregate.avg;
import static io.varve.query.Aggregate.last;
import static io.varve.query.Aggregate.max;

import io.varve.Varve;
import io.varve.model.Table;
import io.varve.query.BucketQuery;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.postgresql.PGStatement;

/**
 * What asking costs: the toolkit's functions against the server's own, and the query builder
 * against JDBC by hand. Parallel workers are off, so that the functions and not the machine are
 * measured.
 */
final class QueryBenchmark {

  private static final Table<Reading> TABLE = Table.of(Reading.class);
  private static final int LISTED = 200_000;

  private final Varve varve;
  private final int rows;

  QueryBenchmark(Varve varve, int rows) {
    this.varve = varve;
    this.rows = rows;
  }

  /** Fills the table; once, before the rest. */
  void fill() throws SQLException {
    varve.schema().create(TABLE);
    varve.table(TABLE).insertAll(Reading.generate(rows, 1));
    try (Connection connection = varve.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("VACUUM ANALYZE " + TABLE.name().sql());
      statement.execute("ALTER SYSTEM SET max_parallel_workers_per_gather = 0");
      statement.execute("SELECT pg_reload_conf()");
    }
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

  List<Measurement> lastInBuckets(int rounds) throws Exception {
    return measure(
        rounds,
        new Asking("builder last(v)", () -> hours().select(last("temperature")).list().size()),
        new Asking("builder max(v)", () -> hours().select(max("temperature")).list().size()));
  }

  List<Measurement> buckets(int rounds) throws Exception {
    BucketQuery query =
        varve
            .from(TABLE)
            .bucket(Duration.ofMinutes(1))
            .groupBy("device")
            .select(avg("temperature"));
    String sql = query.explain().sql();
    return measure(
        rounds,
        new Asking("builder buckets", () -> query.list().size()),
        new Asking("JDBC buckets", () -> fetchBuckets(sql)));
  }

  List<Measurement> rows(int rounds) throws Exception {
    return measure(
        rounds,
        new Asking("builder rows", () -> varve.from(TABLE).limit(LISTED).list().size()),
        new Asking("JDBC rows", this::fetchRows));
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

  private record BucketRow(Instant bucket, String device, Double mean) {}

  private int fetchBuckets(String sql) throws SQLException {
    List<BucketRow> found = new ArrayList<>();
    try (Connection connection = varve.dataSource().getConnection();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.unwrap(PGStatement.class).setPrepareThreshold(0);
      try (ResultSet answer = statement.executeQuery()) {
        while (answer.next()) {
          found.add(
              new BucketRow(
                  answer.getObject(1, OffsetDateTime.class).toInstant(),
                  answer.getString(2),
                  answer.getDouble(3)));
        }
      }
    }
    return found.size();
  }

  private int fetchRows() throws SQLException {
    List<Reading> found = new ArrayList<>();
    String sql =
        "SELECT time, device, temperature FROM %s LIMIT %d".formatted(TABLE.name().sql(), LISTED);
    try (Connection connection = varve.dataSource().getConnection()) {
      connection.setAutoCommit(false);
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        statement.unwrap(PGStatement.class).setPrepareThreshold(-1);
        statement.setFetchSize(5000);
        try (ResultSet answer = statement.executeQuery()) {
          while (answer.next()) {
            found.add(
                new Reading(
                    answer.getObject(1, OffsetDateTime.class).toInstant(),
                    answer.getString(2),
                    answer.getDouble(3)));
          }
        }
      }
      connection.rollback();
      connection.setAutoCommit(true);
    }
    return found.size();
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
