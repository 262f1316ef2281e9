package io.varve.testkit.contract;

import static io.varve.testkit.contract.Records.ALL;
import static io.varve.testkit.contract.Records.OPTIONS;
import static io.varve.testkit.contract.Records.START;
import static io.varve.testkit.contract.Records.at;
import static io.varve.testkit.contract.Records.hours;
import static io.varve.testkit.contract.Records.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.varve.CapacityException;
import io.varve.MappingException;
import io.varve.Varve;
import io.varve.series.AggregateRecord;
import io.varve.series.BatchResult;
import io.varve.series.ChangeOrder;
import io.varve.series.RecordOptions;
import io.varve.series.SeriesClient;
import io.varve.series.SeriesStatistics;
import io.varve.series.TimeRange;
import io.varve.series.TimeSeriesRecord;
import io.varve.series.ValueBucket;
import io.varve.series.ValueDelta;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the client for entities answers, and the aggregates it keeps. */
@ExtendWith(VarveExtension.class)
final class SeriesQueryContract {

  private final Varve varve;
  private final SeriesClient client;

  SeriesQueryContract(Varve varve) {
    this.varve = varve;
    this.client = Records.client(varve);
  }

  @Test
  void recordsOfARangeComeInPages() {
    client.insertMany(hours("a", 30, 1));
    client.insertMany(hours("b", 30, 2));
    TimeRange range = new TimeRange(at(60), at(25 * 60));
    List<TimeSeriesRecord> all = client.records("a", range);
    assertThat(all).hasSize(24).first().isEqualTo(record("a", 24 * 60, 24));
    assertThat(client.records("a", range, RecordOptions.newest(5))).isEqualTo(all.subList(0, 5));
    assertThat(client.records("a", range, RecordOptions.newest(5).offset(5)))
        .isEqualTo(all.subList(5, 10));
    assertThat(
            client.records("a", new TimeRange(at(60), all.get(4).time()), RecordOptions.newest(5)))
        .isEqualTo(all.subList(5, 10));
    assertThat(client.records("a", range, RecordOptions.oldest(2).offset(1)))
        .containsExactly(record("a", 120, 2), record("a", 180, 3));
    assertThat(client.records("a", new TimeRange(at(60), at(60)))).isEmpty();
    assertThat(client.records("a' OR true --", range)).isEmpty();
  }

  @Test
  void recordsAreCompleteOrRefused() {
    client.insertMany(hours("a", 30, 1));
    SeriesClient small = SeriesClient.of(varve, OPTIONS.maxRecords(29));
    assertThatThrownBy(() -> small.records("a", ALL))
        .isInstanceOf(CapacityException.class)
        .hasMessageContaining("more than 29");
    assertThat(SeriesClient.of(varve, OPTIONS.maxRecords(30)).records("a", ALL)).hasSize(30);
    assertThatThrownBy(() -> small.aggregateFromRecords("a", Duration.ofHours(1), ALL))
        .isInstanceOf(CapacityException.class);
  }

  @Test
  void streamHoldsTheWholeRange() {
    int records = 20_001;
    BatchResult written =
        SeriesClient.of(varve, OPTIONS.batchSize(6000))
            .insertMany(
                IntStream.range(0, records)
                    .mapToObj(i -> TimeSeriesRecord.of("a", START.plusSeconds(i), i))
                    .toList());
    assertThat(written.written()).isEqualTo(records);
    List<Double> values =
        client.useRecords("a", ALL, stream -> stream.map(TimeSeriesRecord::value).toList());
    assertThat(values).hasSize(records).isSorted().endsWith(records - 1.0);
  }

  @Test
  void latestIsTheNewestOfEachEntity() {
    client.insertMany(hours("a", 3, 1));
    client.insertMany(hours("b", 2, 10));
    assertThat(client.latestValue("a")).hasValue(2);
    assertThat(client.latestValue("nobody")).isEmpty();
    assertThat(client.latest(List.of("b", "nobody", "a", "b")))
        .containsExactly(Map.entry("b", record("b", 60, 10)), Map.entry("a", record("a", 120, 2)));
    assertThat(client.latestValues(List.of("b", "nobody")))
        .containsExactly(
            Map.entry("b", OptionalDouble.of(10)), Map.entry("nobody", OptionalDouble.empty()));
    assertThat(client.latest(List.of())).isEmpty();
  }

  @Test
  void deltaIsFromTheFirstToTheLastRecord() {
    client.insertMany(hours("a", 5, -2));
    ValueDelta delta = client.valueDelta("a", new TimeRange(at(60), at(240))).orElseThrow();
    assertThat(delta).isEqualTo(new ValueDelta("a", at(60), -2, at(180), -6));
    assertThat(delta.delta()).isEqualTo(-4);
    assertThat(delta.percent()).hasValue(-200);
    assertThat(client.valueDelta("a", ALL).orElseThrow().percent()).isEmpty();
    assertThat(client.valueDelta("a", new TimeRange(at(1), at(2)))).isEmpty();
  }

  @Test
  void statisticsAreOfTheSpanThatEndsNow() {
    client.insertMany(hours("a", 49, 1));
    SeriesStatistics statistics = client.statistics("a", Duration.ofHours(5)).orElseThrow();
    assertThat(statistics.count()).isEqualTo(5);
    assertThat(statistics.min()).isEqualTo(43);
    assertThat(statistics.max()).isEqualTo(47);
    assertThat(statistics.mean()).isEqualTo(45);
    assertThat(statistics.median()).isEqualTo(45);
    assertThat(statistics.p95()).isCloseTo(46.8, within(1e-9));
    assertThat(statistics.variance()).hasValue(2.5);
    assertThat(statistics.standardDeviation().orElseThrow())
        .isCloseTo(Math.sqrt(2.5), within(1e-12));
    assertThat(client.variance("a", Duration.ofHours(5))).hasValue(2.5);
    assertThat(client.variance("a", Duration.ofHours(1))).isEmpty();
    assertThat(client.statistics("nobody", Duration.ofHours(1))).isEmpty();
    assertThat(client.statistics("a", new TimeRange(at(0), at(61))).orElseThrow().count())
        .isEqualTo(2);
  }

