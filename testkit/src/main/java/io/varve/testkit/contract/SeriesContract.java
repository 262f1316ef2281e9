package io.varve.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.varve.CapacityException;
import io.varve.ClosedException;
import io.varve.ConstraintException;
import io.varve.MappingException;
import io.varve.SchemaException;
import io.varve.Varve;
import io.varve.health.Health;
import io.varve.ingest.RowFailure;
import io.varve.ingest.WriteMode;
import io.varve.model.Json;
import io.varve.model.Table;
import io.varve.series.AggregateRecord;
import io.varve.series.BatchResult;
import io.varve.series.ChangeOrder;
import io.varve.series.RecordOptions;
import io.varve.series.SchemaInfo;
import io.varve.series.SeriesClient;
import io.varve.series.SeriesOptions;
import io.varve.series.SeriesStatistics;
import io.varve.series.TimeRange;
import io.varve.series.TimeSeriesRecord;
import io.varve.series.ValueBucket;
import io.varve.series.ValueDelta;
import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TestDatabase;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TimeZone;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.postgresql.ds.PGSimpleDataSource;

/** The client for entities and their values. */
@ExtendWith(DatabaseExtension.class)
final class SeriesContract {

  /** A Monday, and not the first day of a chunk. */
  private static final Instant START = Instant.parse("2024-01-01T00:00:00Z");

  private static final Instant NOW = START.plus(Duration.ofDays(2));
  private static final TimeRange ALL = new TimeRange(START, NOW);
  private static final SeriesOptions OPTIONS =
      SeriesOptions.defaults().clock(Clock.fixed(NOW, ZoneOffset.UTC));

  private final TestDatabase database;
  private final Varve varve;
  private final SeriesClient client;

  SeriesContract(TestDatabase database) {
    this.database = database;
    this.varve = database.connect();
    this.client = SeriesClient.of(varve, OPTIONS);
  }

  @BeforeEach
  void createTables() {
    client.ensureSchema();
  }

  @AfterEach
  void dropEverything() {
    try (varve) {
      Sql.dropHypertables(varve);
    }
  }

  private static Instant at(int minute) {
    return START.plus(Duration.ofMinutes(minute));
  }

  private static TimeSeriesRecord record(String entity, int minute, double value) {
    return TimeSeriesRecord.of(entity, at(minute), value);
  }

  private static List<TimeSeriesRecord> hours(String entity, int hours, double factor) {
    return IntStream.range(0, hours)
        .mapToObj(hour -> record(entity, hour * 60, hour * factor))
        .toList();
  }

  @Test
  void recordComesBackAsItIs() {
    TimeSeriesRecord whole =
        new TimeSeriesRecord(
            "a", at(1).plusNanos(1000), 1.5, -2.0, 1e300, 4.9e-324, new Json("{\"unit\": \"°C\"}"));
    client.insert(whole);
    client.insert(record("a", 2, -0.5));
    assertThat(client.records("a", ALL)).containsExactly(record("a", 2, -0.5), whole);
  }

  @Test
  void zeroIsNotNull() {
    TimeSeriesRecord zeroes = new TimeSeriesRecord("a", at(0), 0, 0.0, 0.0, 0.0, null);
    client.insert(zeroes);
    client.insertMany(List.of(new TimeSeriesRecord("b", at(0), 0, 0.0, null, 0.0, null)));
    assertThat(client.latest("a")).contains(zeroes);
    assertThat(client.latest("b"))
        .hasValueSatisfying(
            record -> {
              assertThat(record.value2()).isZero();
              assertThat(record.value3()).isNull();
              assertThat(record.value4()).isZero();
            });
  }

  @Test
  void recordOfTheSameEntityAndTimeIsReplaced() {
    client.insert(record("a", 0, 1));
    client.insert(record("a", 0, 2).withMetadata(new Json("{}")));
    assertThat(client.records("a", ALL))
        .containsExactly(record("a", 0, 2).withMetadata(new Json("{}")));
    assertThat(client.insert(record("a", 0, 3), WriteMode.SKIP_DUPLICATES)).isFalse();
    assertThat(client.insert(record("a", 1, 3), WriteMode.SKIP_DUPLICATES)).isTrue();
    assertThatThrownBy(() -> client.insert(record("a", 0, 3), WriteMode.APPEND))
        .isInstanceOf(ConstraintException.class);
    BatchResult again = client.insertMany(List.of(record("a", 0, 4), record("b", 0, 4)));
    assertThat(again.written()).isEqualTo(2);
    assertThat(client.latestValues(List.of("a", "b")))
        .isEqualTo(Map.of("a", OptionalDouble.of(3), "b", OptionalDouble.of(4)));
  }

