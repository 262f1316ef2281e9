package io.varve.benchmarks;

import static io.varve.query.Aggregate.avg;

import io.varve.Varve;
import io.varve.model.Table;
import io.varve.query.BucketQuery;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGStatement;

/**
 * What the query builder costs against JDBC by hand: the same statement, sent in the same way, with
 * the same result. All rows come in binary through a cursor, buckets come as text in one message.
 * Parallel workers are off, so that both sides have the same plan every time.
 */
final class OverheadBenchmark {

  private static final Table<Reading> TABLE = ReadingTable.TABLE;

  /** The compiler is still at work in the second round. */
  private static final int WARM_UPS = 3;

  private final Varve varve;
  private final int rows;

  OverheadBenchmark(Varve varve, int rows) {
    this.varve = varve;
    this.rows = rows;
  }

  /** Fills the table; once, before the rest. */
  void fill() throws SQLException {
    ReadingTable.fill(varve, rows);
  }

  List<Measurement> rows(int rounds) throws Exception {
    return measure(
        rounds,
        new Asking("builder rows", rows, () -> varve.from(TABLE).list()),
        new Asking("JDBC rows", rows, this::fetchRows));
  }

  List<Measurement> buckets(int rounds) throws Exception {
    BucketQuery query =
        varve
            .from(TABLE)
            .bucket(Duration.ofMinutes(1))
            .groupBy("device")
            .select(avg("temperature").as("mean"));
    String sql = query.explain().sql();
    int expected = query.list().size();
    return measure(
        rounds,
        new Asking("builder buckets", expected, query::list),
        new Asking("builder records", expected, () -> query.list(BucketRow.class)),
        new Asking("JDBC buckets", expected, () -> fetchBuckets(sql)));
  }

  private static List<Measurement> measure(int rounds, Contender... contenders) throws Exception {
    return Interleaved.measure(List.of(contenders), WARM_UPS, rounds);
  }

  private List<Reading> fetchRows() throws SQLException {
    List<Reading> found = new ArrayList<>();
    String sql = "SELECT time, device, temperature FROM " + TABLE.name().sql();
    try (Connection connection = varve.dataSource().getConnection()) {
      connection.setAutoCommit(false);
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        statement.unwrap(PGStatement.class).setPrepareThreshold(-1);
        statement.setFetchSize(5_000);
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
    return found;
  }

  /** A row of the buckets; a mean of nothing is null. */
  record BucketRow(Instant bucket, String device, @Nullable Double mean) {}

  private List<BucketRow> fetchBuckets(String sql) throws SQLException {
    List<BucketRow> found = new ArrayList<>();
    try (Connection connection = varve.dataSource().getConnection();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.unwrap(PGStatement.class).setPrepareThreshold(0);
      try (ResultSet answer = statement.executeQuery()) {
        while (answer.next()) {
          Instant bucket = answer.getObject(1, OffsetDateTime.class).toInstant();
          String device = answer.getString(2);
          double mean = answer.getDouble(3);
          found.add(new BucketRow(bucket, device, answer.wasNull() ? null : mean));
        }
      }
    }
    return found;
  }

  /** Asks and counts what comes; starts with an empty heap, so that each pays for its own waste. */
  private record Asking(String name, int expected, Callable<? extends List<?>> answer)
      implements Contender {

    @Override
    public void prepare() {
      System.gc();
    }

    @Override
    public void run() throws Exception {
      int found = answer.call().size();
      if (found != expected) {
        throw new IllegalStateException(
            "%s: expected %d rows, found %d".formatted(name, expected, found));
      }
    }
  }
}
