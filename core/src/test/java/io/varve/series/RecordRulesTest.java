package io.varve.series;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What records must be before they are sent. */
final class RecordRulesTest {

  private static final Instant MONDAY = Instant.parse("2024-01-01T00:00:00Z");

  private static Optional<String> problem(TimeSeriesRecord record) {
    return RecordRules.problem(record).map(Problem::message);
  }

  private static TimeSeriesRecord record(String entity, double value, @Nullable Double value4) {
    return new TimeSeriesRecord(entity, MONDAY, value, null, null, value4, null);
  }

  @Test
  void usualRecordsHaveNoProblem() {
    assertThat(problem(record("a", 0, null))).isEmpty();
    assertThat(problem(record("😀".repeat(200), -Double.MAX_VALUE, 0.0))).isEmpty();
    assertThat(problem(record(" a ", Double.MIN_VALUE, -0.0))).isEmpty();
  }

  @Test
  void problemsNameFieldAndValue() {
    assertThat(problem(record("\t", 0, null)))
        .contains("entity_id is \"\t\"; expected 1 to 200 characters, not all blank");
    assertThat(problem(record("😀".repeat(201), 0, null)))
        .contains(
            "entity_id is \"%s…\" of 201 characters; expected 1 to 200 characters, not all blank"
                .formatted("😀".repeat(20)));
    assertThat(problem(record("a", Double.NaN, null)))
        .contains("value is NaN; expected a finite number");
    assertThat(problem(record("a", 0, Double.NEGATIVE_INFINITY)))
        .contains("value4 is -Infinity; expected a finite number");
  }

  @Test
  void timesAreNoFinerThanTheServers() {
    Instant tooFine = MONDAY.plusNanos(1001);
    assertThat(RecordRules.problem(TimeSeriesRecord.of("a", tooFine, 1)))
        .contains(
            new Problem(
                "time",
                "time is 2024-01-01T00:00:00.000001001Z; expected a time no finer than a"
                    + " microsecond: truncatedTo(ChronoUnit.MICROS)"));
    assertThat(problem(TimeSeriesRecord.of("a", MONDAY.plusNanos(1000), 1))).isEmpty();
    assertThat(problem(TimeSeriesRecord.of("a", Instant.MAX, 1))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "60, 2024-01-01T00:01:00Z, 1, 1, 2, 1.5, ",
    "604800, 2024-01-01T00:00:00Z, 1, 1, 1, 1, ",
    "604800, 1999-12-27T00:00:00Z, 1, 1, 1, 1, ",
    "7, 2000-01-02T23:59:53Z, 1, 1, 1, 1, ",
    "0, 2024-01-01T00:01:00Z, 1, 1, 2, 1.5, interval_seconds",
    "31622401, 2024-01-01T00:01:00Z, 1, 1, 2, 1.5, interval_seconds",
    "604800, 2024-01-02T00:00:00Z, 1, 1, 2, 1.5, time",
    "60, 2024-01-01T00:01:00.5Z, 1, 1, 2, 1.5, time",
    "60, 2024-01-01T00:01:00Z, 0, 1, 2, 1.5, count",
    "60, 2024-01-01T00:01:00Z, 1, NaN, 2, 1.5, min_value",
    "60, 2024-01-01T00:01:00Z, 1, 1, Infinity, 1.5, max_value",
    "60, 2024-01-01T00:01:00Z, 1, 1, 2, 2.5, avg_value",
    "60, 2024-01-01T00:01:00Z, 1, 1, 2, 0.5, avg_value",
    "60, 2024-01-01T00:01:00Z, 1, 1, 2, NaN, avg_value",
  })
  void aggregatesMustBePossible(
      long seconds,
      Instant time,
      long count,
      double least,
      double greatest,
      double mean,
      @Nullable String field) {
    AggregateRecord aggregate =
        new AggregateRecord("a", seconds, time, count, least, greatest, mean, null);
    assertThat(RecordRules.problem(aggregate).map(Problem::field))
        .isEqualTo(Optional.ofNullable(field));
  }
}
