package io.varve.guide;

import static io.varve.query.Aggregate.avg;
import static io.varve.query.Aggregate.count;
import static io.varve.query.Aggregate.increase;
import static io.varve.query.Aggregate.percentile;
import static io.varve.query.Condition.column;
import static org.assertj.core.api.Assertions.assertThat;

import io.varve.Varve;
import io.varve.model.Column;
import io.varve.model.Dimension;
import io.varve.model.Measure;
import io.varve.model.Row;
import io.varve.model.Table;
import io.varve.model.Time;
import io.varve.model.TimeSeries;
import io.varve.query.Bucket;
import io.varve.query.BucketQuery;
import io.varve.query.Columns;
import io.varve.query.Explanation;
import io.varve.query.Fill;
import io.varve.query.Moving;
import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TestDatabase;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code docs/query.md}: its Java is this class's, line for line. */
@ExtendWith(DatabaseExtension.class)
class QueryIT {

  @TimeSeries(table = "weather", chunk = "1 day")
  record Weather(
      @Time Instant time,
      @Dimension String station,
      @Measure Double temperature,
      @Measure Long rain) {}

  record Hour(Instant bucket, String station, Double temperatureAvg, long count) {}

  private final Instant noon = Instant.parse("2026-03-01T12:00:00Z");

  @Test
  void whatTheGuideShowsWorks(TestDatabase database) {
    try (Varve varve = database.connect()) {
      varve.schema().create(Table.of(Weather.class));
      varve
          .table(Weather.class)
          .insertAll(
              List.of(
                  new Weather(noon, "north", 8.0, 10L),
                  new Weather(noon.plusSeconds(1800), "north", 9.0, 12L),
                  new Weather(noon.plusSeconds(7200), "north", 22.0, 1L),
                  new Weather(noon, "south", 15.5, 40L),
                  new Weather(noon.plusSeconds(18_000), "south", 16.5, 41L)));
      rows(varve);
      buckets(varve);
      fills(varve);
    }
  }

  private void rows(Varve varve) {
    List<Weather> day =
        varve.from(Weather.class).range(noon, noon.plus(Duration.ofDays(1))).oldestFirst().list();
    List<Weather> warm =
        varve
            .from(Weather.class)
            .where(column("temperature").gt(20.0).and(column("station").in("north", "south")))
            .list();
    Column<Weather, Double> temperature =
        Table.of(Weather.class).column("temperature", Double.class);
    long frosty = varve.from(Weather.class).where(column(temperature).lt(0.0)).count();
    assertThat(day).hasSize(5);
    assertThat(warm).extracting(Weather::temperature).containsExactly(22.0);
    assertThat(frosty).isZero();
  }

  private void buckets(Varve varve) {
    List<Row> hours =
        varve
            .from(Weather.class)
            .range(noon, noon.plus(Duration.ofHours(6)))
            .bucket(Duration.ofHours(1))
            .groupBy("station")
            .select(avg("temperature"), percentile("temperature", 0.95), count())
            .having(column("count").ge(2L))
            .list();
    Bucket days = Bucket.of(Period.ofDays(1)).in(ZoneId.of("Europe/Berlin"));
    List<Row> rain =
        varve
            .from(Weather.class)
            .bucket(days)
            .select(increase("rain"))
            .newestFirst()
            .limit(7)
            .list();
    assertThat(hours).hasSize(1);
    assertThat(rain.get(0).value("rain_increase")).hasToString("4");
  }

  private void fills(Varve varve) {
    BucketQuery everyHour =
        varve
            .from(Weather.class)
            .range(noon, noon.plus(Duration.ofHours(6)))
            .bucket(Duration.ofHours(1))
            .groupBy("station")
            .select(avg("temperature"), count())
            .fill(Fill.linear())
            .fill("count", Fill.value(0));
    assertThat(everyHour.list()).hasSize(12);
    windows(varve, everyHour);
    forms(everyHour, Runnable::run);
    Explanation explanation = everyHour.explain();
    List<String> chunks = explanation.tables();
    assertThat(chunks).hasSize(1);
  }

  private void windows(Varve varve, BucketQuery everyHour) {
    BucketQuery north =
        varve.from(Weather.class).where("station", "north").bucket(Duration.ofHours(1));
    BucketQuery south =
        varve.from(Weather.class).where("station", "south").bucket(Duration.ofHours(1));
    List<Row> smooth =
        everyHour.moving(Moving.avg("temperature_avg", 3), Moving.difference("count")).list();
    List<Row> warmest = everyHour.top(1, "temperature_avg").list();
    List<Row> sideBySide =
        north
            .select(avg("temperature").as("north"))
            .join(south.select(avg("temperature").as("south")))
            .list();
    assertThat(smooth).hasSize(12);
    assertThat(warmest).hasSize(6);
    assertThat(sideBySide).hasSize(1);
  }

  private void forms(BucketQuery everyHour, Executor executor) {
    List<Hour> records = everyHour.list(Hour.class);
    Columns arrays = everyHour.arrays();
    long[] micros = arrays.longs("bucket");
    double[] means = arrays.doubles("temperature_avg");
    double warmestMean =
        everyHour.useStream(
            rows ->
                rows.filter(row -> row.value("temperature_avg") != null)
                    .mapToDouble(row -> (double) row.value("temperature_avg"))
                    .max()
                    .orElseThrow());
    Flow.Publisher<Row> published = everyHour.publisher(executor);
    assertThat(records).hasSize(12);
    assertThat(micros).hasSize(12);
    assertThat(means[10]).isNaN();
    assertThat(means[11]).isEqualTo(16.5);
    assertThat(warmestMean).isEqualTo(22.0);
    assertThat(published).isNotNull();
  }

  @Test
  void everySnippetOfTheGuideIsRunHere() throws IOException {
    Snippets.assertRunBy(QueryIT.class, "query.md");
  }
}