  @Test
  void badRecordsFailNoOthers() {
    SeriesClient small = SeriesClient.of(varve, OPTIONS.batchSize(7));
    List<TimeSeriesRecord> many = new ArrayList<>(hours("a", 20, 1));
    many.set(3, record(" ", 1, 1));
    many.set(8, record("a", 1, Double.NaN));
    many.set(15, TimeSeriesRecord.of("a", at(1).plusNanos(1), 1));
    BatchResult result = small.insertMany(many);
    assertThat(result.written()).isEqualTo(17);
    assertThat(result.failed()).isEqualTo(3);
    assertThat(result.failures()).extracting(RowFailure::index).containsExactly(3L, 8L, 15L);
    assertThat(result.failures())
        .extracting(RowFailure::message)
        .first()
        .isEqualTo("entity_id is \" \"; expected 1 to 200 characters, not all blank");
    assertThat(client.records("a", ALL)).hasSize(17);
  }

  @Test
  void theTablesRefuseWhatTheClientDoes() {
    SeriesClient unchecked = SeriesClient.of(varve, OPTIONS.withoutValidation());
    BatchResult result =
        unchecked.insertMany(
            List.of(
                record("a", 0, 1),
                record("a", 1, Double.NaN),
                record("a", 2, Double.POSITIVE_INFINITY),
                new TimeSeriesRecord("a", at(3), 1, null, Double.NaN, null, null),
                record("", 4, 1),
                record("x".repeat(201), 5, 1),
                record("a", 6, 1),
                record(" \t\r\n", 7, 1)));
    assertThat(result.written()).isEqualTo(2);
    assertThat(result.failures())
        .extracting(RowFailure::index, RowFailure::constraint)
        .containsExactly(
            tuple(1L, "time_series_records_finite"),
            tuple(2L, "time_series_records_finite"),
            tuple(3L, "time_series_records_finite"),
            tuple(4L, "time_series_records_entity"),
            tuple(5L, "time_series_records_entity"),
            tuple(7L, "time_series_records_entity"));
    BatchResult aggregates =
        unchecked.insertManyAggregates(
            List.of(
                aggregate(0, 60, 1, 2, 3),
                aggregate(0, 60, 3, 2, 3),
                aggregate(1, 60, 0, 2, 3),
                new AggregateRecord("a", 3600, at(30), 1, 1, 1, 1, null),
                new AggregateRecord("\t", 60, at(0), 1, 1, 1, 1, null)));
    assertThat(aggregates.failures())
        .extracting(RowFailure::index, RowFailure::constraint)
        .containsExactly(
            tuple(0L, "aggregate_records_values"),
            tuple(2L, "aggregate_records_count"),
            tuple(3L, "aggregate_records_interval"),
            tuple(4L, "aggregate_records_entity"));
  }

  /** With a mean that is right only where the count is 3. */
  private static AggregateRecord aggregate(
      int minute, long seconds, long count, double least, double greatest) {
    double mean = count == 1 ? greatest + 1 : (least + greatest) / 2;
    return new AggregateRecord("a", seconds, at(minute), count, least, greatest, mean, null);
  }

