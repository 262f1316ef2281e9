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
import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TestDatabase;
import io.varve.testkit.contract.Gauges.Gauge;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneId;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Where buckets begin and end, in time zones too, and what stands in those without rows. */
@ExtendWith(DatabaseExtension.class)
final class BucketBoundsContract {

  private final Varve varve;
  private final Gauges gauges;

  BucketBoundsContract(TestDatabase database) {
    this.varve = database.connect();
    this.gauges = new Gauges(varve);
  }

  @BeforeEach
  void createTheTable() {
    gauges.create();
  }

  @AfterEach
  void dropEverything() {
    try (varve) {
      Sql.dropHypertables(varve);
    }
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

  @Test
  void withoutGroupsEveryBucketIsThere() {
    assertThat(
            gauges
                .all()
                .range(NOON, NOON.plusSeconds(7200))
                .bucket(Duration.ofHours(1))
                .select(count())
                .fill(Fill.value(0))
                .list())
        .extracting(row -> row.value("count"))
        .containsExactly(0L, 0L);
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
        gauges
            .all()
            .bucket(Bucket.of(Period.ofDays(1)).in(ZoneId.of("America/New_York")))
            .select(count())
            .list();
    assertThat(rows)
        .extracting(row -> row.value("bucket") + " " + row.value("count"))
        .containsExactly(
            "2024-03-09T05:00:00Z 1", "2024-03-10T05:00:00Z 23", "2024-03-11T04:00:00Z 2");
  }

  @Test
  void aDayBeginsOnceWhereMidnightComesTwice() {
    ZoneId havana = ZoneId.of("America/Havana");
    Instant first = Instant.parse("2024-11-03T04:00:00Z");
    gauges.write(gauge(first.plusSeconds(1800), "a"), gauge(first.plusSeconds(5400), "a"));
    BucketQuery query =
        gauges
            .all()
            .range(first.minusSeconds(86_400), first.plusSeconds(90_000))
            .bucket(Bucket.of(Period.ofDays(1)).in(havana))
            .select(count())
            .fill(Fill.value(0));
    assertThat(query.list())
        .extracting(row -> row.value("bucket") + " " + row.value("count"))
        .containsExactly("2024-11-02T04:00:00Z 0", "2024-11-03T04:00:00Z 2");
  }

  @Test
  void hoursThatComeTwiceAreTwoBuckets() {
    Instant first = Instant.parse("2024-11-03T05:30:00Z");
    gauges.write(gauge(first, "a"), gauge(first.plusSeconds(3600), "a"));
    BucketQuery query =
        gauges
            .all()
            .range(first.minusSeconds(1800), first.plusSeconds(3 * 3600))
            .bucket(Bucket.of(Duration.ofHours(1)).in(ZoneId.of("America/New_York")))
            .select(count())
            .fill(Fill.value(0));
    assertThat(query.list())
        .extracting(row -> row.value("bucket") + " " + row.value("count"))
        .containsExactly(
            "2024-11-03T05:00:00Z 1",
            "2024-11-03T06:00:00Z 1",
            "2024-11-03T07:00:00Z 0",
            "2024-11-03T08:00:00Z 0");
  }

  @Test
  void bucketsCountedOnALocalClockAreFilledToTheLast() {
    Instant from = Instant.parse("2024-02-28T20:47:00Z");
    BucketQuery query =
        gauges
            .all()
            .range(from, from.plus(Duration.ofDays(8)))
            .bucket(Bucket.of(Duration.ofHours(24)).in(ZoneId.of("Asia/Kathmandu")))
            .select(count())
            .fill(Fill.value(0));
    Instant first = Instant.parse("2024-02-28T18:15:00Z");
    assertThat(values(query, "bucket"))
        .containsExactlyElementsOf(
            IntStream.rangeClosed(0, 8).mapToObj(day -> first.plus(Duration.ofDays(day))).toList());
  }

  @Test
  void aShortBucketOfAnOldChangeOfTheClockIsFilled() {
    BucketQuery query =
        gauges
            .all()
            .range(Instant.parse("1883-11-18T16:41:02Z"), Instant.parse("1883-11-18T17:30:00Z"))
            .bucket(
                Bucket.of(Duration.ofMinutes(30))
                    .in(ZoneId.of("America/New_York"))
                    .offset(Duration.ofMinutes(15)))
            .select(count())
            .fill(Fill.value(0));
    assertThat(values(query, "bucket"))
        .containsExactly(
            Instant.parse("1883-11-18T16:41:02Z"),
            Instant.parse("1883-11-18T17:11:02Z"),
            Instant.parse("1883-11-18T17:15:00Z"));
  }

  @Test
  void aBucketThatBeginsInBothOfTwoHoursIsFilledTwice() {
    BucketQuery query =
        gauges
            .all()
            .range(Instant.parse("2024-10-28T00:00:00Z"), Instant.parse("2024-11-08T00:00:00Z"))
            .bucket(
                Bucket.of(Duration.ofDays(7))
                    .in(ZoneId.of("America/New_York"))
                    .origin(Instant.parse("2030-05-05T05:30:00Z")))
            .select(count())
            .fill(Fill.value(0));
    assertThat(values(query, "bucket"))
        .containsExactly(
            Instant.parse("2024-10-27T05:30:00Z"),
            Instant.parse("2024-11-03T05:30:00Z"),
            Instant.parse("2024-11-03T06:30:00Z"));
  }

  @Test
  void bucketsAreMoved() {
    gauges.write(gauge(0, "a", 1.0), gauge(-1800, "a", 1.0));
    assertThat(gauges.starts(Bucket.of(Duration.ofHours(1)).offset(Duration.ofMinutes(-15))))
        .containsExactly("2024-01-01T10:45:00Z", "2024-01-01T11:45:00Z");
    assertThat(gauges.starts(Bucket.of(Duration.ofHours(7)).origin(NOON.minusSeconds(600))))
        .containsExactly("2024-01-01T04:50:00Z", "2024-01-01T11:50:00Z");
    assertThat(gauges.starts(Bucket.of(Period.ofMonths(1)).offset(Period.ofDays(4))))
        .containsExactly("2023-12-05T00:00:00Z");
    assertThat(
            gauges.starts(
                Bucket.of(Period.ofMonths(5)).origin(Instant.parse("2023-11-15T00:00:00Z"))))
        .containsExactly("2023-11-01T00:00:00Z");
  }

  @Test
  void anEmptyRangeHasNoBucketsToFill() {
    gauges.write(gauge(0, "a", 1.0));
    BucketQuery query =
        gauges
            .all()
            .range(NOON.plusSeconds(10), NOON.plusSeconds(10))
            .bucket(Duration.ofHours(1))
            .select(count())
            .fill(Fill.value(0));
    assertThat(query.list()).isEmpty();
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

  @Test
  void bucketsMovedByMonthsAndDaysHoldTheirRows() {
    gauges.write(gauge(Instant.parse("2023-08-30T12:00:00Z"), "a"));
    assertThat(gauges.starts(Bucket.of(Period.ofMonths(1)).offset(Period.of(0, -10, -1))))
        .containsExactly("2023-07-31T00:00:00Z");
  }

  @Test
  void daysOfAnOffsetAreDaysOfTheZone() {
    ZoneId newYork = ZoneId.of("America/New_York");
    gauges.write(gauge(Instant.parse("2024-03-08T12:00:00Z"), "a"));
    assertThat(gauges.starts(Bucket.of(Duration.ofDays(7)).in(newYork).offset(Period.ofDays(7))))
        .containsExactly("2024-03-04T05:00:00Z");
  }

  @Test
  void aBucketThatBeginsInTheHourThatComesTwiceBeginsWithTheFirst() {
    Instant oneInTheMorning = Instant.parse("2024-11-03T05:00:00Z");
    gauges.write(gauge(oneInTheMorning.plusSeconds(1800), "a"));
    assertThat(
            gauges.starts(
                Bucket.of(Duration.ofHours(6))
                    .in(ZoneId.of("America/New_York"))
                    .origin(oneInTheMorning)))
        .containsExactly("2024-11-03T05:00:00Z");
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
