package io.varve.testkit.contract;

import static io.varve.query.Aggregate.avg;
import static io.varve.query.Aggregate.count;
import static io.varve.query.Aggregate.mode;
import static io.varve.query.Aggregate.rate;
import static io.varve.query.Aggregate.timeWeightedAvg;
import static io.varve.testkit.contract.Gauges.NOON;
import static io.varve.testkit.contract.Gauges.gauge;
import static io.varve.testkit.contract.Gauges.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.varve.MappingException;
import io.varve.Varve;
import io.varve.model.Dimension;
import io.varve.model.Measure;
import io.varve.model.Row;
import io.varve.model.Table;
import io.varve.model.Time;
import io.varve.model.TimeSeries;
import io.varve.query.Bucket;
import io.varve.query.BucketQuery;
import io.varve.query.Fill;
import io.varve.query.Query;
import io.varve.testkit.contract.Gauges.Gauge;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneId;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Where buckets begin and end, in time zones too, and what stands in those without rows. */
@ExtendWith(VarveExtension.class)
final class BucketBoundsContract {

  private static final ZoneId NEW_YORK = ZoneId.of("America/New_York");

  private final Varve varve;
  private final Gauges gauges;

  BucketBoundsContract(Varve varve) {
    this.varve = varve;
    this.gauges = Gauges.create(varve);
  }

  @Test
  void emptyBucketsAreFilled() {
    gauges.write(gauge(0, "a", 1.0), gauge(3 * 3600, "a", 4.0), gauge(3600, "b", null));
    BucketQuery query =
        gauges
            .all()
            .range(NOON.minusSeconds(3600), NOON.plusSeconds(5 * 3600))
            .bucket(Duration.ofHours(1))
            .groupBy("device")
            .select(avg("value"), count());
    assertThat(values(query.fill(Fill.nulls()), "value_avg"))
        .containsExactly(null, null, 1.0, null, null, null, null, null, 4.0, null, null, null);
    assertThat(values(query.fill(Fill.previous()), "value_avg", "a"))
        .containsExactly(null, 1.0, 1.0, 1.0, 4.0, 4.0);
    assertThat(values(query.fill(Fill.linear()), "value_avg", "a"))
        .containsExactly(null, 1.0, 2.0, 3.0, 4.0, null);
    assertThat(values(query.fill(Fill.linear()).fill("count", Fill.value(0)), "count", "b"))
        .containsExactly(0L, 0L, 1L, 0L, 0L, 0L);
    assertThat(values(query.fill(Fill.value(-1.5)).fill("count", Fill.nulls()), "value_avg", "b"))
        .containsExactly(-1.5, -1.5, null, -1.5, -1.5, -1.5);
    assertThat(
            values(
                query.fill(Fill.value(7).overNulls()).fill("count", Fill.nulls()),
                "value_avg",
                "b"))
        .containsOnly(7.0);
  }

  @ParameterizedTest
  @MethodSource
  void everyBucketOfARangeIsThereOnce(
      Bucket bucket, Instant from, Instant to, List<String> rows, List<String> expected) {
    rows.forEach(time -> gauges.write(gauge(Instant.parse(time), "a")));
    BucketQuery query =
        gauges.all().range(from, to).bucket(bucket).select(count()).fill(Fill.value(0));
    assertThat(query.list())
        .extracting(row -> row.value("bucket") + " " + row.value("count"))
        .containsExactlyElementsOf(expected);
  }

