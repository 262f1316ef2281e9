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
import static io.varve.query.Aggregate.timeWeightedAvg;
import static io.varve.query.Aggregate.variance;
import static io.varve.query.Condition.column;
import static io.varve.testkit.contract.Gauges.NOON;
import static io.varve.testkit.contract.Gauges.gauge;
import static io.varve.testkit.contract.Gauges.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.varve.Preset;
import io.varve.Setting;
import io.varve.Tier;
import io.varve.Varve;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Measure;
import io.varve.model.Row;
import io.varve.model.Table;
import io.varve.model.Time;
import io.varve.model.TimeSeries;
import io.varve.query.Bucket;
import io.varve.query.BucketQuery;
import io.varve.query.Fill;
import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TestDatabase;
import io.varve.testkit.contract.Gauges.Gauge;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is computed of the rows of a group. */
@ExtendWith({DatabaseExtension.class, VarveExtension.class})
final class AggregateContract {

  private final TestDatabase database;
  private final Varve varve;
  private final Gauges gauges;

  AggregateContract(TestDatabase database, Varve varve) {
    this.database = database;
    this.varve = varve;
    this.gauges = Gauges.create(varve);
  }

  @Test
  void aggregatesOfEveryKind() {
    gauges.write(
        gauge(0, "a", 1.0, 10L),
        gauge(600, "a", 3.0, 25L),
        gauge(1200, "a", 3.0, 5L),
        gauge(1800, "a", null, null),
        gauge(2400, "a", 9.0, 8L));
    Row row =
        gauges
            .hourly()
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
    gauges.write(
        gauge(0, "a", null, 10L),
        gauge(1, "b", null, 100L),
        gauge(3600, "a", null, 14L),
        gauge(3601, "b", null, 90L),
        gauge(7200, "a", null, 20L));
    assertThat(gauges.hourly().select(increase("total")).list())
        .extracting(row -> String.valueOf(row.value("total_increase")))
        .containsExactly("null", "94", "6");
    assertThat(gauges.all().groupBy().select(increase("total")).list().get(0).value(0))
        .hasToString("100");
  }

  @Test
  void groupsWithoutBuckets() {
    gauges.write(gauge(0, "a", 1.0), gauge(7200, "a", 3.0), gauge(1, "b", 5.0));
    List<Row> rows =
        gauges
            .all()
            .groupBy("device")
            .select(avg("value"), count())
            .orderByDescending("count")
            .list();
    assertThat(rows)
        .extracting(Row::asMap)
        .extracting(Object::toString)
        .containsExactly(
            "{device=a, value_avg=2.0, count=2}", "{device=b, value_avg=5.0, count=1}");
  }

  @Test
  void rowsWithoutAValueTakeNoTimeInARate() {
    gauges.write(
        gauge(0, "a", null, 10L),
        gauge(10, "a", null),
        gauge(50, "a", null),
        gauge(100, "a", null, 30L));
    assertThat(gauges.hourly().select(rate("total")).list().get(0).value("total_rate"))
        .isEqualTo(0.2);
  }

  @Test
  void theDeviationOfLargeWholeNumbersHasAllItsDigits() {
    gauges.write(gauge(0, "a", null, 2_147_483_647L));
    for (int second = 1; second < 40; second++) {
      gauges.write(gauge(second, "a", null, 0L));
    }
    Row row = gauges.hourly().select(stddev("total"), variance("total")).list().get(0);
    double variance = (Double) Objects.requireNonNull(row.value("total_variance"));
    assertThat((Double) row.value("total_stddev")).isEqualTo(Math.sqrt(variance), within(1e-6));
  }

