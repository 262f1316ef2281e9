package io.varve.series;

import io.varve.model.Dimension;
import io.varve.model.Json;
import io.varve.model.Measure;
import io.varve.model.Time;
import io.varve.model.TimeSeries;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What an entity measured at one moment: a row of {@code time_series_records}, of which there is
 * one for each entity and time. Nothing is checked before it is written.
 *
 * @param entityId whose values they are: 1 to 200 characters, not all blank
 * @param time when, to the microsecond
 * @param value the value; finite, as all values are
 * @param value2 a second value, if there is one
 * @param value3 a third
 * @param value4 a fourth
 * @param metadata whatever else there is to say
 */
@TimeSeries(
    table = "time_series_records",
    chunk = "7 days",
    key = {"entity_id", "time"})
public record TimeSeriesRecord(
    @Dimension String entityId,
    @Time Instant time,
    @Measure double value,
    @Measure @Nullable Double value2,
    @Measure @Nullable Double value3,
    @Measure @Nullable Double value4,
    @Measure @Nullable Json metadata) {

  /** A record of one value. */
  public static TimeSeriesRecord of(String entityId, Instant time, double value) {
    return new TimeSeriesRecord(entityId, time, value, null, null, null, null);
  }

  /** The same with a document. */
  public TimeSeriesRecord withMetadata(Json document) {
    return new TimeSeriesRecord(entityId, time, value, value2, value3, value4, document);
  }
}
