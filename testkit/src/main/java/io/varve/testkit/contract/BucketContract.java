package io.varve.testkit.contract;

import static io.varve.query.Aggregate.avg;
import static io.varve.query.Aggregate.count;
import static io.varve.query.Aggregate.first;
import static io.varve.query.Aggregate.last;
import static io.varve.query.Aggregate.max;
import static io.varve.query.Aggregate.min;
import static io.varve.query.Aggregate.sum;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.varve.SchemaException;
import io.varve.Varve;
import io.varve.VarveException;
import io.varve.model.Dimension;
import io.varve.model.Measure;
import io.varve.model.Row;
import io.varve.model.Table;
import io.varve.model.Time;
import io.varve.model.TimeSeries;
import io.varve.query.BucketQuery;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.groups.Tuple;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Aggregates per time bucket. */
@ExtendWith(VarveExtension.class)
final class BucketContract {

  private final Varve varve;

  BucketContract(Varve varve) {
    this.varve = varve;
  }

  @TimeSeries(table = "readings", chunk = "1 day")
  record Reading(
      @Time Instant time,
      @Dimension String device,
      @Measure double temperature,
      @Measure @Nullable Long steps) {}

  @BeforeEach
  void createTheTable() {
    varve.schema().create(Table.of(Reading.class));
  }

  @Test
  void aggregatesAreNamedAfterColumnAndFunction() {
    write(
        reading("2024-01-01T00:10:00Z", "a", 2, null),
        reading("2024-01-01T00:59:59.999999Z", "a", 4, 5L),
        reading("2024-01-01T00:00:00Z", "b", 3, 7L));
    List<Row> rows =
        hourly()
            .select(
                count(),
                count("steps"),
                sum("steps"),
                avg("temperature"),
                min("temperature"),
                max("temperature"),
                first("temperature"),
                last("temperature"))
            .list();
    assertThat(rows).hasSize(1);
    Row row = rows.get(0);
    assertThat(row.names())
        .containsExactly(
            "bucket",
            "count",
            "steps_count",
            "steps_sum",
            "temperature_avg",
            "temperature_min",
            "temperature_max",
            "temperature_first",
            "temperature_last");
    assertThat(row.value("bucket")).isEqualTo(Instant.parse("2024-01-01T00:00:00Z"));
    assertThat(row.value("count")).isEqualTo(3L);
    assertThat(row.value("steps_count")).isEqualTo(2L);
    assertThat(row.value("steps_sum")).hasToString("12");
    assertThat(row.value("temperature_avg")).isEqualTo(3.0);
    assertThat(row.value("temperature_min")).isEqualTo(2.0);
    assertThat(row.value("temperature_max")).isEqualTo(4.0);
    assertThat(row.value("temperature_first")).isEqualTo(3.0);
    assertThat(row.value("temperature_last")).isEqualTo(4.0);
  }

  @Test
  void bucketWithoutValuesHasNullAggregates() {
    write(reading("2024-01-01T00:00:00Z", "a", 1, null));
    Row row = hourly().select(sum("steps"), last("steps"), count("steps")).list().get(0);
    assertThat(row.value("steps_sum")).isNull();
    assertThat(row.value("steps_last")).isNull();
    assertThat(row.value("steps_count")).isEqualTo(0L);
  }

  @Test
  void bucketsComeOldestFirstThenByGroup() {
    write(
        reading("2024-01-01T01:00:00Z", "b", 1, null),
        reading("2024-01-01T01:00:00Z", "a", 2, null),
        reading("2024-01-01T00:00:00Z", "b", 3, null));
    List<Row> rows = hourly().groupBy("device").select(max("temperature")).list();
    assertThat(rows)
        .extracting(row -> row.value("bucket"), row -> row.value("device"), row -> row.value(2))
        .containsExactly(
            tuple("2024-01-01T00:00:00Z", "b", 3.0),
            tuple("2024-01-01T01:00:00Z", "a", 2.0),
            tuple("2024-01-01T01:00:00Z", "b", 1.0));
  }

  @Test
  void newestFirstAndLimit() {
    write(
        reading("2024-01-01T00:00:00Z", "a", 1, null),
        reading("2024-01-01T01:00:00Z", "a", 2, null),
        reading("2024-01-01T02:00:00Z", "a", 3, null));
    assertThat(hourly().select(max("temperature")).newestFirst().limit(2).list())
        .extracting(row -> row.value("temperature_max"))
        .containsExactly(3.0, 2.0);
  }

