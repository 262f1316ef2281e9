package io.varve.series;

import static io.varve.query.Aggregate.avg;
import static io.varve.query.Aggregate.count;
import static io.varve.query.Aggregate.max;
import static io.varve.query.Aggregate.min;
import static io.varve.query.Aggregate.percentile;
import static io.varve.query.Aggregate.stddev;
import static io.varve.query.Condition.column;

import io.varve.CapacityException;
import io.varve.ClosedException;
import io.varve.Varve;
import io.varve.VarveBuilder;
import io.varve.health.Health;
import io.varve.ingest.WriteMode;
import io.varve.query.Aggregate;
import io.varve.query.Distribution;
import io.varve.query.Query;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Stores and reads the values of entities (sensors, servers, accounts) without a model of one's
 * own. Thread-safe; one per application.
 *
 * <pre>{@code
 * try (SeriesClient client = SeriesClient.connect(url)) {
 *   client.ensureSchema();
 *   Instant time = Instant.now().truncatedTo(ChronoUnit.MICROS);
 *   client.insert(TimeSeriesRecord.of("sensor-7", time, 21.5));
 *   OptionalDouble now = client.latestValue("sensor-7");
 * }
 * }</pre>
 *
 * <p>Records are rows of {@code time_series_records} in the schema {@code public}, a hypertable
 * like any other: what is missing here, {@link Varve#from} and {@link Varve#sql} do, with {@link
 * TimeSeriesRecord} as the record. All there is on every {@link io.varve.Tier}.
 *
 * <p>Records, ids and intervals that cannot be used are refused with a {@link
 * io.varve.MappingException} that names field, value and what was expected; limits, ranges and
 * spans with an {@link IllegalArgumentException}; any call after {@link #close} but {@link
 * #healthCheck} with a {@link ClosedException}. Everything else is the server's, as elsewhere in
 * Varve.
 *
 * <p>Writes are sent again within the bounds of Varve's settings {@code retry-attempts} and {@code
 * retry-budget}, as {@link io.varve.ingest.TableWriter} says.
 */
public final class SeriesClient implements AutoCloseable {

  private static final int MOST_BUCKETS = 10_000;
  private static final String CLOSED = "this SeriesClient has been closed";

  private final Varve varve;
  private final Runnable release;
  private final SeriesOptions options;
  private final RecordBatches<TimeSeriesRecord> records;
  private final RecordBatches<AggregateRecord> aggregates;
  private final Aggregation aggregation;
  private final SeriesSql sql;
  private final SeriesSchema schema;
  private final AtomicBoolean closed = new AtomicBoolean();

  private SeriesClient(Varve varve, SeriesOptions options, Runnable release) {
    this.varve = varve;
    this.release = release;
    this.options = options;
    boolean checks = options.validatesRecords();
    this.records =
        new RecordBatches<>(
            varve.table(TimeSeriesRecord.class),
            record -> checks ? RecordRules.problem(record) : Optional.empty(),
            options.batchSize());
    this.aggregates =
        new RecordBatches<>(
            varve.table(AggregateRecord.class),
            record -> checks ? RecordRules.problem(record) : Optional.empty(),
            options.batchSize());
    this.aggregation = new Aggregation(varve, options.maxRecords());
    this.sql = new SeriesSql(varve);
    this.schema = new SeriesSchema(varve);
    if (options.createsSchema()) {
      schema.ensure();
    }
  }

  /** Uses a Varve, which the caller closes. */
  public static SeriesClient of(Varve varve) {
    return of(varve, SeriesOptions.defaults());
  }

  /** Like {@link #of(Varve)}, with options. */
  public static SeriesClient of(Varve varve, SeriesOptions options) {
    return new SeriesClient(varve, options, () -> {});
  }

  /** Opens {@link Varve#connect(String)}, which is closed with the client. */
  public static SeriesClient connect(String url) {
    return owning(Varve.connect(url), SeriesOptions.defaults());
  }

  /** Opens {@link Varve#fromEnv()}, which is closed with the client. */
  public static SeriesClient fromEnv() {
    return owning(Varve.fromEnv(), SeriesOptions.defaults());
  }

