package io.varve.series;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What records must be, before they are sent; {@link SeriesSchema} has the same for the server.
 *
 * <p>Values are finite: a single NaN would make every mean, and every infinity every variance,
 * useless without a word.
 */
final class RecordRules {

  static final int LONGEST_ID = 200;
  static final long LONGEST_INTERVAL = Duration.ofDays(366).toSeconds();

  /** Monday 2000-01-03, from which time_bucket counts. */
  static final long ORIGIN = Instant.parse("2000-01-03T00:00:00Z").getEpochSecond();

  private RecordRules() {}

  static Optional<Problem> problem(TimeSeriesRecord record) {
    return first(
        List.of(
            entityId(record.entityId()),
            time(record.time()),
            finite("value", record.value()),
            finite("value2", record.value2()),
            finite("value3", record.value3()),
            finite("value4", record.value4())));
  }

  static Optional<Problem> problem(AggregateRecord record) {
    return first(
        List.of(
            entityId(record.entityId()),
            interval(record.intervalSeconds()),
            start(record.time(), record.intervalSeconds()),
            record.count() >= 1
                ? Optional.empty()
                : Optional.of(problem("count", record.count(), "at least 1")),
            finite("min_value", record.minValue()),
            finite("max_value", record.maxValue()),
            finite("sum_value", record.sumValue()),
            mean(record)));
  }

  /** The first problem; those behind it may need what it says is missing. */
  private static Optional<Problem> first(List<Optional<Problem>> problems) {
    return problems.stream().flatMap(Optional::stream).findFirst();
  }

  static Optional<Problem> entityId(@Nullable String id) {
    boolean usable = id != null && !id.isBlank() && id.codePointCount(0, id.length()) <= LONGEST_ID;
    return usable
        ? Optional.empty()
        : Optional.of(
            problem(
                "entity_id",
                id == null ? null : shown(id),
                "1 to %d characters, not all blank".formatted(LONGEST_ID)));
  }

  /** What is too long is not repeated whole. */
  private static String shown(String id) {
    int length = id.codePointCount(0, id.length());
    return length <= LONGEST_ID
        ? '"' + id + '"'
        : "\"%s…\" of %s characters"
            .formatted(id.substring(0, id.offsetByCodePoints(0, 20)), length);
  }

  private static Optional<Problem> present(String column, @Nullable Object value) {
    return value == null ? Optional.of(problem(column, null, "a value")) : Optional.empty();
  }

  /** {@link Instant#MAX} is infinity. */
  private static Optional<Problem> time(@Nullable Instant time) {
    boolean tooFine = time != null && time.getNano() % 1000 != 0 && !time.equals(Instant.MAX);
    return tooFine
        ? Optional.of(
            problem(
                "time", time, "a time no finer than a microsecond: truncatedTo(ChronoUnit.MICROS)"))
        : present("time", time);
  }

  private static Optional<Problem> finite(String column, @Nullable Double value) {
    return value == null || Double.isFinite(value)
        ? Optional.empty()
        : Optional.of(problem(column, value, "a finite number"));
  }

  static Optional<Problem> interval(long seconds) {
    return seconds >= 1 && seconds <= LONGEST_INTERVAL
        ? Optional.empty()
        : Optional.of(problem("interval_seconds", seconds, "1 to %d".formatted(LONGEST_INTERVAL)));
  }

  private static Optional<Problem> start(@Nullable Instant time, long seconds) {
    if (time == null || seconds < 1) {
      return present("time", time);
    }
    boolean aligned =
        time.getNano() == 0 && Math.floorMod(time.getEpochSecond() - ORIGIN, seconds) == 0;
    return aligned
        ? Optional.empty()
        : Optional.of(
            problem(
                "time",
                time,
                "the start of an interval of %d s, counted from 2000-01-03 00:00 UTC"
                    .formatted(seconds)));
  }

  private static Optional<Problem> mean(AggregateRecord record) {
    boolean between =
        record.avgValue() >= record.minValue() && record.avgValue() <= record.maxValue();
    return between
        ? Optional.empty()
        : Optional.of(
            problem(
                "avg_value",
                record.avgValue(),
                "min_value %s <= avg_value <= max_value %s"
                    .formatted(record.minValue(), record.maxValue())));
  }

  private static Problem problem(String column, @Nullable Object value, String expected) {
    return new Problem(
        column, "%s is %s; expected %s".formatted(column, Objects.toString(value), expected));
  }
}