  static Stream<Arguments> everyBucketOfARangeIsThereOnce() {
    return Stream.of(
        argumentSet(
            "without rows",
            Bucket.of(Duration.ofHours(1)),
            "2024-01-01T12:00:00Z",
            "2024-01-01T14:00:00Z",
            List.of(),
            List.of("2024-01-01T12:00:00Z 0", "2024-01-01T13:00:00Z 0")),
        argumentSet(
            "an empty range has none",
            Bucket.of(Duration.ofHours(1)),
            "2024-01-01T12:00:10Z",
            "2024-01-01T12:00:10Z",
            List.of("2024-01-01T12:00:00Z"),
            List.of()),
        argumentSet(
            "a day begins once where midnight comes twice",
            Bucket.of(Period.ofDays(1)).in(ZoneId.of("America/Havana")),
            "2024-11-02T04:00:00Z",
            "2024-11-04T05:00:00Z",
            List.of("2024-11-03T04:30:00Z", "2024-11-03T05:30:00Z"),
            List.of("2024-11-02T04:00:00Z 0", "2024-11-03T04:00:00Z 2")),
        argumentSet(
            "hours that come twice are two",
            Bucket.of(Duration.ofHours(1)).in(NEW_YORK),
            "2024-11-03T05:00:00Z",
            "2024-11-03T08:30:00Z",
            List.of("2024-11-03T05:30:00Z", "2024-11-03T06:30:00Z"),
            List.of(
                "2024-11-03T05:00:00Z 1",
                "2024-11-03T06:00:00Z 1",
                "2024-11-03T07:00:00Z 0",
                "2024-11-03T08:00:00Z 0")),
        argumentSet(
            "days counted on a local clock, to the last",
            Bucket.of(Duration.ofHours(24)).in(ZoneId.of("Asia/Kathmandu")),
            "2024-02-28T20:47:00Z",
            "2024-03-07T20:47:00Z",
            List.of(),
            List.of(
                "2024-02-28T18:15:00Z 0",
                "2024-02-29T18:15:00Z 0",
                "2024-03-01T18:15:00Z 0",
                "2024-03-02T18:15:00Z 0",
                "2024-03-03T18:15:00Z 0",
                "2024-03-04T18:15:00Z 0",
                "2024-03-05T18:15:00Z 0",
                "2024-03-06T18:15:00Z 0",
                "2024-03-07T18:15:00Z 0")),
        argumentSet(
            "a short one of an old change of the clock",
            Bucket.of(Duration.ofMinutes(30)).in(NEW_YORK).offset(Duration.ofMinutes(15)),
            "1883-11-18T16:41:02Z",
            "1883-11-18T17:30:00Z",
            List.of(),
            List.of("1883-11-18T16:41:02Z 0", "1883-11-18T17:11:02Z 0", "1883-11-18T17:15:00Z 0")),
        argumentSet(
            "one that begins in both of two hours, twice",
            Bucket.of(Duration.ofDays(7))
                .in(NEW_YORK)
                .origin(Instant.parse("2030-05-05T05:30:00Z")),
            "2024-10-28T00:00:00Z",
            "2024-11-08T00:00:00Z",
            List.of(),
            List.of("2024-10-27T05:30:00Z 0", "2024-11-03T05:30:00Z 0", "2024-11-03T06:30:00Z 0")));
  }

