package io.varve.guide;

import static io.varve.query.Aggregate.avg;
import static io.varve.query.Aggregate.count;
import static org.assertj.core.api.Assertions.assertThat;

import io.varve.Preset;
import io.varve.Setting;
import io.varve.Varve;
import io.varve.health.Health;
import io.varve.ingest.RowFailure;
import io.varve.model.Json;
import io.varve.model.Row;
import io.varve.series.AggregateRecord;
import io.varve.series.BatchResult;
import io.varve.series.ChangeOrder;
import io.varve.series.RecordOptions;
import io.varve.series.SeriesClient;
import io.varve.series.SeriesOptions;
import io.varve.series.SeriesStatistics;
import io.varve.series.TimeRange;
import io.varve.series.TimeSeriesRecord;
import io.varve.series.ValueBucket;
import io.varve.series.ValueDelta;
import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TestDatabase;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code docs/series.md}: its Java is this class's, line for line. */
@ExtendWith(DatabaseExtension.class)
class SeriesIT {

  private static final Instant noon = Instant.parse("2026-03-01T12:00:00Z");

  private static String url(TestDatabase database) {
    return "%s?user=%s&password=%s".formatted(database.url(), database.user(), database.password());
  }

  @Test
  void whatTheGuideShowsWorks(TestDatabase database) {
    String url = url(database);
    SeriesClient client = SeriesClient.connect(url);
    client.ensureSchema();
    client.insert(TimeSeriesRecord.of("sensor-7", noon, 21.5));
    OptionalDouble value = client.latestValue("sensor-7");
    assertThat(value).hasValue(21.5);

    BatchResult result =
        client.insertMany(
            List.of(
                new TimeSeriesRecord(
                    "sensor-7", noon, 21.5, 40.0, null, null, new Json("{\"unit\": \"°C\"}")),
                new TimeSeriesRecord("sensor-8", noon, Double.NaN, null, null, null, null),
                TimeSeriesRecord.of("sensor-9", noon, 11.0)));
    for (RowFailure failure : result.failures()) {
      System.out.println(failure.index() + ": " + failure.message());
    }
    assertThat(result.written()).isEqualTo(2);
    assertThat(result.failed()).isEqualTo(1);

    TimeRange today =
        new TimeRange(noon.minus(Duration.ofHours(12)), noon.plus(Duration.ofHours(12)));
    List<TimeSeriesRecord> all = client.records("sensor-7", today);
    List<TimeSeriesRecord> page = client.records("sensor-7", today, RecordOptions.newest(100));
    double sum =
        client.useRecords(
            "sensor-7", today, records -> records.mapToDouble(TimeSeriesRecord::value).sum());
    Map<String, OptionalDouble> newest = client.latestValues(List.of("sensor-7", "sensor-9"));
    assertThat(all).isEqualTo(page).hasSize(1);
    assertThat(sum).isEqualTo(21.5);
    assertThat(newest).containsEntry("sensor-9", OptionalDouble.of(11));

    Optional<ValueDelta> delta = client.valueDelta("sensor-7", today);
    Optional<SeriesStatistics> statistics = client.statistics("sensor-7", today);
    OptionalDouble variance = client.variance("sensor-7", Duration.ofHours(24));
    List<ValueDelta> risers = client.topChanges(10, Duration.ofHours(24), ChangeOrder.PERCENT);
    List<ValueBucket> histogram = client.valueDistribution("sensor-7", today, 20);
    assertThat(delta).map(ValueDelta::delta).contains(0.0);
    assertThat(statistics).map(SeriesStatistics::count).contains(1L);
    assertThat(variance).isEmpty();
    assertThat(risers).isEmpty();
    assertThat(histogram).hasSize(1);

    Duration quarter = Duration.ofMinutes(15);
    List<AggregateRecord> computed = client.aggregateFromRecords("sensor-7", quarter, today);
    client.storeAggregates("sensor-7", quarter, today);
    List<AggregateRecord> kept = client.aggregate("sensor-7", quarter, today);
    assertThat(kept).isEqualTo(computed).hasSize(1);
    client.close();

    SeriesClient service =
        SeriesClient.connect(
            Varve.builder(Preset.PRODUCTION).set(Setting.URL, url).set(Setting.SSLMODE, "prefer"),
            SeriesOptions.defaults().createSchema().batchSize(5000).maxRecords(50_000));
    assertThat(service.healthCheck().status()).isEqualTo(Health.Status.UP);
    service.close();
    besides(database, today);
  }

  private static void besides(TestDatabase database, TimeRange today) {
    try (Varve varve = database.connect()) {
      List<Row> both =
          varve
              .from(TimeSeriesRecord.class)
              .range(today.from(), today.to())
              .bucket(Duration.ofHours(1))
              .groupBy("entity_id")
              .select(count(), avg("value"), avg("value2"))
              .list();
      List<TimeSeriesRecord> warm =
          varve
              .sql(
                  "SELECT * FROM time_series_records WHERE metadata ->> 'unit' = :unit AND value > :value")
              .bind("unit", "°C")
              .bind("value", 20.0)
              .list(TimeSeriesRecord.class);
      assertThat(both).hasSize(2);
      assertThat(warm).extracting(TimeSeriesRecord::entityId).containsExactly("sensor-7");
    }
  }

  @Test
  void everySnippetOfTheGuideIsInThisClass() throws IOException {
    Snippets.assertRunBy(SeriesIT.class, "series.md");
  }
}