  /**
   * Opens what a builder describes ({@link Varve#builder}, with its presets), which is closed with
   * the client.
   */
  public static SeriesClient connect(VarveBuilder builder, SeriesOptions options) {
    return owning(builder.connect(), options);
  }

  private static SeriesClient owning(Varve varve, SeriesOptions options) {
    try {
      return new SeriesClient(varve, options, varve::close);
    } catch (RuntimeException | Error e) {
      try (varve) {
        throw e;
      }
    }
  }

  /** Stores a record, in the place of the one with its entity and time, if there is one. */
  public void insert(TimeSeriesRecord record) {
    insert(record, WriteMode.UPSERT);
  }

  /** Stores a record; false where one of its entity and time is there and the mode leaves it. */
  public boolean insert(TimeSeriesRecord record, WriteMode mode) {
    checkOpen();
    return records.write(record, mode);
  }

  /** Like {@link #insertMany(Iterable, WriteMode)}, replacing records that are there. */
  public BatchResult insertMany(Iterable<TimeSeriesRecord> many) {
    return insertMany(many, WriteMode.UPSERT);
  }

  /**
   * Stores records, as many in a transaction as {@link SeriesOptions#batchSize} says. A record that
   * is refused, here or by the server, fails no other: the result tells which and why. Of records
   * with the same entity and time the last one counts.
   *
   * <p>After an exception (the server is away) the batches before it are stored; in any mode but
   * APPEND the call can be repeated.
   */
  public BatchResult insertMany(Iterable<TimeSeriesRecord> many, WriteMode mode) {
    checkOpen();
    return records.write(many, mode);
  }

  /** Stores an aggregate, in the place of the one of its entity, interval and time. */
  public void insertAggregate(AggregateRecord aggregate) {
    checkOpen();
    aggregates.write(aggregate, WriteMode.UPSERT);
  }

  /** Stores aggregates, as {@link #insertMany(Iterable)} does records. */
  public BatchResult insertManyAggregates(Iterable<AggregateRecord> many) {
    checkOpen();
    return aggregates.write(many, WriteMode.UPSERT);
  }

  /**
   * All records of an entity in a range, newest first.
   *
   * @throws CapacityException if there are more than {@link SeriesOptions#maxRecords}: nothing is
   *     left out without a word
   */
  public List<TimeSeriesRecord> records(String entityId, TimeRange range) {
    long most = options.maxRecords();
    List<TimeSeriesRecord> found = values(entityId, range).newestFirst().limit(most + 1).list();
    if (found.size() > most) {
      throw new CapacityException(
          "reading the records of entity \"%s\": more than %d from %s to %s; expected fewer: read them with recordsStream, with RecordOptions.newest(…), or raise maxRecords"
              .formatted(entityId, most, range.from(), range.to()));
    }
    return found;
  }

  /** So many records of an entity in a range, as the options say. */
  public List<TimeSeriesRecord> records(String entityId, TimeRange range, RecordOptions page) {
    check(entityId);
    checkLimit(page.limit());
    return sql.page(entityId, range, page);
  }

  /**
   * All records of an entity in a range, oldest first, row by row in constant memory; see {@link
   * io.varve.query.Query#stream}. Close it.
   */
  public Stream<TimeSeriesRecord> recordsStream(String entityId, TimeRange range) {
    return values(entityId, range).oldestFirst().stream();
  }

  /** Gives {@link #recordsStream} to a function and closes it afterwards. */
  public <R extends @Nullable Object> R useRecords(
      String entityId,
      TimeRange range,
      Function<? super Stream<TimeSeriesRecord>, ? extends R> consumer) {
    try (Stream<TimeSeriesRecord> stream = recordsStream(entityId, range)) {
      return consumer.apply(stream);
    }
  }

  /**
   * The stored aggregates of an entity whose intervals start in a range, oldest first.
   *
   * @param interval whole seconds, 1 s to 366 days
   * @throws CapacityException as {@link #records(String, TimeRange)}
   */
  public List<AggregateRecord> aggregate(String entityId, Duration interval, TimeRange range) {
    check(entityId);
    return aggregation.stored(entityId, interval, range);
  }

