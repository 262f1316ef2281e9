package io.varve.series;

import io.varve.model.Dimension;
import io.varve.model.Measure;
import io.varve.model.Time;
import io.varve.model.TimeSeries;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What became of an entity's values in one interval: a row of {@code aggregate_records}, of which
 * there is one for each entity, interval and time. Nothing is checked before it is written.
 *
 * @param entityId whose values they were: 1 to 200 characters, not all blank
 * @param intervalSeconds how long the interval is: 1 s to 366 days
 * @param time when it starts; a whole number of intervals from Monday 2000-01-03 00:00 UTC
 * @param count how many values there were, at least 1
 * @param minValue the smallest; finite, as all are
 * @param maxValue the greatest
 * @param avgValue their mean, which is neither less nor more
 * @param sumValue their sum, if it is known
 */
@TimeSeries(
    table = "aggregate_records",
    chunk = "28 days",
    key = {"entity_id", "interval_seconds", "time"})
public record AggregateRecord(
    @Dimension String entityId,
    @Dimension long intervalSeconds,
    @Time Instant time,
    @Measure long count,
    @Measure double minValue,
    @Measure double maxValue,
    @Measure double avgValue,
    @Measure @Nullable Double sumValue) {

  /** How long the interval is. */
  public Duration interval() {
    return Duration.ofSeconds(intervalSeconds);
  }
}
