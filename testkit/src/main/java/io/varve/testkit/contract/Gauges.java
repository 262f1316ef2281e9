package io.varve.testkit.contract;

import static io.varve.query.Aggregate.count;

import io.varve.Varve;
import io.varve.model.Column;
import io.varve.model.Dimension;
import io.varve.model.Measure;
import io.varve.model.Table;
import io.varve.model.Time;
import io.varve.model.TimeSeries;
import io.varve.query.Bucket;
import io.varve.query.BucketQuery;
import io.varve.query.Query;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A table of gauges, and questions about it. */
final class Gauges {

  static final Instant NOON = Instant.parse("2024-01-01T12:00:00Z");

  static final Column<Gauge, Double> VALUE = Table.of(Gauge.class).column("value", Double.class);

  private final Varve varve;

  private Gauges(Varve varve) {
    this.varve = varve;
  }

  /** With a new table, which is empty. */
  static Gauges create(Varve varve) {
    varve.schema().create(Table.of(Gauge.class));
    return new Gauges(varve);
  }

  @TimeSeries(table = "gauges", chunk = "1 day")
  record Gauge(
      @Time Instant time,
      @Dimension String device,
      @Measure @Nullable Double value,
      @Measure @Nullable Long total) {}

  Query<Gauge> all() {
    return varve.from(Gauge.class).oldestFirst();
  }

  BucketQuery hourly() {
    return all().bucket(Duration.ofHours(1));
  }

  List<String> starts(Bucket bucket) {
    return all().bucket(bucket).select(count()).list().stream()
        .map(row -> String.valueOf(row.value("bucket")))
        .toList();
  }

  static List<@Nullable Object> values(BucketQuery query) {
    return query.list().stream().<@Nullable Object>map(row -> row.value(0)).toList();
  }

  static List<@Nullable Object> values(BucketQuery query, String column) {
    return query.list().stream().<@Nullable Object>map(row -> row.value(column)).toList();
  }

  static List<@Nullable Object> values(BucketQuery query, String column, String device) {
    List<@Nullable Object> values = new ArrayList<>();
    query.list().stream()
        .filter(row -> device.equals(row.value("device")))
        .forEach(row -> values.add(row.value(column)));
    return values;
  }

  static List<String> devices(Query<Gauge> query) {
    return query.list().stream().map(Gauge::device).toList();
  }

  void write(Gauge... gauges) {
    varve.table(Gauge.class).insertAll(Arrays.asList(gauges));
  }

  static Gauge gauge(long seconds, String device, @Nullable Double value) {
    return gauge(seconds, device, value, null);
  }

  static Gauge gauge(long seconds, String device, @Nullable Double value, @Nullable Long total) {
    return new Gauge(NOON.plusSeconds(seconds), device, value, total);
  }

  static Gauge gauge(Instant time, String device) {
    return new Gauge(time, device, 1.0, null);
  }
}
