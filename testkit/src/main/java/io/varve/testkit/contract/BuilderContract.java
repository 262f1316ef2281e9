package io.varve.testkit.contract;

import static io.varve.query.Aggregate.avg;
import static io.varve.query.Aggregate.count;
import static io.varve.query.Aggregate.delta;
import static io.varve.query.Aggregate.distinct;
import static io.varve.query.Aggregate.first;
import static io.varve.query.Aggregate.histogram;
import static io.varve.query.Aggregate.increase;
import static io.varve.query.Aggregate.last;
import static io.varve.query.Aggregate.max;
import static io.varve.query.Aggregate.mode;
import static io.varve.query.Aggregate.percentile;
import static io.varve.query.Aggregate.percentiles;
import static io.varve.query.Aggregate.rate;
import static io.varve.query.Aggregate.stddev;
import static io.varve.query.Aggregate.sum;
import static io.varve.query.Aggregate.timeWeightedAvg;
import static io.varve.query.Aggregate.variance;
import static io.varve.query.Condition.column;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.within;

import io.varve.MappingException;
import io.varve.Preset;
import io.varve.SchemaException;
import io.varve.Setting;
import io.varve.Tier;
import io.varve.Varve;
import io.varve.model.Column;
import io.varve.model.ColumnType;
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
import io.varve.query.Query;
import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TestDatabase;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Conditions, aggregates, filled and moving buckets, joins, and the forms of a result. */
@ExtendWith(DatabaseExtension.class)
final class BuilderContract {

  private static final Instant NOON = Instant.parse("2024-01-01T12:00:00Z");

  private final Varve varve;

  private final TestDatabase database;

  BuilderContract(TestDatabase database) {
    this.database = database;
    this.varve = database.connect();
  }

  @TimeSeries(table = "gauges", chunk = "1 day")
  record Gauge(
      @Time Instant time,
      @Dimension String device,
      @Measure @Nullable Double value,
      @Measure @Nullable Long total) {}

  private static final Column<Gauge, Double> VALUE =
      Table.of(Gauge.class).column("value", Double.class);

  @BeforeEach
  void createTheTable() {
    varve.schema().create(Table.of(Gauge.class));
  }

  @AfterEach
  void dropEverything() {
    try (varve) {
      Sql.dropHypertables(varve);
    }
  }

  @Test
  void conditionsNest() {
    write(gauge(0, "a", 1.0), gauge(1, "b", 2.0), gauge(2, "c", 3.0), gauge(3, "a", null));
    assertThat(devices(all().where(column("device").in("a", "c")))).containsExactly("a", "c", "a");
    assertThat(devices(all().where(column(VALUE).ge(2.0)))).containsExactly("b", "c");
    assertThat(devices(all().where(column(VALUE).ge(2.0).not()))).containsExactly("a");
    assertThat(devices(all().where(column("value").between(1.0, 2.0)))).containsExactly("a", "b");
    assertThat(
            devices(
                all()
                    .where(
                        column("device")
                            .like("%b%")
                            .or(column("value").isNull())
                            .and(column("device").ne("zzz")))))
        .containsExactly("b", "a");
    assertThat(all().where(column("device").in(List.of())).list()).isEmpty();
    assertThat(all().where(column("device").in(List.of()).not()).count()).isEqualTo(4);
  }

  /** A statement has at most 65,535 values. */
  @Test
  void aColumnIsOneOfAnyNumberOfValues() {
    write(gauge(0, "a", 0.1), gauge(1, "b", Double.NaN), gauge(2, "{\"\\", 3.0));
    write(gauge(3, "NULL", null), gauge(4, "", 1e-300));
    List<String> many = IntStream.range(0, 70_000).mapToObj(i -> "d" + i).toList();
    assertThat(all().where(column("device").in(many)).count()).isZero();
    assertThat(all().where(column("device").in(many).not()).count()).isEqualTo(5);
    assertThat(devices(all().where(column("device").in("{\"\\", "NULL", ""))))
        .containsExactly("{\"\\", "NULL", "");
    assertThat(devices(all().where(column("value").in(0.1, Double.NaN, 1e-300))))
        .containsExactly("a", "b", "");
    assertThat(devices(all().where(column("value").in(0.1, 0.2).not())))
        .containsExactly("b", "{\"\\", "");
    assertThat(devices(all().where(column("time").in(NOON, NOON.plusSeconds(3)))))
        .containsExactly("a", "NULL");
    assertThat(
            all()
                .groupBy("device")
                .select(max("value"))
                .having(column("value_max").in(3.0, 4.0))
                .list())
        .hasSize(1);
  }

