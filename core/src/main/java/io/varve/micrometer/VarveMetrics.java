package io.varve.micrometer;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.varve.ingest.IngestHealth;
import io.varve.ingest.IngestStats;
import io.varve.ingest.Ingester;
import io.varve.ingest.WriteListener;
import io.varve.model.QualifiedName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * Counts and times writes in a Micrometer registry. Needs the artifact {@code
 * io.micrometer:micrometer-core}, which Varve does not bring. Thread-safe.
 *
 * <pre>{@code
 * VarveMetrics metrics = new VarveMetrics(registry);
 * Varve varve = Varve.builder(Preset.PRODUCTION).writeListener(metrics).connect();
 * Ingester<Reading> ingester = varve.ingester(Reading.class);
 * metrics.bind("readings", ingester);
 * }</pre>
 *
 * <p>Of every write, with the tag {@code table}:
 *
 * <ul>
 *   <li>timer {@code varve.write}, with a histogram from 1 ms to 1 min: calls and batches by {@code
 *       outcome}: written, failed, in_doubt
 *   <li>counter {@code varve.write.rows}: rows by {@code outcome}: written, skipped, refused,
 *       failed, in_doubt
 *   <li>counter {@code varve.write.retries}: calls and batches that were sent again
 * </ul>
 *
 * <p>Of every ingester bound, with its name as the tag {@code ingester}:
 *
 * <ul>
 *   <li>gauges {@code varve.ingest.queue.bytes} and {@code varve.ingest.queue.rows}: what waits or
 *       is being written
 *   <li>gauges {@code varve.ingest.spool.rows}, {@code varve.ingest.spool.bytes} and {@code
 *       varve.ingest.spool.age}: what waits on disk, and since how many seconds
 *   <li>counter {@code varve.ingest.rows}: rows put by {@code outcome}: the five above, where
 *       failed includes what was left at its close, and dropped
 * </ul>
 *
 * <p>There are as many values of a tag as tables written and names given.
 */
public final class VarveMetrics implements WriteListener {

  private final MeterRegistry registry;
  private final Tags tags;
  private final Map<QualifiedName, TableMeters> tables = new ConcurrentHashMap<>();
  private final Map<String, List<Meter>> ingesters = new ConcurrentHashMap<>();

  /** Counts in that registry. */
  public VarveMetrics(MeterRegistry registry) {
    this(registry, Tags.empty());
  }

  /**
   * Counts in that registry, with further tags on every meter; for two databases in one registry.
   */
  public VarveMetrics(MeterRegistry registry, Iterable<Tag> tags) {
    this.registry = registry;
    this.tags = Tags.of(tags);
  }

  /**
   * Shows an ingester under a name, until another is bound under that name: bind again when a
   * closed one is replaced.
   */
  public void bind(String name, Ingester<?> ingester) {
    ingesters.compute(
        name,
        (same, before) -> {
          if (before != null) {
            before.forEach(registry::remove);
          }
          return meters(ingester, tags.and("ingester", name));
        });
  }

  /** Shows no ingester under that name any more. Does nothing if none was bound. */
  public void unbind(String name) {
    List<Meter> meters = ingesters.remove(name);
    if (meters != null) {
      meters.forEach(registry::remove);
    }
  }

  private List<Meter> meters(Ingester<?> ingester, Tags named) {
    List<Meter> meters = new ArrayList<>();
    meters.add(queue("bytes", ingester, IngestStats::waitingBytes, named));
    meters.add(queue("rows", ingester, IngestStats::waiting, named));
    meters.add(
        spool("rows", "rows", "Rows that wait on disk", ingester, IngestHealth::rows, named));
    meters.add(
        spool("bytes", "bytes", "What they take there", ingester, IngestHealth::bytes, named));
    meters.add(
        spool("age", "seconds", "How long the oldest has waited", ingester, this::age, named));
    for (Outcome outcome : Outcome.values()) {
      meters.add(rows(outcome, ingester, named));
    }
    return meters;
  }

  private Gauge queue(
      String unit, Ingester<?> ingester, ToLongFunction<IngestStats> waiting, Tags named) {
    return Gauge.builder(
            "varve.ingest.queue." + unit, ingester, bound -> waiting.applyAsLong(bound.stats()))
        .description("What waits or is being written, in " + unit)
        .baseUnit(unit)
        .tags(named)
        // A closed one shows that nothing waits, rather than no value.
        .strongReference(true)
        .register(registry);
  }

  private Gauge spool(
      String what,
      String unit,
      String description,
      Ingester<?> ingester,
      ToDoubleFunction<IngestHealth> value,
      Tags named) {
    return Gauge.builder(
            "varve.ingest.spool." + what, ingester, bound -> value.applyAsDouble(bound.health()))
        .description(description)
        .baseUnit(unit)
        .tags(named)
        .strongReference(true)
        .register(registry);
  }

  /** In seconds; zero if nothing waits. */
  private double age(IngestHealth health) {
    return health
        .oldest()
        .map(
            oldest ->
                Math.max(0, registry.config().clock().wallTime() - oldest.toEpochMilli()) / 1e3)
        .orElse(0.0);
  }

  private FunctionCounter rows(Outcome outcome, Ingester<?> ingester, Tags named) {
    return FunctionCounter.builder(
            "varve.ingest.rows", ingester, bound -> outcome.rows(bound.stats()))
        .description("What became of the rows put")
        .baseUnit("rows")
        .tags(named)
        .tag(Outcome.TAG, outcome.tag())
        .register(registry);
  }

  @Override
  public void written(Written call) {
    TableMeters meters = meters(call.table());
    meters.time(Outcome.WRITTEN, call.duration());
    meters.count(Outcome.WRITTEN, call.result().written());
    meters.count(Outcome.SKIPPED, call.result().skipped());
    meters.count(Outcome.REFUSED, call.result().failures().size());
  }

  @Override
  public void failed(Failed call) {
    TableMeters meters = meters(call.table());
    Outcome outcome = call.inDoubt() ? Outcome.IN_DOUBT : Outcome.FAILED;
    meters.time(outcome, call.duration());
    meters.count(outcome, call.rows());
  }

  @Override
  public void retried(Retried call) {
    meters(call.table()).countRetry();
  }

  private TableMeters meters(QualifiedName table) {
    return tables.computeIfAbsent(
        table, name -> new TableMeters(registry, tags.and("table", name.toString())));
  }
}
