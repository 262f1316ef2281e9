package io.varve.testkit.contract;

import io.varve.Varve;
import io.varve.model.Dimension;
import io.varve.model.Json;
import io.varve.model.Measure;
import io.varve.model.Table;
import io.varve.model.Time;
import io.varve.model.TimeSeries;
import java.time.Instant;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A table of two days of hourly readings, and SQL with one parameter. */
final class Readings {

  /** A device whose name is hard to quote. */
  static final String NASTY = "it's \"; DROP TABLE readings; -- :x ? \\ $$";

  private static final Instant NEW_YEAR = Instant.parse("2024-01-01T00:00:00Z");

  private final Varve varve;

  private Readings(Varve varve) {
    this.varve = varve;
  }

  @TimeSeries(
      table = "readings",
      chunk = "1 day",
      key = {"device", "time"})
  record Reading(
      @Time Instant time,
      @Dimension String device,
      @Measure double temperature,
      @Measure @Nullable Json tags) {}

  /** With a new table, in which two devices take turns. */
  static Readings write(Varve varve) {
    varve.schema().create(Table.of(Reading.class));
    varve
        .table(Reading.class)
        .insertAll(
            IntStream.range(0, 48)
                .mapToObj(hour -> new Reading(at(hour), hour % 2 == 0 ? "a" : NASTY, hour, null))
                .toList());
    return new Readings(varve);
  }

  static Instant at(int hour) {
    return NEW_YEAR.plusSeconds(hour * 3600L);
  }

  /** The first value of the answer to SQL in which {@code :x} has this value. */
  @Nullable Object one(String sql, @Nullable Object value) {
    return varve.sql(sql).bind("x", value).first().orElseThrow().value(0);
  }
}