  @Test
  void rangeCutsRowsBeforeTheyAreGrouped() {
    write(
        reading("2024-01-01T00:29:59.999999Z", "a", 1, null),
        reading("2024-01-01T00:30:00Z", "a", 2, null),
        reading("2024-01-01T01:30:00Z", "a", 3, null));
    List<Row> rows =
        varve
            .from(Reading.class)
            .range(Instant.parse("2024-01-01T00:30:00Z"), Instant.parse("2024-01-01T01:30:00Z"))
            .bucket(Duration.ofHours(1))
            .select(count())
            .list();
    assertThat(rows)
        .extracting(row -> row.value("bucket"), row -> row.value("count"))
        .containsExactly(tuple("2024-01-01T00:00:00Z", 1L));
  }

  @Test
  void weeksStartOnMonday() {
    write(
        reading("2024-01-07T23:59:59.999999Z", "a", 1, null),
        reading("2024-01-08T00:00:00Z", "a", 2, null),
        reading("1999-12-31T12:00:00Z", "a", 3, null));
    assertThat(starts(varve.from(Reading.class).bucket(Duration.ofDays(7))))
        .containsExactly("1999-12-27T00:00:00Z", "2024-01-01T00:00:00Z", "2024-01-08T00:00:00Z");
    assertThat(starts(varve.from(Reading.class).bucket(Period.ofWeeks(1))))
        .containsExactly("1999-12-27T00:00:00Z", "2024-01-01T00:00:00Z", "2024-01-08T00:00:00Z");
  }

  @Test
  void calendarBucketsFollowTheCalendarInUtc() {
    write(
        reading("2024-02-29T23:59:59.999999Z", "a", 1, null),
        reading("2024-03-01T00:00:00Z", "a", 2, null),
        reading("2024-04-01T00:00:00Z", "a", 3, null),
        reading("1969-12-31T23:59:59Z", "a", 4, null));
    assertThat(starts(varve.from(Reading.class).bucket(Period.ofMonths(1))))
        .containsExactly(
            "1969-12-01T00:00:00Z",
            "2024-02-01T00:00:00Z",
            "2024-03-01T00:00:00Z",
            "2024-04-01T00:00:00Z");
    assertThat(starts(varve.from(Reading.class).bucket(Period.ofMonths(3))))
        .containsExactly("1969-10-01T00:00:00Z", "2024-01-01T00:00:00Z", "2024-04-01T00:00:00Z");
    assertThat(starts(varve.from(Reading.class).bucket(Period.ofYears(1))))
        .containsExactly("1969-01-01T00:00:00Z", "2024-01-01T00:00:00Z");
  }

  @Test
  void daylightSavingLeavesBucketsAlone() {
    write(
        reading("2024-03-10T06:59:00Z", "a", 1, null),
        reading("2024-03-10T07:00:00Z", "a", 2, null),
        reading("2024-11-03T05:30:00Z", "a", 3, null),
        reading("2024-11-03T06:30:00Z", "a", 4, null));
    assertThat(starts(hourly()))
        .containsExactly(
            "2024-03-10T06:00:00Z",
            "2024-03-10T07:00:00Z",
            "2024-11-03T05:00:00Z",
            "2024-11-03T06:00:00Z");
    assertThat(starts(varve.from(Reading.class).bucket(Duration.ofDays(1))))
        .containsExactly("2024-03-10T00:00:00Z", "2024-11-03T00:00:00Z");
  }

  @TimeSeries(table = "steps", chunk = "1000")
  record Step(@Time long step, @Measure int value) {}

  @Test
  void integerTimesFallIntoBucketsOfUnits() {
    varve.schema().create(Table.of(Step.class));
    varve
        .table(Step.class)
        .insertAll(List.of(new Step(-1, 1), new Step(0, 2), new Step(9, 3), new Step(10, 4)));
    List<Row> rows = varve.from(Step.class).bucket(10).select(sum("value"), count()).list();
    assertThat(rows)
        .extracting(row -> row.value("bucket"), row -> row.value("count"))
        .containsExactly(Tuple.tuple(-10L, 1L), Tuple.tuple(0L, 2L), Tuple.tuple(10L, 1L));
  }

  @Test
  void streamGivesTheSameRowsAsTheList() {
    write(
        reading("2024-01-01T00:00:00Z", "a", 1, null),
        reading("2024-01-02T01:00:00Z", "a", 2, null));
    BucketQuery query = hourly().groupBy("device").select(avg("temperature"));
    try (Stream<Row> stream = query.stream()) {
      assertThat(stream).isEqualTo(query.list());
    }
  }

