package io.varve.testkit.contract;

import io.varve.Varve;
import io.varve.series.SeriesClient;
import io.varve.series.SeriesOptions;
import io.varve.series.TimeRange;
import io.varve.series.TimeSeriesRecord;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Records of entities in the two days before a fixed moment, and a client whose clock stands there.
 */
final class Records {

  /** A Monday, and not the first day of a chunk. */
  static final Instant START = Instant.parse("2024-01-01T00:00:00Z");

  private static final Instant NOW = START.plus(Duration.ofDays(2));
  static final TimeRange ALL = new TimeRange(START, NOW);
  static final SeriesOptions OPTIONS =
      SeriesOptions.defaults().clock(Clock.fixed(NOW, ZoneOffset.UTC));

  private Records() {}

  /** A client whose tables are there. */
  static SeriesClient client(Varve varve) {
    SeriesClient client = SeriesClient.of(varve, OPTIONS);
    client.ensureSchema();
    return client;
  }

  static Instant at(int minute) {
    return START.plus(Duration.ofMinutes(minute));
  }

  static TimeSeriesRecord record(String entity, int minute, double value) {
    return TimeSeriesRecord.of(entity, at(minute), value);
  }

  static List<TimeSeriesRecord> hours(String entity, int hours, double factor) {
    return IntStream.range(0, hours)
        .mapToObj(hour -> record(entity, hour * 60, hour * factor))
        .toList();
  }
}