  @Test
  void fillingNeedsBothBounds() {
    assertThatThrownBy(() -> gauges.hourly().select(count()).fill(Fill.nulls()).list())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "aggregating gauges: empty buckets can be filled only between two bounds within"
                + " PostgreSQL's calendar; expected range(from, to)");
    for (Query<Gauge> beyond :
        List.of(
            gauges.all().range(NOON, Instant.parse("+300000-01-01T00:00:00Z")),
            gauges.all().range(Instant.parse("-4800-01-01T00:00:00Z"), NOON))) {
      assertThatThrownBy(
              () -> beyond.bucket(Period.ofYears(1000)).select(count()).fill(Fill.nulls()).list())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("PostgreSQL's calendar");
    }
    assertThatThrownBy(
            () ->
                gauges
                    .all()
                    .range(Instant.EPOCH, NOON)
                    .bucket(Duration.ofMillis(1))
                    .select(count())
                    .fill(Fill.nulls())
                    .list())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("more than 10000000 for each group");
    assertThatThrownBy(
            () -> gauges.hourly().select(mode("device")).fill("device_mode", Fill.linear()))
        .isInstanceOf(MappingException.class)
        .hasMessageContaining("result column \"device_mode\" is of type text");
    assertThatThrownBy(() -> gauges.hourly().select(count()).fill("count", Fill.value(0.5)))
        .isInstanceOf(MappingException.class)
        .hasMessageContaining("cannot be filled with 0.5");
  }

  @Test
  void bucketsAreCountedInATimeZone() {
    Instant newYork = Instant.parse("2024-03-10T05:00:00Z");
    for (int hour = -1; hour < 25; hour++) {
      gauges.write(gauge(Duration.between(NOON, newYork).getSeconds() + hour * 3600L, "a", 1.0));
    }
    List<Row> rows =
        gauges.all().bucket(Bucket.of(Period.ofDays(1)).in(NEW_YORK)).select(count()).list();
    assertThat(rows)
        .extracting(row -> row.value("bucket") + " " + row.value("count"))
        .containsExactly(
            "2024-03-09T05:00:00Z 1", "2024-03-10T05:00:00Z 23", "2024-03-11T04:00:00Z 2");
  }

  @ParameterizedTest
  @MethodSource
  void bucketsBeginWhereTheyAreMovedTo(Bucket bucket, List<String> rows, List<String> expected) {
    rows.forEach(time -> gauges.write(gauge(Instant.parse(time), "a")));
    assertThat(gauges.starts(bucket)).isEqualTo(expected);
  }

  static Stream<Arguments> bucketsBeginWhereTheyAreMovedTo() {
    List<String> noon = List.of("2024-01-01T11:30:00Z", "2024-01-01T12:00:00Z");
    return Stream.of(
        argumentSet(
            "by minutes",
            Bucket.of(Duration.ofHours(1)).offset(Duration.ofMinutes(-15)),
            noon,
            List.of("2024-01-01T10:45:00Z", "2024-01-01T11:45:00Z")),
        argumentSet(
            "to an origin",
            Bucket.of(Duration.ofHours(7)).origin(Instant.parse("2024-01-01T11:50:00Z")),
            noon,
            List.of("2024-01-01T04:50:00Z", "2024-01-01T11:50:00Z")),
        argumentSet(
            "months by days",
            Bucket.of(Period.ofMonths(1)).offset(Period.ofDays(4)),
            noon,
            List.of("2023-12-05T00:00:00Z")),
        argumentSet(
            "months to the month of an origin",
            Bucket.of(Period.ofMonths(5)).origin(Instant.parse("2023-11-15T00:00:00Z")),
            noon,
            List.of("2023-11-01T00:00:00Z")),
        argumentSet(
            "months by months and days",
            Bucket.of(Period.ofMonths(1)).offset(Period.of(0, -10, -1)),
            List.of("2023-08-30T12:00:00Z"),
            List.of("2023-07-31T00:00:00Z")),
        argumentSet(
            "by days of the zone",
            Bucket.of(Duration.ofDays(7)).in(NEW_YORK).offset(Period.ofDays(7)),
            List.of("2024-03-08T12:00:00Z"),
            List.of("2024-03-04T05:00:00Z")),
        argumentSet(
            "to the first of the hours that come twice",
            Bucket.of(Duration.ofHours(6))
                .in(NEW_YORK)
                .origin(Instant.parse("2024-11-03T05:00:00Z")),
            List.of("2024-11-03T05:30:00Z"),
            List.of("2024-11-03T05:00:00Z")));
  }

  @Test
  void aLineThroughNoValuesIsNull() {
    BucketQuery query =
        gauges
            .all()
            .range(NOON, NOON.plusSeconds(60))
            .bucket(Duration.ofHours(1))
            .select(avg("value"), count())
            .fill(Fill.linear());
    assertThat(values(query, "value_avg")).containsOnlyNulls().hasSize(1);
    assertThat(values(query, "count")).containsOnlyNulls();
  }

  @TimeSeries(table = "ticks", chunk = "1000000")
  record Tick(@Time long tick, @Dimension String bucket, @Measure double value) {}

  @Test
  void bucketsMayBeNamedOtherwise() {
    varve.schema().create(Table.of(Tick.class));
    varve.table(Tick.class).insertAll(List.of(new Tick(1, "blue", 1.0), new Tick(12, "red", 2.0)));
    assertThatThrownBy(() -> varve.from(Tick.class).bucket(10).groupBy("bucket").select(count()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("two result columns are named \"bucket\"");
    assertThat(
            varve
                .from(Tick.class)
                .bucket(Bucket.of(10).as("tens"))
                .groupBy("bucket")
                .select(count())
                .list())
        .extracting(Row::toString)
        .containsExactly("{tens=0, bucket=blue, count=1}", "{tens=10, bucket=red, count=1}");
  }

  @Test
  void bucketsAtTheEndsOfBigintTimesAreWeighed() {
    varve.schema().create(Table.of(Tick.class));
    long last = Long.MAX_VALUE - 7;
    varve.table(Tick.class).insertAll(List.of(new Tick(last, "a", 3.0), new Tick(-last, "a", 5.0)));
    Row row =
        varve
            .from(Tick.class)
            .range(last, Long.MAX_VALUE)
            .bucket(10)
            .select(timeWeightedAvg("value"))
            .list()
            .get(0);
    assertThat(row.value("value_time_weighted_avg")).isEqualTo(3.0);
    assertThat(varve.from(Tick.class).groupBy().select(rate("value")).list().get(0).value(0))
        .isEqualTo(3.0 / Math.pow(2, 64));
  }
}
