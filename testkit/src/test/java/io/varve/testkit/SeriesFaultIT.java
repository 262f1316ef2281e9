package io.varve.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.Preset;
import io.varve.Setting;
import io.varve.Varve;
import io.varve.VarveBuilder;
import io.varve.series.BatchResult;
import io.varve.series.SeriesClient;
import io.varve.series.SeriesOptions;
import io.varve.series.TimeSeriesRecord;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the series client does about a network that breaks, and how its key is read. */
@ExtendWith(DatabaseExtension.class)
final class SeriesFaultIT {

  private static final Instant START = Instant.parse("2024-01-01T00:00:00Z");

  /** So many records of a hundred entities, by time. */
  private static List<TimeSeriesRecord> records(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> TimeSeriesRecord.of("e" + i % 100, START.plusSeconds(i), i))
        .toList();
  }

  @Test
  void writesAreSentAgainWhereTheConnectionBreaks(TestDatabase database) {
    try (TcpProxy proxy = TcpProxy.before(database)) {
      VarveBuilder builder =
          Varve.builder(Preset.TEST)
              .set(Setting.URL, proxy.url())
              .set(Setting.USER, proxy.user())
              .set(Setting.PASSWORD, proxy.password())
              .set(Setting.RETRY_ATTEMPTS, "5");
      try (SeriesClient client =
          SeriesClient.connect(builder, SeriesOptions.defaults().createSchema().batchSize(400))) {
        proxy.cutBeforeCommits(2);
        BatchResult first = client.insertMany(records(1000));
        assertThat(proxy.cutsLeft()).isZero();
        proxy.cutAfterCommits(1);
        BatchResult second = client.insertMany(records(1000));
        assertThat(proxy.cutsLeft()).isZero();
        assertThat(first.written()).isEqualTo(second.written()).isEqualTo(1000);
        assertThat(client.latestValue("e99")).hasValue(999);
      }
    }
  }

  @Test
  void recordsAreCopied(TestDatabase database) {
    try (TcpProxy proxy = TcpProxy.before(database)) {
      VarveBuilder builder =
          Varve.builder(Preset.TEST)
              .set(Setting.URL, proxy.url())
              .set(Setting.USER, proxy.user())
              .set(Setting.PASSWORD, proxy.password());
      try (SeriesClient client =
          SeriesClient.connect(builder, SeriesOptions.defaults().createSchema().batchSize(5000))) {
        assertThat(client.insertMany(records(10_000)).written()).isEqualTo(10_000);
        assertThat(proxy.copies()).isEqualTo(2);
      }
    }
  }

  @Test
  void rangeOfAnEntityIsReadFromTheIndexAlone(TestDatabase database) throws SQLException {
    try (Varve varve = database.connect()) {
      SeriesClient.of(varve, SeriesOptions.defaults().createSchema()).insertMany(records(20_000));
      try (Connection connection = database.jdbc();
          Statement statement = connection.createStatement()) {
        statement.execute("VACUUM (ANALYZE) time_series_records");
      }
      String plan =
          varve
              .sql(
                  """
                  EXPLAIN SELECT avg(value) FROM time_series_records
                   WHERE entity_id = :entity AND time >= :from AND time < :to
                  """)
              .bind("entity", "e7")
              .bind("from", START)
              .bind("to", START.plusSeconds(20_000))
              .list()
              .toString();
      assertThat(plan).contains("Index Only Scan");
    }
  }
}