  @Test
  void conditionsThatDoNotFitAreRefused() {
    assertThatThrownBy(() -> all().where(column("colour").eq("red")))
        .isInstanceOf(SchemaException.class)
        .hasMessageContaining("table gauges has no column \"colour\"");
    assertThatThrownBy(() -> all().where(column("value").gt("warm")))
        .isInstanceOf(MappingException.class)
        .hasMessageContaining("table gauges, column \"value\"")
        .hasMessageContaining("java.lang.String");
    assertThatThrownBy(() -> all().where(column("value").like("1%")))
        .isInstanceOf(MappingException.class)
        .hasMessageContaining("expected text");
  }

  @Test
  void valuesAreNeverPartOfTheStatement() {
    String hostile = "a'; DROP TABLE gauges; --";
    write(gauge(0, hostile, 1.0));
    assertThat(all().where(column("device").eq(hostile)).count()).isEqualTo(1);
    assertThat(all().where(column("device").in("x' OR 'a'='a", "y")).count()).isZero();
  }

  @Test
  void aggregatesOfEveryKind() {
    write(
        gauge(0, "a", 1.0, 10L),
        gauge(600, "a", 3.0, 25L),
        gauge(1200, "a", 3.0, 5L),
        gauge(1800, "a", null, null),
        gauge(2400, "a", 9.0, 8L));
    Row row =
        hourly()
            .select(
                stddev("value"),
                variance("value"),
                percentile("value", 0.5),
                percentiles("value", 0, 0.25, 1).as("quartiles"),
                distinct("value"),
                histogram("value", 2, 6, 2),
                mode("value"),
                delta("value"),
                increase("total"),
                rate("total"),
                timeWeightedAvg("value"))
            .list()
            .get(0);
    assertThat(row.names())
        .containsExactly(
            "bucket",
            "value_stddev",
            "value_variance",
            "value_p50",
            "quartiles",
            "value_distinct",
            "value_histogram",
            "value_mode",
            "value_delta",
            "total_increase",
            "total_rate",
            "value_time_weighted_avg");
    assertThat((Double) row.value("value_variance")).isEqualTo(12.0, within(1e-12));
    assertThat((Double) row.value("value_stddev")).isEqualTo(Math.sqrt(12), within(1e-12));
    assertThat(row.value("value_p50")).isEqualTo(3.0);
    assertThat(row.value("quartiles")).isEqualTo(List.of(1.0, 2.5, 9.0));
    assertThat(row.value("value_distinct")).isEqualTo(3L);
    assertThat(row.value("value_histogram")).isEqualTo(List.of(1L, 2L, 0L, 1L));
    assertThat(row.value("value_mode")).isEqualTo(3.0);
    assertThat(row.value("value_delta")).isEqualTo(8.0);
    assertThat(row.value("total_increase")).hasToString("23");
    assertThat((Double) row.value("total_rate")).isEqualTo(23.0 / 2400, within(1e-15));
    assertThat((Double) row.value("value_time_weighted_avg"))
        .isEqualTo((600 * 1.0 + 600 * 3.0 + 1200 * 3.0 + 1200 * 9.0) / 3600, within(1e-12));
  }