  /**
   * Aggregates computed from the records of an entity in a range, oldest first; there is none where
   * there are no records. Intervals are counted from Monday 2000-01-03 00:00 UTC. One that reaches
   * beyond the range is computed from its part in the range.
   *
   * @param interval whole seconds, 1 s to 366 days
   * @throws CapacityException as {@link #records(String, TimeRange)}
   */
  public List<AggregateRecord> aggregateFromRecords(
      String entityId, Duration interval, TimeRange range) {
    return aggregation.computed(values(entityId, range), entityId, interval);
  }

  /**
   * Computes the aggregates of all whole intervals that a range touches, and stores them in the
   * place of those that are there. An interval without records keeps what is stored for it. An
   * empty range touches none; {@link Instant#MIN} and {@link Instant#MAX} are no bounds.
   *
   * @param interval whole seconds, 1 s to 366 days
   * @throws CapacityException as {@link #records(String, TimeRange)}
   */
  public BatchResult storeAggregates(String entityId, Duration interval, TimeRange range) {
    check(entityId);
    TimeRange whole = Aggregation.whole(range, interval);
    return insertManyAggregates(
        range.from().equals(range.to())
            ? List.of()
            : aggregateFromRecords(entityId, interval, whole));
  }

  /** The newest record of an entity, if it has any. */
  public Optional<TimeSeriesRecord> latest(String entityId) {
    check(entityId);
    return varve.from(TimeSeriesRecord.class).where("entity_id", entityId).newestFirst().first();
  }

  /** The value of an entity's newest record, if it has any. */
  public OptionalDouble latestValue(String entityId) {
    return latest(entityId).map(it -> OptionalDouble.of(it.value())).orElse(OptionalDouble.empty());
  }

  /** The newest record of each entity that has any, in the order of the ids. */
  public Map<String, TimeSeriesRecord> latest(Collection<String> entityIds) {
    checkOpen();
    entityIds.forEach(this::check);
    Map<String, TimeSeriesRecord> found =
        varve.from(TimeSeriesRecord.class).latest(entityIds).stream()
            .collect(Collectors.toMap(TimeSeriesRecord::entityId, it -> it));
    Map<String, TimeSeriesRecord> ordered = new LinkedHashMap<>();
    for (String id : entityIds) {
      TimeSeriesRecord record = found.get(id);
      if (record != null) {
        ordered.put(id, record);
      }
    }
    return ordered;
  }

  /** The newest value of every entity that was asked for; empty for one that has none. */
  public Map<String, OptionalDouble> latestValues(Collection<String> entityIds) {
    Map<String, TimeSeriesRecord> found = latest(entityIds);
    Map<String, OptionalDouble> values = new LinkedHashMap<>();
    for (String id : entityIds) {
      TimeSeriesRecord record = found.get(id);
      values.put(id, record == null ? OptionalDouble.empty() : OptionalDouble.of(record.value()));
    }
    return values;
  }

  /** How an entity's value changed over a range; empty if it has no record there. */
  public Optional<ValueDelta> valueDelta(String entityId, TimeRange range) {
    check(entityId);
    return sql.delta(entityId, range);
  }

  /** The variance of an entity's values in the span that ends now; empty for fewer than two. */
  public OptionalDouble variance(String entityId, Duration last) {
    Double variance =
        values(entityId, untilNow(last))
            .groupBy()
            .select(Aggregate.variance("value"))
            .list()
            .get(0)
            .value("value_variance", Double.class);
    return variance == null ? OptionalDouble.empty() : OptionalDouble.of(variance);
  }

  /**
   * Statistics of an entity's values in the span that ends now, without now; empty if there are
   * none.
   *
   * @param last more than zero
   */
  public Optional<SeriesStatistics> statistics(String entityId, Duration last) {
    return statistics(entityId, untilNow(last));
  }