  @Test
  void aLongBucketWithAChangeOfTheClockEndsWhereTheNextOneBegins() {
    Instant start = Instant.parse("2024-08-24T04:00:00Z");
    Instant end = Instant.parse("2024-12-02T05:00:00Z");
    gauges.write(
        new Gauge(start, "a", 0.0, null), new Gauge(end.minusSeconds(86_400), "a", 2401.0, null));
    assertThat(
            gauges
                .all()
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
    gauges.write(gauge(0, "a", Double.NEGATIVE_INFINITY), gauge(0, "a", 2.0));
    assertThat(
            gauges
                .all()
                .range(NOON, NOON.plusSeconds(10))
                .groupBy()
                .select(timeWeightedAvg("value"))
                .list()
                .get(0)
                .value(0))
        .isEqualTo(2.0);
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
        gauges
            .all()
            .groupBy("device")
            .select(first("value"), max("value"), last("value"), last("total"));
    assertThat(ends.list())
        .hasToString(
            "[{device=a, value_first=0.0, value_max=1000.0, value_last=1000.0, total_last=null},"
                + " {device=b, value_first=-5.0, value_max=0.0, value_last=null, total_last=null}]");
    BucketQuery one =
        gauges
            .all()
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
    assertThat(gauges.all().groupBy("total").select(last("value")).explain().sql())
        .doesNotContain("LATERAL");
    assertThat(
            gauges
                .all()
                .where(column("value").gt(0.0))
                .groupBy()
                .select(last("value"))
                .explain()
                .sql())
        .doesNotContain("LATERAL");
  }

  /** The declared type's length and precision are for what is written. */
  @Test
  void endsAreNotRounded() {
    Table<Row> exact =
        Table.builder("gauges_exact")
            .time("time", ColumnType.of(Kind.TIMESTAMPTZ))
            .measure("number", ColumnType.of(Kind.NUMERIC))
            .measure("word", ColumnType.of(Kind.TEXT))
            .build();
    Table<Row> declared =
        Table.builder("gauges_exact")
            .time("time", ColumnType.of(Kind.TIMESTAMPTZ))
            .measure("number", new ColumnType(Kind.NUMERIC, false, "numeric(5,2)"))
            .measure("word", new ColumnType(Kind.TEXT, false, "varchar(3)"))
            .build();
    varve.schema().create(exact);
    varve
        .table(exact)
        .insert(
            new Row(List.of("time", "number", "word"), NOON, new BigDecimal("1.2345"), "abcdef"));
    assertThat(
            varve
                .from(declared)
                .groupBy()
                .select(first("number"), last("word"), delta("number"))
                .list())
        .hasToString("[{number_first=1.2345, word_last=abcdef, number_delta=0.0000}]");
  }

  /** The table's names are those the statement itself uses. */
  @Test
  void endsOfAllSeriesAreLookedUpInEachOfThem() throws SQLException {
    Table<Row> table =
        Table.builder("groups")
            .time("last", ColumnType.of(Kind.TIMESTAMPTZ))
            .dimension("series", ColumnType.of(Kind.TEXT))
            .dimension("d1", ColumnType.of(Kind.INTEGER))
            .measure("found", ColumnType.of(Kind.DOUBLE))
            .measure("c1", ColumnType.of(Kind.TEXT))
            .build();
    varve.schema().create(table);
    List<String> names = List.of("last", "series", "d1", "found", "c1");
    List<Row> rows = new ArrayList<>();
    for (int minute = 0; minute < 400; minute++) {
      for (int number = 0; number < 3; number++) {
        Instant time = NOON.plusSeconds(minute * 60L + (minute == 80 ? number : 0));
        String note = number + minute % 2 == 0 ? null : number + " at " + minute;
        rows.add(new Row(names, time, "s" + minute % 2, number, minute + number - 1.0, note));
      }
    }
    varve.table(table).insertAll(rows);
    Sql.execute(database, "ANALYZE groups");
    BucketQuery ends =
        varve
            .from(table)
            .range(NOON, NOON.plus(Duration.ofHours(12)))
            .bucket(Duration.ofHours(4))
            .select(first("found"), first("c1"), last("found"), count(), last("c1"))
            .fill("count", Fill.value(0));
    assertThat(ends.list())
        .extracting(Row::asMap)
        .extracting(it -> new ArrayList<>(it.values()).subList(1, 6).toString())
        .containsExactly(
            "[-1.0, 1 at 0, 240.0, 720, 2 at 239]",
            "[239.0, 1 at 240, 400.0, 480, 2 at 399]",
            "[null, null, null, 0, null]");
    BucketQuery whole =
        varve.from(table).groupBy().select(last("found"), first("c1"), first("found"));
    assertThat(whole.list()).hasToString("[{found_last=400.0, c1_first=1 at 0, found_first=-1.0}]");
    assertThat(whole.explain().sql().contains("RECURSIVE"))
        .isEqualTo(varve.capabilities().tier() == Tier.PLAIN);
    assertThat(
            varve
                .from(table)
                .range(NOON.plusSeconds(4800), NOON.plusSeconds(4802))
                .groupBy()
                .select(last("found"), first("found"))
                .list())
        .hasToString("[{found_last=80.0, found_first=79.0}]");
    BucketQuery few =
        varve.from(table).range(NOON, NOON.plusSeconds(60)).groupBy().select(last("found"));
    for (BucketQuery compared :
        List.of(varve.from(table).groupBy("d1").select(last("found")), few)) {
      assertThat(compared.explain().sql()).doesNotContain("LATERAL");
    }
    Sql.execute(database, "CREATE INDEX ON groups (last)");
    assertThat(whole.list()).hasToString("[{found_last=400.0, c1_first=1 at 0, found_first=-1.0}]");
    assertThat(whole.explain().sql()).doesNotContain("RECURSIVE");
    assertThat(ends.explain().sql().contains("LATERAL"))
        .isEqualTo(varve.capabilities().tier() == Tier.PLAIN);
  }

  @TimeSeries(table = "days", chunk = "7 days")
  record Day(@Time LocalDate day, @Measure Double value) {}

  @Test
  void infinityEndsNoBucket() {
    gauges.write(gauge(0, "a", 5.0), gauge(60, "a", 10.0), gauge(120, "a", 99.0));
    varve.schema().create(Table.of(Day.class));
    LocalDate monday = LocalDate.of(2024, 1, 1);
    varve
        .table(Day.class)
        .insertAll(List.of(new Day(monday, 5.0), new Day(monday.plusDays(1), 10.0)));
    for (Instant end : List.of(Instant.MAX, Instant.parse("+6000000-01-01T00:00:00Z"))) {
      assertThat(values(gauges.all().range(NOON, end).groupBy().select(timeWeightedAvg("value"))))
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
  void doublesAreExactWhateverTheSessionsDigits() {
    double exact = 0.1 + 0.2;
    gauges.write(gauge(0, "a", exact));
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
}