  @Test
  void increasesOfAllBucketsAreTheIncreaseOfTheRange() {
    write(
        gauge(0, "a", null, 10L),
        gauge(1, "b", null, 100L),
        gauge(3600, "a", null, 14L),
        gauge(3601, "b", null, 90L),
        gauge(7200, "a", null, 20L));
    assertThat(hourly().select(increase("total")).list())
        .extracting(row -> String.valueOf(row.value("total_increase")))
        .containsExactly("null", "94", "6");
    assertThat(all().groupBy().select(increase("total")).list().get(0).value(0)).hasToString("100");
  }

  @Test
  void groupsWithoutBuckets() {
    write(gauge(0, "a", 1.0), gauge(7200, "a", 3.0), gauge(1, "b", 5.0));
    List<Row> rows =
        all().groupBy("device").select(avg("value"), count()).orderByDescending("count").list();
    assertThat(rows)
        .extracting(Row::asMap)
        .extracting(Object::toString)
        .containsExactly(
            "{device=a, value_avg=2.0, count=2}", "{device=b, value_avg=5.0, count=1}");
  }

  @Test
  void emptyBucketsAreFilled() {
    write(gauge(0, "a", 1.0), gauge(3 * 3600, "a", 4.0), gauge(3600, "b", null));
    BucketQuery query =
        all()
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
            all()
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
    assertThatThrownBy(() -> hourly().select(count()).fill(Fill.nulls()).list())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "aggregating gauges: empty buckets can be filled only between two bounds within"
                + " PostgreSQL's calendar; expected range(from, to)");
    for (Query<Gauge> beyond :
        List.of(
            all().range(NOON, Instant.parse("+300000-01-01T00:00:00Z")),
            all().range(Instant.parse("-4800-01-01T00:00:00Z"), NOON))) {
      assertThatThrownBy(
              () -> beyond.bucket(Period.ofYears(1000)).select(count()).fill(Fill.nulls()).list())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("PostgreSQL's calendar");
    }
    assertThatThrownBy(
            () ->
                all()
                    .range(Instant.EPOCH, NOON)
                    .bucket(Duration.ofMillis(1))
                    .select(count())
                    .fill(Fill.nulls())
                    .list())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("more than 10000000 for each group");
    assertThatThrownBy(() -> hourly().select(mode("device")).fill("device_mode", Fill.linear()))
        .isInstanceOf(MappingException.class)
        .hasMessageContaining("result column \"device_mode\" is of type text");
    assertThatThrownBy(() -> hourly().select(count()).fill("count", Fill.value(0.5)))
        .isInstanceOf(MappingException.class)
        .hasMessageContaining("cannot be filled with 0.5");
  }

  @Test
  void movingWindowsFollowTheirGroup() {
    write(gauge(0, "a", 1.0), gauge(3600, "a", 3.0), gauge(7200, "a", 8.0), gauge(0, "b", 5.0));
    BucketQuery query =
        hourly()
            .groupBy("device")
            .select(sum("value"))
            .moving(
                Moving.avg("value_sum", 2),
                Moving.total("value_sum"),
                Moving.difference("value_sum"),
                Moving.max("value_sum", 2).as("peak"));
    assertThat(values(query, "value_sum_moving_avg", "a")).containsExactly(1.0, 2.0, 5.5);
    assertThat(values(query, "value_sum_total", "a")).containsExactly(1.0, 4.0, 12.0);
    assertThat(values(query, "value_sum_difference", "a")).containsExactly(null, 2.0, 5.0);
    assertThat(values(query, "peak", "b")).containsExactly(5.0);
  }

  @Test
  void greatestOfEachBucketAreKept() {
    write(
        gauge(0, "a", 1.0),
        gauge(1, "b", 3.0),
        gauge(2, "c", 2.0),
        gauge(3600, "a", 9.0),
        gauge(3601, "c", null));
    BucketQuery query = hourly().groupBy("device").select(max("value")).top(2, "value_max");
    assertThat(query.list())
        .extracting(row -> row.value("device"))
        .containsExactly("b", "c", "a", "c");
    assertThat(query.having(column("value_max").gt(2.0)).list())
        .extracting(row -> row.value("device"))
        .containsExactly("b", "a");
  }

  @Test
  void bucketsAreCountedInATimeZone() {
    Instant newYork = Instant.parse("2024-03-10T05:00:00Z");
    for (int hour = -1; hour < 25; hour++) {
      write(gauge(Duration.between(NOON, newYork).getSeconds() + hour * 3600L, "a", 1.0));
    }
    List<Row> rows =
        all()
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
    write(gauge(first.plusSeconds(1800), "a"), gauge(first.plusSeconds(5400), "a"));
    BucketQuery query =
        all()
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
    write(gauge(first, "a"), gauge(first.plusSeconds(3600), "a"));
    BucketQuery query =
        all()
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
        all()
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
        all()
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
  void bucketsAreMoved() {
    write(gauge(0, "a", 1.0), gauge(-1800, "a", 1.0));
    assertThat(starts(Bucket.of(Duration.ofHours(1)).offset(Duration.ofMinutes(-15))))
        .containsExactly("2024-01-01T10:45:00Z", "2024-01-01T11:45:00Z");
    assertThat(starts(Bucket.of(Duration.ofHours(7)).origin(NOON.minusSeconds(600))))
        .containsExactly("2024-01-01T04:50:00Z", "2024-01-01T11:50:00Z");
    assertThat(starts(Bucket.of(Period.ofMonths(1)).offset(Period.ofDays(4))))
        .containsExactly("2023-12-05T00:00:00Z");
    assertThat(starts(Bucket.of(Period.ofMonths(5)).origin(Instant.parse("2023-11-15T00:00:00Z"))))
        .containsExactly("2023-11-01T00:00:00Z");
  }

  @Test
  void twoSeriesStandSideBySide() {
    write(gauge(0, "a", 1.0), gauge(3600, "a", 2.0), gauge(3600, "b", 5.0), gauge(7200, "b", 6.0));
    BucketQuery a = all().where("device", "a").bucket(Duration.ofHours(1));
    BucketQuery b = all().where("device", "b").bucket(Duration.ofHours(1));
    assertThat(a.select(avg("value").as("a")).join(b.select(avg("value").as("b"))).list())
        .extracting(Row::toString)
        .containsExactly("{bucket=2024-01-01T13:00:00Z, a=2.0, b=5.0}");
    assertThat(a.select(avg("value").as("a")).fullJoin(b.select(avg("value").as("b"))).list())
        .extracting(Row::toString)
        .containsExactly(
            "{bucket=2024-01-01T12:00:00Z, a=1.0, b=null}",
            "{bucket=2024-01-01T13:00:00Z, a=2.0, b=5.0}",
            "{bucket=2024-01-01T14:00:00Z, a=null, b=6.0}");
    assertThatThrownBy(() -> a.select(avg("value")).join(b.select(avg("value"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "both sides of the join have a column \"value_avg\"; expected different names: as(…)");
  }

  @Test
  void rowsWithoutAValueTakeNoTimeInARate() {
    write(
        gauge(0, "a", null, 10L),
        gauge(10, "a", null),
        gauge(50, "a", null),
        gauge(100, "a", null, 30L));
    assertThat(hourly().select(rate("total")).list().get(0).value("total_rate")).isEqualTo(0.2);
  }

  @Test
  void theDeviationOfLargeWholeNumbersHasAllItsDigits() {
    write(gauge(0, "a", null, 2_147_483_647L));
    for (int second = 1; second < 40; second++) {
      write(gauge(second, "a", null, 0L));
    }
    Row row = hourly().select(stddev("total"), variance("total")).list().get(0);
    double variance = (Double) Objects.requireNonNull(row.value("total_variance"));
    assertThat((Double) row.value("total_stddev")).isEqualTo(Math.sqrt(variance), within(1e-6));
  }

  @Test
  void anEmptyRangeHasNoBucketsToFill() {
    write(gauge(0, "a", 1.0));
    BucketQuery query =
        all()
            .range(NOON.plusSeconds(10), NOON.plusSeconds(10))
            .bucket(Duration.ofHours(1))
            .select(count())
            .fill(Fill.value(0));
    assertThat(query.list()).isEmpty();
  }

  @Test
  void aLineThroughNoValuesIsNull() {
    BucketQuery query =
        all()
            .range(NOON, NOON.plusSeconds(60))
            .bucket(Duration.ofHours(1))
            .select(avg("value"), count())
            .fill(Fill.linear());
    assertThat(values(query, "value_avg")).containsOnlyNulls().hasSize(1);
    assertThat(values(query, "count")).containsOnlyNulls();
  }

  @Test
  void bucketsMovedByMonthsAndDaysHoldTheirRows() {
    write(gauge(Instant.parse("2023-08-30T12:00:00Z"), "a"));
    assertThat(starts(Bucket.of(Period.ofMonths(1)).offset(Period.of(0, -10, -1))))
        .containsExactly("2023-07-31T00:00:00Z");
  }

  @Test
  void daysOfAnOffsetAreDaysOfTheZone() {
    ZoneId newYork = ZoneId.of("America/New_York");
    write(gauge(Instant.parse("2024-03-08T12:00:00Z"), "a"));
    assertThat(starts(Bucket.of(Duration.ofDays(7)).in(newYork).offset(Period.ofDays(7))))
        .containsExactly("2024-03-04T05:00:00Z");
  }

  @Test
  void aBucketThatBeginsInTheHourThatComesTwiceBeginsWithTheFirst() {
    Instant oneInTheMorning = Instant.parse("2024-11-03T05:00:00Z");
    write(gauge(oneInTheMorning.plusSeconds(1800), "a"));
    assertThat(
            starts(
                Bucket.of(Duration.ofHours(6))
                    .in(ZoneId.of("America/New_York"))
                    .origin(oneInTheMorning)))
        .containsExactly("2024-11-03T05:00:00Z");
  }

  @Test
  void aLongBucketWithAChangeOfTheClockEndsWhereTheNextOneBegins() {
    Instant start = Instant.parse("2024-08-24T04:00:00Z");
    Instant end = Instant.parse("2024-12-02T05:00:00Z");
    write(new Gauge(start, "a", 0.0, null), new Gauge(end.minusSeconds(86_400), "a", 2401.0, null));
    assertThat(
            all()
                .bucket(
                    Bucket.of(Duration.ofDays(100)).in(ZoneId.of("America/New_York")).origin(start))
                .select(timeWeightedAvg("value"))
                .list()
                .get(0)
                .value(1))
        .isEqualTo(24.0);
  }

  @Test
  void anInfinityThatEndsAtOnceHasNoWeight() {
    write(gauge(0, "a", Double.NEGATIVE_INFINITY), gauge(0, "a", 2.0));
    assertThat(
            all()
                .range(NOON, NOON.plusSeconds(10))
                .groupBy()
                .select(timeWeightedAvg("value"))
                .list()
                .get(0)
                .value(0))
        .isEqualTo(2.0);
  }

  @Test
  void totalsStandSideBySide() {
    write(gauge(0, "a", 1.0), gauge(1, "b", 5.0));
    BucketQuery one = all().where("device", "a").groupBy().select(sum("value").as("one"));
    BucketQuery other = all().where("device", "b").groupBy().select(sum("value").as("other"));
    assertThat(one.join(other).list()).hasToString("[{one=1.0, other=5.0}]");
    assertThat(one.having(column("one").gt(9.0)).fullJoin(other).list())
        .hasToString("[{one=null, other=5.0}]");
  }

  @Test
  void resultsInEveryForm() throws ExecutionException, InterruptedException {
    write(gauge(0, "a", 1.0), gauge(3600, "a", null), gauge(7200, "b", 3.0));
    BucketQuery query = hourly().groupBy("device").select(avg("value"), count());
    Columns arrays = query.arrays();
    assertThat(arrays.size()).isEqualTo(3);
    assertThat(arrays.longs("bucket"))
        .containsExactly(
            NOON.getEpochSecond() * 1_000_000,
            (NOON.getEpochSecond() + 3600) * 1_000_000,
            (NOON.getEpochSecond() + 7200) * 1_000_000);
    assertThat(arrays.doubles("value_avg")).containsExactly(1.0, Double.NaN, 3.0);
    assertThat(arrays.nulls("value_avg").stream()).containsExactly(1);
    assertThat(arrays.longs("count")).containsExactly(1, 1, 1);
    assertThat(arrays.objects("device").toString()).isEqualTo("[a, a, b]");
    assertThat(query.maps().get(0))
        .containsExactly(
            entry("bucket", NOON),
            entry("device", "a"),
            entry("value_avg", 1.0),
            entry("count", 1L));
    assertThat(query.list(Hourly.class).get(2))
        .isEqualTo(new Hourly(NOON.plusSeconds(7200), "b", 3.0, 1));
    assertThat(query.first().orElseThrow().value("bucket")).isEqualTo(NOON);
    assertThat(published(query)).isEqualTo(query.list());
  }

  record Hourly(Instant bucket, String device, @Nullable Double valueAvg, long count) {}

  @Test
  void explanationNamesStatementStepsAndChunks() {
    write(gauge(0, "a", 1.0), gauge(86_400, "a", 2.0), gauge(2 * 86_400, "a", 3.0));
    Explanation explanation =
        all()
            .range(NOON, NOON.plusSeconds(90_000))
            .where("device", "a")
            .bucket(Duration.ofHours(1))
            .select(avg("value"))
            .explain();
    assertThat(explanation.sql()).startsWith("SELECT ").doesNotContain("'a'");
    assertThat(explanation.values()).hasSize(3).contains("a");
    assertThat(explanation.tables()).hasSize(2);
    assertThat(explanation.steps().get(0).depth()).isZero();
    assertThat(explanation.steps().get(0).rows()).isEqualTo(2);
    assertThat(explanation.execution()).isPositive();
    assertThat(all().explain().tables()).hasSize(3);
    assertThat(all().where("device", "a\u0001\ufffe").explain().values())
        .containsExactly("a\u0001\ufffe");
  }

  @Test
  void explanationTellsTablesOfTheSameNameApart() throws SQLException {
    String columns = " (time timestamptz NOT NULL, value double precision)";
    Sql.execute(
        database,
        "CREATE SCHEMA elsewhere",
        "CREATE TABLE elsewhere.plain" + columns,
        "CREATE TABLE public.plain" + columns);
    try {
      BucketQuery here = varve.from(plain("plain")).groupBy().select(max("value").as("here"));
      BucketQuery there =
          varve.from(plain("elsewhere.plain")).groupBy().select(max("value").as("there"));
      assertThat(here.join(there).explain().tables())
          .containsExactlyInAnyOrder("plain", "elsewhere.plain");
    } finally {
      Sql.execute(database, "DROP SCHEMA elsewhere CASCADE", "DROP TABLE public.plain");
    }
  }

  private static Table<Row> plain(String name) {
    return Table.builder(name)
        .time("time", ColumnType.of(ColumnType.Kind.TIMESTAMPTZ))
        .measure("value", ColumnType.of(ColumnType.Kind.DOUBLE))
        .build();
  }

  @Test
  void endsOfLargeGroupsAreLookedUp() throws SQLException {
    List<Gauge> rows = new ArrayList<>();
    for (int second = 0; second < 300; second++) {
      rows.add(gauge(second, "a", (double) second));
      rows.add(gauge(second, "b", (double) -second));
    }
    rows.add(gauge(299, "a", 1000.0));
    rows.add(gauge(0, "b", -5.0));
    rows.add(gauge(300, "b", null));
    varve.table(Gauge.class).insertAll(rows);
    Sql.execute(database, "ANALYZE gauges");
    BucketQuery ends =
        all().groupBy("device").select(first("value"), max("value"), last("value"), last("total"));
    assertThat(ends.list())
        .hasToString(
            "[{device=a, value_first=0.0, value_max=1000.0, value_last=1000.0, total_last=null},"
                + " {device=b, value_first=-5.0, value_max=0.0, value_last=null, total_last=null}]");
    BucketQuery one =
        all()
            .where("device", "a")
            .where(column("value").between(10.0, 200.0))
            .range(NOON, NOON.plusSeconds(150))
            .bucket(Duration.ofHours(1))
            .select(last("value"), first("value"))
            .fill(Fill.nulls());
    assertThat(one.list())
        .hasToString("[{bucket=2024-01-01T12:00:00Z, value_last=149.0, value_first=10.0}]");
    boolean plain = varve.capabilities().tier() == Tier.PLAIN;
    for (BucketQuery query : List.of(ends, one)) {
      assertThat(query.explain().sql().contains("LATERAL")).isEqualTo(plain);
    }
    assertThat(all().groupBy("total").select(last("value")).explain().sql())
        .doesNotContain("LATERAL");
    assertThat(hourly().select(last("value")).explain().sql()).doesNotContain("LATERAL");
  }

  @Test
  void queriesThatReadTooManyChunksAreRefusedIfAskedTo() {
    write(gauge(0, "a", 1.0), gauge(86_400, "a", 2.0), gauge(2 * 86_400, "a", 3.0));
    try (Varve strict =
        Varve.builder(Preset.TEST)
            .set(Setting.URL, database.url())
            .set(Setting.USER, database.user())
            .set(Setting.PASSWORD, database.password())
            .set(Setting.UNBOUNDED_QUERIES, "refuse")
            .set(Setting.UNBOUNDED_CHUNKS, "2")
            .connect()) {
      Query<Gauge> all = strict.from(Gauge.class);
      String refusal =
          "reading gauges: no bound in time, so all its 3 chunks are read; expected range(…),"
              + " since(…) or a limit, or a greater unbounded-chunks than 2";
      assertThatThrownBy(all::list).isInstanceOf(IllegalStateException.class).hasMessage(refusal);
      assertThatThrownBy(all::stream).hasMessage(refusal);
      assertThatThrownBy(all::count).hasMessage(refusal);
      assertThatThrownBy(() -> all.bucket(Duration.ofHours(1)).select(count()).list())
          .hasMessage(refusal);
      assertThat(all.since(NOON).list()).hasSize(3);
      assertThat(all.where(column("time").eq(NOON)).list()).hasSize(1);
      assertThat(all.limit(2).list()).hasSize(2);
      assertThat(all.latest()).hasSize(1);
    }
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

  @TimeSeries(table = "days", chunk = "7 days")
  record Day(@Time LocalDate day, @Measure Double value) {}

  @Test
  void infinityEndsNoBucket() {
    write(gauge(0, "a", 5.0), gauge(60, "a", 10.0), gauge(120, "a", 99.0));
    varve.schema().create(Table.of(Day.class));
    LocalDate monday = LocalDate.of(2024, 1, 1);
    varve
        .table(Day.class)
        .insertAll(List.of(new Day(monday, 5.0), new Day(monday.plusDays(1), 10.0)));
    for (Instant end : List.of(Instant.MAX, Instant.parse("+6000000-01-01T00:00:00Z"))) {
      assertThat(values(all().range(NOON, end).groupBy().select(timeWeightedAvg("value"))))
          .containsExactly(7.5);
      assertThat(
              values(
                  varve
                      .from(Day.class)
                      .range(Instant.EPOCH, end)
                      .groupBy()
                      .select(timeWeightedAvg("value"))))
          .containsExactly(5.0);
    }
  }

  @Test
  void whatCannotBeFilledJoinedOrBinnedIsRefused() {
    BucketQuery byDevice = hourly().groupBy("device").select(count());
    assertThatThrownBy(() -> byDevice.fill("device", Fill.nulls()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "fill of \"device\", which rows are grouped by; expected an aggregate's column");
    assertThatThrownBy(() -> byDevice.join(hourly().groupBy("value").select(sum("value"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("text")
        .hasMessageContaining("double precision");
    assertThatThrownBy(() -> histogram("value", -1.7e308, 1.7e308, 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("whose difference a double can hold");
    assertThatThrownBy(() -> Fill.value(new BigDecimal("1e999999999")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("more than 400 digits");
    assertThatThrownBy(() -> Fill.value(Double.NaN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("fill with NaN; expected a finite number");
  }

  @Test
  void doublesAreExactWhateverTheSessionsDigits() {
    double exact = 0.1 + 0.2;
    write(gauge(0, "a", exact));
    try (Varve rounded =
        Varve.builder(Preset.TEST)
            .set(Setting.URL, database.url() + "?options=-c%20extra_float_digits=0")
            .set(Setting.USER, database.user())
            .set(Setting.PASSWORD, database.password())
            .connect()) {
      assertThat(rounded.from(Gauge.class).list()).extracting(Gauge::value).containsExactly(exact);
      assertThat(rounded.from(Gauge.class).groupBy().select(max("value")).list().get(0).value(0))
          .isEqualTo(exact);
    }
  }

  /** Asks for one row at a time. */
  private static List<Row> published(BucketQuery query)
      throws ExecutionException, InterruptedException {
    ExecutorService executor = Executors.newSingleThreadExecutor();
    try {
      List<Row> rows = new ArrayList<>();
      CompletableFuture<List<Row>> all = new CompletableFuture<>();
      query
          .publisher(executor)
          .subscribe(
              new Flow.Subscriber<>() {
                private Flow.@Nullable Subscription subscription;

                @Override
                public void onSubscribe(Flow.Subscription started) {
                  subscription = started;
                  started.request(1);
                }

                @Override
                public void onNext(Row row) {
                  rows.add(row);
                  subscription.request(1);
                }

                @Override
                public void onError(Throwable error) {
                  all.completeExceptionally(error);
                }

                @Override
                public void onComplete() {
                  all.complete(rows);
                }
              });
      return all.get();
    } finally {
      executor.shutdownNow();
    }
  }

  private Query<Gauge> all() {
    return varve.from(Gauge.class).oldestFirst();
  }

  private BucketQuery hourly() {
    return all().bucket(Duration.ofHours(1));
  }

  private List<String> starts(Bucket bucket) {
    return all().bucket(bucket).select(count()).list().stream()
        .map(row -> String.valueOf(row.value("bucket")))
        .toList();
  }

  private static List<@Nullable Object> values(BucketQuery query) {
    return query.list().stream().<@Nullable Object>map(row -> row.value(0)).toList();
  }

  private static List<@Nullable Object> values(BucketQuery query, String column) {
    return query.list().stream().<@Nullable Object>map(row -> row.value(column)).toList();
  }

  private static List<@Nullable Object> values(BucketQuery query, String column, String device) {
    List<@Nullable Object> values = new ArrayList<>();
    query.list().stream()
        .filter(row -> device.equals(row.value("device")))
        .forEach(row -> values.add(row.value(column)));
    return values;
  }

  private static List<String> devices(Query<Gauge> query) {
    return query.list().stream().map(Gauge::device).toList();
  }

  private void write(Gauge... gauges) {
    varve.table(Gauge.class).insertAll(Arrays.asList(gauges));
  }

  private static Gauge gauge(long seconds, String device, @Nullable Double value) {
    return gauge(seconds, device, value, null);
  }

  private static Gauge gauge(
      long seconds, String device, @Nullable Double value, @Nullable Long total) {
    return new Gauge(NOON.plusSeconds(seconds), device, value, total);
  }

  private static Gauge gauge(Instant time, String device) {
    return new Gauge(time, device, 1.0, null);
  }
}