  @Test
  void unknownColumnIsRefused() {
    assertThatThrownBy(() -> hourly().select(avg("colour")).list())
        .isInstanceOf(SchemaException.class)
        .hasMessageContaining("table readings has no column \"colour\"");
    assertThatThrownBy(() -> hourly().groupBy("colour").select(count()).list())
        .isInstanceOf(SchemaException.class)
        .hasMessageContaining("table readings has no column \"colour\"");
  }

  @Test
  void averageOfTextIsRefused() {
    assertThatThrownBy(() -> hourly().select(avg("device")).list())
        .isInstanceOf(VarveException.class)
        .hasMessageContaining("device");
  }

  @Test
  void widthMustBePositive() {
    assertThatThrownBy(() -> varve.from(Reading.class).bucket(Duration.ZERO).select(count()).list())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("bucket width PT0S; expected more than zero");
    assertThatThrownBy(
            () -> varve.from(Reading.class).bucket(Period.ofMonths(-1)).select(count()).list())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("bucket width P-1M; expected more than zero");
  }

  @Test
  void selectingNothingIsRefused() {
    assertThatThrownBy(() -> hourly().list())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "aggregating readings: no aggregate was selected; expected select(…) before the answer");
  }

  /** The oracle: the same grouping, done here row by row. */
  @ParameterizedTest
  @ValueSource(longs = {1, 7, 60, 977, 86_400, 604_800})
  void bucketsAgreeWithGroupingByHand(long widthSeconds) {
    Random random = new Random(widthSeconds);
    Instant start = Instant.parse("2023-12-25T00:00:00Z");
    List<Reading> readings =
        random
            .longs(2000, 0, 20L * 86_400 * 1_000_000)
            .mapToObj(
                micros ->
                    new Reading(
                        start.plusNanos(micros * 1000),
                        "d" + random.nextInt(3),
                        random.nextGaussian(),
                        null))
            .toList();
    varve.table(Reading.class).insertAll(readings);

    Map<List<Object>, DoubleSummaryStatistics> expected =
        readings.stream()
            .collect(
                Collectors.groupingBy(
                    reading -> List.of(bucketOf(reading.time(), widthSeconds), reading.device()),
                    Collectors.summarizingDouble(Reading::temperature)));
    List<Row> rows =
        varve
            .from(Reading.class)
            .bucket(Duration.ofSeconds(widthSeconds))
            .groupBy("device")
            .select(count(), avg("temperature"), min("temperature"), max("temperature"))
            .list();

    assertThat(rows).hasSameSizeAs(expected.entrySet());
    for (Row row : rows) {
      DoubleSummaryStatistics statistics =
          expected.get(
              Stream.of(row.value("bucket"), row.value("device")).collect(Collectors.toList()));
      assertThat(statistics).as("bucket of %s", row).isNotNull();
      assertThat(row.value("count")).isEqualTo(statistics.getCount());
      assertThat(row.value("temperature_min")).isEqualTo(statistics.getMin());
      assertThat(row.value("temperature_max")).isEqualTo(statistics.getMax());
      assertThat(row.value("temperature_avg", Double.class))
          .isCloseTo(statistics.getAverage(), within(1e-9));
    }
  }

  /** Buckets count from Monday 2000-01-03. */
  private static Instant bucketOf(Instant time, long widthSeconds) {
    long origin = Instant.parse("2000-01-03T00:00:00Z").getEpochSecond();
    long index = Math.floorDiv(time.getEpochSecond() - origin, widthSeconds);
    return Instant.ofEpochSecond(origin + index * widthSeconds);
  }

  private BucketQuery hourly() {
    return varve.from(Reading.class).bucket(Duration.ofHours(1));
  }

  private static List<String> starts(BucketQuery query) {
    return query.select(count()).list().stream()
        .map(row -> String.valueOf(row.value("bucket")))
        .toList();
  }

  private void write(Reading... readings) {
    varve.table(Reading.class).insertAll(List.of(readings));
  }

  private static Reading reading(
      String time, String device, double temperature, @Nullable Long steps) {
    return new Reading(Instant.parse(time), device, temperature, steps);
  }

  private static Tuple tuple(String time, Object... values) {
    List<Object> all = new ArrayList<>(List.of(Instant.parse(time)));
    all.addAll(List.of(values));
    return new Tuple(all.toArray());
  }
}
