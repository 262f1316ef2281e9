package io.varve.benchmarks;

import io.varve.model.Dimension;
import io.varve.model.Measure;
import io.varve.model.Time;
import io.varve.model.TimeSeries;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** The row every whole-path benchmark writes and reads: one device's temperature at one second. */
@TimeSeries(table = "bench_reading", chunk = "7 days")
record Reading(@Time Instant time, @Dimension String device, @Measure double temperature)
    implements Measured {

  static final int DEVICES = 100;

  /** A Thursday, where a chunk of seven days starts. */
  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  /**
   * Rows in the order they would arrive: all devices each second, a random walk of two decimals.
   */
  static List<Reading> generate(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    String[] names = new String[DEVICES];
    double[] hundredths = new double[DEVICES];
    for (int device = 0; device < DEVICES; device++) {
      names[device] = "device-%03d".formatted(device);
      hundredths[device] = 2000;
    }
    List<Reading> rows = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int device = i % DEVICES;
      hundredths[device] += random.nextInt(-20, 21);
      rows.add(
          new Reading(
              START.plusSeconds(i / DEVICES), names[device], Math.rint(hundredths[device]) / 100));
    }
    return rows;
  }
}
