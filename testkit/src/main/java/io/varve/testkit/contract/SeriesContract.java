package io.varve.testkit.contract;

import static io.varve.testkit.contract.Records.ALL;
import static io.varve.testkit.contract.Records.OPTIONS;
import static io.varve.testkit.contract.Records.at;
import static io.varve.testkit.contract.Records.hours;
import static io.varve.testkit.contract.Records.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

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
import io.varve.series.TimeRange;
import io.varve.series.TimeSeriesRecord;
import io.varve.series.ValueBucket;
import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TimeZone;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.postgresql.ds.PGSimpleDataSource;

/** The client for entities and their values: what it writes, and the tables it makes. */
@ExtendWith({DatabaseExtension.class, VarveExtension.class})
final class SeriesContract {

  private final TestDatabase database;
  private final Varve varve;
  private final SeriesClient client;

  SeriesContract(TestDatabase database, Varve varve) {
    this.database = database;
    this.varve = varve;
    this.client = Records.client(varve);
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
