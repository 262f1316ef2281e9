package io.varve.benchmarks;

import io.varve.model.Dimension;
import io.varve.model.Measure;
import io.varve.model.Time;
import io.varve.model.TimeSeries;
import java.time.Instant;
import java.util.List;

/** A {@link Reading} in a table with a key. */
@TimeSeries(
    table = "bench_keyed",
    chunk = "7 days",
    key = {"device", "time"})
record KeyedReading(@Time Instant time, @Dimension String device, @Measure double temperature)
    implements Measured {

  static List<KeyedReading> generate(int count, long seed) {
    return Reading.generate(count, seed).stream()
        .map(row -> new KeyedReading(row.time(), row.device(), row.temperature()))
        .toList();
  }
}