  /**
   * Statistics of an entity's values in a range; empty if there are none.
   *
   * @throws io.varve.DataException if a sum of them is too large for a double
   */
  public Optional<SeriesStatistics> statistics(String entityId, TimeRange range) {
    return values(entityId, range)
        .groupBy()
        .select(
            count(),
            min("value").as("min"),
            max("value").as("max"),
            avg("value").as("mean"),
            percentile("value", 0.5).as("median"),
            percentile("value", 0.95).as("p95"),
            Aggregate.variance("value").as("variance"),
            stddev("value").as("standard_deviation"))
        .having(column("count").gt(0L))
        .list(SeriesStatistics.class)
        .stream()
        .findFirst();
  }

  /**
   * The entities whose values changed most in the span that ends now, without now, the greatest
   * change first; those with a single record there are left out.
   *
   * @param limit 1 to {@link SeriesOptions#maxRecords}
   * @param last more than zero
   */
  public List<ValueDelta> topChanges(int limit, Duration last, ChangeOrder order) {
    checkOpen();
    checkLimit(limit);
    return sql.topChanges(limit, untilNow(last), Objects.requireNonNull(order, "order"));
  }

  private TimeRange untilNow(Duration last) {
    if (last.isNegative() || last.isZero()) {
      throw new IllegalArgumentException("span %s; expected more than zero".formatted(last));
    }
    Instant now = options.clock().instant().truncatedTo(ChronoUnit.MICROS);
    try {
      return new TimeRange(now.minus(last), now);
    } catch (DateTimeException | ArithmeticException e) {
      throw new IllegalArgumentException(
          "span %s; expected less than 1,000,000,000 years".formatted(last), e);
    }
  }

  /**
   * How many of an entity's values in a range lie in each of so many buckets of equal width between
   * the least and the greatest; one bucket if these are the same, none without values.
   *
   * @param buckets 1 to 10,000
   */
  public List<ValueBucket> valueDistribution(String entityId, TimeRange range, int buckets) {
    check(entityId);
    if (buckets < 1 || buckets > MOST_BUCKETS) {
      throw new IllegalArgumentException(
          "%d buckets; expected 1 to %d".formatted(buckets, MOST_BUCKETS));
    }
    List<Distribution.Bin> bins = values(entityId, range).distribution("value", buckets).bins();
    double all = bins.stream().mapToLong(Distribution.Bin::count).sum();
    return bins.stream()
        .map(it -> new ValueBucket(it.lower(), it.upper(), it.count(), it.count() / all))
        .toList();
  }

  /**
   * Creates what is missing of the tables, their checks and indexes, and refuses tables that are
   * something else with a {@link io.varve.SchemaException}. Safe when many processes do it at once.
   */
  public void ensureSchema() {
    checkOpen();
    schema.ensure();
  }

  /** What the server is, and what the client has there. */
  public SchemaInfo schemaInfo() {
    checkOpen();
    return schema.info();
  }

  /**
   * Asks the server for a sign of life; never throws, and waits five seconds at most. A closed
   * client is DOWN.
   */
  public Health healthCheck() {
    return closed.get()
        ? new Health(Health.Status.DOWN, Duration.ZERO, Optional.of(CLOSED))
        : varve.health();
  }

  /** Closes the Varve the client has opened; one that was given is left open. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      release.run();
    }
  }

  private Query<TimeSeriesRecord> values(String entityId, TimeRange range) {
    check(entityId);
    return varve
        .from(TimeSeriesRecord.class)
        .where("entity_id", entityId)
        .range(range.from(), range.to());
  }

  private void check(String entityId) {
    checkOpen();
    RecordRules.entityId(entityId)
        .ifPresent(
            problem -> {
              throw problem.exception();
            });
  }

  private void checkOpen() {
    if (closed.get()) {
      throw new ClosedException(CLOSED);
    }
  }

  private void checkLimit(int limit) {
    if (limit < 1 || limit > options.maxRecords()) {
      throw new IllegalArgumentException(
          "limit %d; expected 1 to maxRecords, %d".formatted(limit, options.maxRecords()));
    }
  }
}