  @Test
  void topChangesAreTheGreatest() {
    client.insertMany(hours("falling", 48, -1));
    client.insertMany(List.of(record("doubled", 60, 10), record("doubled", 120, 20)));
    client.insertMany(List.of(record("same", 60, 10), record("same", 120, 10)));
    client.insertMany(List.of(record("huge", 60, -1e308), record("huge", 120, 1e308)));
    client.insertMany(List.of(record("single", 60, 99), record("before", -60, 0)));
    assertThat(client.topChanges(3, Duration.ofDays(2), ChangeOrder.VALUE))
        .extracting(ValueDelta::entityId)
        .containsExactly("huge", "falling", "doubled");
    assertThat(client.topChanges(10, Duration.ofDays(2), ChangeOrder.PERCENT))
        .extracting(ValueDelta::entityId)
        .containsExactly("huge", "doubled", "same");
    assertThat(client.topChanges(10, Duration.ofHours(2), ChangeOrder.VALUE))
        .containsExactly(new ValueDelta("falling", at(46 * 60), -46, at(47 * 60), -47));
  }

  @Test
  void distributionCountsEveryValueOnce() {
    client.insertMany(hours("a", 11, 1));
    assertThat(client.valueDistribution("a", ALL, 4))
        .containsExactly(
            new ValueBucket(0, 2.5, 3, 3 / 11.0),
            new ValueBucket(2.5, 5, 2, 2 / 11.0),
            new ValueBucket(5, 7.5, 3, 3 / 11.0),
            new ValueBucket(7.5, 10, 3, 3 / 11.0));
    client.insertMany(List.of(record("b", 0, 7), record("b", 1, 7)));
    assertThat(client.valueDistribution("b", ALL, 4)).containsExactly(new ValueBucket(7, 7, 2, 1));
    assertThat(client.valueDistribution("nobody", ALL, 4)).isEmpty();
    client.insertMany(List.of(record("c", 0, 0), record("c", 1, 100)));
    assertThat(client.valueDistribution("c", ALL, 3))
        .extracting(ValueBucket::count)
        .containsExactly(1L, 0L, 1L);
  }

  @Test
  void aggregatesAreComputedAndKept() {
    client.insertMany(
        List.of(
            record("a", 0, 0.1),
            record("a", 5, 0.1),
            record("a", 10, 0.1),
            record("a", 15, 7),
            record("a", 29, 9),
            record("b", 0, 1)));
    Duration quarter = Duration.ofMinutes(15);
    List<AggregateRecord> computed = client.aggregateFromRecords("a", quarter, ALL);
    assertThat(computed)
        .containsExactly(
            new AggregateRecord("a", 900, at(0), 3, 0.1, 0.1, 0.1, 0.1 + 0.1 + 0.1),
            new AggregateRecord("a", 900, at(15), 2, 7, 9, 8, 16.0));
    assertThat(client.aggregate("a", quarter, ALL)).isEmpty();
    BatchResult stored = client.storeAggregates("a", quarter, new TimeRange(at(1), at(16)));
    assertThat(stored.written()).isEqualTo(2);
    assertThat(client.aggregate("a", quarter, ALL)).isEqualTo(computed);
    assertThat(client.aggregate("a", Duration.ofMinutes(30), ALL)).isEmpty();
    client.insert(record("a", 16, 20));
    client.storeAggregates("a", quarter, new TimeRange(at(15), at(30)));
    assertThat(client.aggregate("a", quarter, ALL))
        .containsExactly(
            computed.get(0), new AggregateRecord("a", 900, at(15), 3, 7, 20, 12, 36.0));
    for (int minute : List.of(0, 1)) {
      TimeRange empty = new TimeRange(at(minute), at(minute));
      assertThat(client.storeAggregates("a", quarter, empty).written()).isZero();
    }
    TimeRange unbounded = new TimeRange(Instant.MIN, Instant.MAX);
    assertThat(client.storeAggregates("a", quarter, unbounded).written()).isEqualTo(2);
    assertThat(client.storeAggregates("a", quarter, new TimeRange(at(20), Instant.MAX)).written())
        .isEqualTo(1);
  }

  @Test
  void aggregatesOfOthersAreStored() {
    AggregateRecord day = new AggregateRecord("a", 86_400, at(0), 10, 1, 3, 2, null);
    client.insertAggregate(day);
    client.insertAggregate(day);
    assertThat(client.aggregate("a", Duration.ofDays(1), ALL)).containsExactly(day);
    assertThatThrownBy(
            () ->
                client.insertAggregate(new AggregateRecord("a", 86_400, at(60), 10, 1, 3, 2, null)))
        .isInstanceOfSatisfying(
            MappingException.class, e -> assertThat(e.column()).contains("time"));
    BatchResult result =
        client.insertManyAggregates(
            List.of(day, new AggregateRecord("a", 60, at(0), 10, 1, 3, 4, null)));
    assertThat(result.written()).isEqualTo(1);
    assertThat(result.failures())
        .singleElement()
        .matches(failure -> failure.message().contains("avg_value is 4.0"));
  }
}
