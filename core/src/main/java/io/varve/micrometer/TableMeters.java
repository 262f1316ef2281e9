package io.varve.micrometer;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The meters of one table. Its counters are there, at zero, from the first write on, so that a rate
 * sees the first failure; a timer, which takes many series, when it is needed. Thread-safe.
 */
final class TableMeters {

  private final MeterRegistry registry;
  private final Tags tags;
  private final Map<Outcome, Counter> rows = new EnumMap<>(Outcome.class);
  private final Map<Outcome, Timer> calls = new ConcurrentHashMap<>();
  private final Counter retries;

  TableMeters(MeterRegistry registry, Tags tags) {
    this.registry = registry;
    this.tags = tags;
    for (Outcome outcome : Outcome.OF_ROWS_SENT) {
      rows.put(outcome, rows(outcome));
    }
    this.retries =
        Counter.builder("varve.write.retries")
            .description("Calls and batches that were sent again")
            .tags(tags)
            .register(registry);
  }

  private Counter rows(Outcome outcome) {
    return Counter.builder("varve.write.rows")
        .description("What became of the rows of calls and batches")
        .baseUnit("rows")
        .tags(tags)
        .tag(Outcome.TAG, outcome.tag())
        .register(registry);
  }

  private Timer timer(Outcome outcome) {
    return Timer.builder("varve.write")
        .description("Calls and batches, with all their attempts")
        .tags(tags)
        .tag(Outcome.TAG, outcome.tag())
        .publishPercentileHistogram()
        .minimumExpectedValue(Duration.ofMillis(1))
        .maximumExpectedValue(Duration.ofMinutes(1))
        .register(registry);
  }

  void count(Outcome outcome, long more) {
    rows.get(outcome).increment(more);
  }

  void time(Outcome outcome, Duration duration) {
    calls.computeIfAbsent(outcome, this::timer).record(duration);
  }

  void countRetry() {
    retries.increment();
  }
}