  @Test
  void whatCannotBeUsedIsRefusedByFieldAndValue() {
    assertThatThrownBy(() -> client.insert(record("a", 0, Double.POSITIVE_INFINITY)))
        .isInstanceOfSatisfying(
            MappingException.class, e -> assertThat(e.column()).contains("value"))
        .hasMessage("value is Infinity; expected a finite number");
    assertThatThrownBy(() -> client.latestValue("x".repeat(201)))
        .isInstanceOf(MappingException.class)
        .hasMessageContaining("expected 1 to 200 characters");
    assertThatThrownBy(() -> client.latest(List.of("a", "\t")))
        .isInstanceOf(MappingException.class);
    client.insert(record("a?b", 0, 1));
    for (String id : List.of("a\ud800b", "a\0b")) {
      assertThatThrownBy(() -> client.latest(id)).isInstanceOf(MappingException.class);
      assertThatThrownBy(() -> client.latest(List.of(id))).isInstanceOf(MappingException.class);
    }
    assertThatThrownBy(() -> new TimeRange(at(1), at(0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ends before it starts");
    assertThatThrownBy(() -> client.records("a", ALL, RecordOptions.newest(10_001)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("limit 10001; expected 1 to maxRecords, 10000");
    assertThatThrownBy(() -> RecordOptions.oldest(1).offset(-1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> client.aggregate("a", Duration.ofMillis(1500), ALL))
        .isInstanceOf(MappingException.class)
        .hasMessage("interval is PT1.5S; expected whole seconds");
    assertThatThrownBy(() -> client.aggregateFromRecords("a", Duration.ZERO, ALL))
        .isInstanceOf(MappingException.class)
        .hasMessageContaining("interval_seconds is 0");
    assertThatThrownBy(() -> client.statistics("a", Duration.ofHours(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("PT-1H");
    assertThatThrownBy(() -> client.statistics("a", Duration.ofSeconds(Long.MAX_VALUE)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("span PT2562047788015215H30M7S; expected less than 1,000,000,000 years");
    assertThatThrownBy(() -> client.valueDistribution("a", ALL, 0))
        .isInstanceOf(IllegalArgumentException.class);
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

  @Test
  void schemaIsMadeOnceByHoweverMany() throws Exception {
    client.insert(record("a", 0, 1));
    client.ensureSchema();
    assertThat(client.latestValue("a")).hasValue(1);
    Sql.dropHypertables(varve);
    Race.run(
        10,
        runner -> {
          try (Varve own = database.connect()) {
            SeriesClient.of(own, OPTIONS.createSchema()).insert(record("r" + runner, runner, 1));
            return runner;
          }
        });
    assertThat(varve.from(TimeSeriesRecord.class).count()).isEqualTo(10);
    SchemaInfo info = client.schemaInfo();
    assertThat(info.tables())
        .extracting(table -> table.name().name())
        .containsExactly("aggregate_records", "time_series_records");
    assertThat(info.indexes())
        .filteredOn(SchemaInfo.Index::isUnique)
        .extracting(SchemaInfo.Index::tableName)
        .containsExactly("aggregate_records", "time_series_records");
    assertThat(info.indexes())
        .anyMatch(index -> index.definition().contains("(entity_id, \"time\") INCLUDE (value)"));
    assertThat(info.server()).isEqualTo(varve.capabilities());
  }

  @Test
  void schemaMadeByTheModelAloneIsCompleted() throws SQLException {
    Sql.dropHypertables(varve);
    varve.schema().create(Table.of(TimeSeriesRecord.class));
    varve.table(TimeSeriesRecord.class).insert(record("a", 0, 1));
    client.ensureSchema();
    client.insert(record("a", 0, 2));
    assertThat(client.latestValue("a")).hasValue(2);
    assertThat(
            Sql.value(
                database,
                "SELECT count(*) FROM pg_constraint WHERE conname = 'time_series_records_finite'"
                    + " AND conrelid = 'time_series_records'::regclass"))
        .isEqualTo("1");
  }

  @Test
  void tablesThatAreMissingAreTheClientsToMake() {
    Sql.dropHypertables(varve);
    assertThatThrownBy(() -> client.insert(record("a", 0, 1)))
        .isInstanceOf(SchemaException.class)
        .hasMessageEndingWith("or SeriesClient.ensureSchema()");
    assertThatThrownBy(() -> client.latestValue("a"))
        .isInstanceOf(SchemaException.class)
        .hasMessageEndingWith("or SeriesClient.ensureSchema()");
  }

  @Test
  void sessionsMayHaveAnySettings() {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(database.url());
    source.setUser(database.user());
    source.setPassword(database.password());
    source.setOptions(
        "-c search_path=pg_temp -c IntervalStyle=sql_standard"
            + " -c default_transaction_isolation=serializable");
    TimeZone before = TimeZone.getDefault();
    Sql.dropHypertables(varve);
    try (Varve odd = Varve.of(source)) {
      // The driver makes it the session's.
      TimeZone.setDefault(TimeZone.getTimeZone("America/St_Johns"));
      SeriesClient other = SeriesClient.of(odd, OPTIONS.createSchema());
      other.insertMany(hours("a", 10, 1));
      assertThat(other.records("a", ALL, RecordOptions.oldest(1)))
          .containsExactly(record("a", 0, 0));
      assertThat(other.storeAggregates("a", Duration.ofDays(1), ALL).written()).isEqualTo(1);
      assertThat(other.aggregate("a", Duration.ofDays(1), ALL))
          .containsExactly(new AggregateRecord("a", 86_400, at(0), 10, 0, 9, 4.5, 45.0));
      assertThat(other.topChanges(1, Duration.ofDays(2), ChangeOrder.VALUE))
          .containsExactly(other.valueDelta("a", ALL).orElseThrow());
      assertThat(other.valueDistribution("a", ALL, 2))
          .extracting(ValueBucket::count)
          .containsExactly(5L, 5L);
      assertThat(other.latestValues(List.of("a"))).containsEntry("a", OptionalDouble.of(9));
      assertThat(other.schemaInfo().tables()).hasSize(2);
    } finally {
      TimeZone.setDefault(before);
    }
  }

  @Test
  void closedClientRefusesAndLeavesWhatItWasGiven() {
    assertThat(client.healthCheck().status()).isEqualTo(Health.Status.UP);
    client.close();
    client.close();
    assertThatThrownBy(() -> client.latestValue("a")).isInstanceOf(ClosedException.class);
    assertThatThrownBy(() -> client.insertMany(List.of())).isInstanceOf(ClosedException.class);
    assertThat(client.healthCheck().status()).isEqualTo(Health.Status.DOWN);
    assertThat(client.healthCheck().problem()).contains("this SeriesClient has been closed");
    assertThat(varve.health().status()).isEqualTo(Health.Status.UP);
  }
}
