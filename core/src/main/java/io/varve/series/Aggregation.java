package io.varve.series;

import static io.varve.query.Aggregate.avg;
import static io.varve.query.Aggregate.count;
import static io.varve.query.Aggregate.max;
import static io.varve.query.Aggregate.min;
import static io.varve.query.Aggregate.sum;

import io.varve.CapacityException;
import io.varve.Varve;
import io.varve.model.Row;
import io.varve.query.Query;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/** Aggregates of an entity, one for each interval: those that are stored, and new ones. */
final class Aggregation {

  private final Varve varve;
  private final long most;

  /**
   * @param most how many are taken for an answer; more are refused
   */
  Aggregation(Varve varve, long most) {
    this.varve = varve;
    this.most = most;
  }

  List<AggregateRecord> stored(String entityId, Duration interval, TimeRange range) {
    return complete(
        entityId,
        varve
            .from(AggregateRecord.class)
            .where("entity_id", entityId)
            .where("interval_seconds", seconds(interval))
            .range(range.from(), range.to())
            .oldestFirst()
            .limit(most + 1)
            .list());
  }

  /**
   * @param values the records of the entity
   */
  List<AggregateRecord> computed(
      Query<TimeSeriesRecord> values, String entityId, Duration interval) {
    long seconds = seconds(interval);
    return complete(
        entityId,
        values
            .bucket(interval)
            .select(count(), min("value"), max("value"), avg("value"), sum("value"))
            .limit(most + 1)
            .list()
            .stream()
            .map(row -> record(entityId, seconds, row))
            .toList());
  }

  private List<AggregateRecord> complete(String entityId, List<AggregateRecord> found) {
    if (found.size() > most) {
      throw new CapacityException(
          "reading the aggregates of entity \"%s\": more than %d; expected fewer: ask for a shorter range or a longer interval, or raise maxRecords"
              .formatted(entityId, most));
    }
    return found;
  }

  /** A mean of equal numbers may be a digit beside them. */
  private static AggregateRecord record(String entityId, long seconds, Row row) {
    double least = value(row, "value_min", Double.class);
    double greatest = value(row, "value_max", Double.class);
    double mean = value(row, "value_avg", Double.class);
    return new AggregateRecord(
        entityId,
        seconds,
        value(row, "bucket", Instant.class),
        value(row, "count", Long.class),
        least,
        greatest,
        Math.min(Math.max(mean, least), greatest),
        value(row, "value_sum", Double.class));
  }

  private static <V> V value(Row row, String column, Class<V> type) {
    return Objects.requireNonNull(row.value(column, type), column);
  }

  /** All intervals a range touches. */
  static TimeRange whole(TimeRange range, Duration interval) {
    long seconds = seconds(interval);
    Instant from = start(range.from(), seconds);
    Instant to = start(range.to(), seconds);
    return new TimeRange(from, to.equals(range.to()) ? to : to.plus(interval));
  }

  /** The start of the interval a time is in; an infinity stays one. */
  private static Instant start(Instant time, long seconds) {
    if (time.equals(Instant.MIN) || time.equals(Instant.MAX)) {
      return time;
    }
    long since = time.getEpochSecond() - RecordRules.ORIGIN;
    return Instant.ofEpochSecond(RecordRules.ORIGIN + Math.floorDiv(since, seconds) * seconds);
  }

  private static long seconds(Duration interval) {
    RecordRules.interval(interval.toSeconds())
        .ifPresent(
            problem -> {
              throw problem.exception();
            });
    if (interval.getNano() != 0) {
      throw new Problem(
              "interval_seconds", "interval is %s; expected whole seconds".formatted(interval))
          .exception();
    }
    return interval.toSeconds();
  }
}
