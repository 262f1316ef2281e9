package io.varve.series;

import io.varve.Varve;
import io.varve.query.NamedSql;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the query builder does not say: offsets, both ends of a change with their times, and bins
 * whose bounds the data has; and the newest records of given entities, for which it would walk over
 * all.
 */
final class SeriesSql {

  private static final String PAGE =
      """
      SELECT * FROM public.time_series_records
       WHERE entity_id = :entity AND "time" >= :from AND "time" < :to
       ORDER BY "time" %s LIMIT :limit OFFSET :offset
      """;

  /** One step into the index for each entity. */
  private static final String LATEST =
      """
      SELECT record.*
        FROM unnest(:entities::text[]) AS entity (id)
       CROSS JOIN LATERAL (
             SELECT * FROM public.time_series_records
              WHERE entity_id = entity.id ORDER BY "time" DESC LIMIT 1) AS record
      """;

  private static final String DELTA =
      """
      SELECT :entity::text AS entity_id, f."time" AS first_time, f.value AS first_value,
             l."time" AS last_time, l.value AS last_value
        FROM (SELECT "time", value FROM public.time_series_records
               WHERE entity_id = :entity AND "time" >= :from AND "time" < :to
               ORDER BY "time" LIMIT 1) AS f,
             (SELECT "time", value FROM public.time_series_records
               WHERE entity_id = :entity AND "time" >= :from AND "time" < :to
               ORDER BY "time" DESC LIMIT 1) AS l
      """;

  /** The range is said thrice, so that each part finds its chunks when it is planned. */
  private static final String DELTAS =
      """
      WITH span AS (
        SELECT entity_id, min("time") AS first_time, max("time") AS last_time
          FROM public.time_series_records
         WHERE "time" >= :from AND "time" < :to
         GROUP BY entity_id HAVING min("time") < max("time"))
      SELECT span.entity_id, span.first_time, f.value AS first_value,
             span.last_time, l.value AS last_value
        FROM span
        JOIN public.time_series_records AS f
          ON f.entity_id = span.entity_id AND f."time" = span.first_time
         AND f."time" >= :from AND f."time" < :to
        JOIN public.time_series_records AS l
          ON l.entity_id = span.entity_id AND l."time" = span.last_time
         AND l."time" >= :from AND l."time" < :to
      """;

  /** The greatest value belongs to the last bucket, not behind it. */
  private static final String DISTRIBUTION =
      """
      WITH bounds AS (
        SELECT min(value) AS lowest, max(value) AS highest FROM public.time_series_records
         WHERE entity_id = :entity AND "time" >= :from AND "time" < :to)
      SELECT CASE WHEN lowest = highest THEN 1
                  ELSE least(width_bucket(value, lowest, highest, :buckets), :buckets)
             END AS bucket,
             count(*) AS count, lowest, highest
        FROM public.time_series_records, bounds
       WHERE entity_id = :entity AND "time" >= :from AND "time" < :to
       GROUP BY 1, lowest, highest
      """;

  private final Varve varve;

  SeriesSql(Varve varve) {
    this.varve = varve;
  }

  private NamedSql of(String sql, String entity, TimeRange range) {
    return within(sql, range).bind("entity", entity);
  }

  private NamedSql within(String sql, TimeRange range) {
    return varve.sql(sql).bind("from", range.from()).bind("to", range.to());
  }

  List<TimeSeriesRecord> page(String entity, TimeRange range, RecordOptions options) {
    return of(PAGE.formatted(options.newestFirst() ? "DESC" : "ASC"), entity, range)
        .bind("limit", options.limit())
        .bind("offset", options.offset())
        .list(TimeSeriesRecord.class);
  }

  Map<String, TimeSeriesRecord> latest(Collection<String> entities) {
    return varve.sql(LATEST).bind("entities", entities).list(TimeSeriesRecord.class).stream()
        .collect(Collectors.toMap(TimeSeriesRecord::entityId, Function.identity()));
  }

  Optional<ValueDelta> delta(String entity, TimeRange range) {
    return of(DELTA, entity, range).first(ValueDelta.class);
  }

  /** The greatest changes, the greatest first; of equal ones in the order of the entities. */
  List<ValueDelta> topChanges(int limit, TimeRange range, ChangeOrder order) {
    Comparator<ValueDelta> ranking =
        Comparator.<ValueDelta>comparingDouble(change -> size(change, order))
            .thenComparing(ValueDelta::entityId, Comparator.reverseOrder());
    return within(DELTAS, range)
        .useStream(ValueDelta.class, changes -> greatest(limit, changes, order, ranking));
  }

  /** As many changes are in memory as are asked for. */
  private static List<ValueDelta> greatest(
      int limit, Stream<ValueDelta> changes, ChangeOrder order, Comparator<ValueDelta> ranking) {
    PriorityQueue<ValueDelta> greatest = new PriorityQueue<>(ranking);
    changes
        .filter(change -> order == ChangeOrder.VALUE || change.percent().isPresent())
        .forEach(
            change -> {
              greatest.add(change);
              if (greatest.size() > limit) {
                greatest.remove();
              }
            });
    List<ValueDelta> sorted = new ArrayList<>(greatest);
    sorted.sort(ranking.reversed());
    return sorted;
  }

  private static double size(ValueDelta change, ChangeOrder order) {
    return Math.abs(
        switch (order) {
          case VALUE -> change.delta();
          case PERCENT -> change.percent().orElse(0);
        });
  }

  /** A bucket of {@link #DISTRIBUTION}, from 1. */
  record Counted(int bucket, long count, double lowest, double highest) {}

  List<ValueBucket> distribution(String entity, TimeRange range, int buckets) {
    List<Counted> counted =
        of(DISTRIBUTION, entity, range).bind("buckets", buckets).list(Counted.class);
    return counted.isEmpty() ? List.of() : buckets(counted, buckets);
  }

  private static List<ValueBucket> buckets(List<Counted> counted, int buckets) {
    double lowest = counted.get(0).lowest();
    double highest = counted.get(0).highest();
    long[] counts = new long[buckets];
    counted.forEach(bucket -> counts[bucket.bucket() - 1] = bucket.count());
    long all = counted.stream().mapToLong(Counted::count).sum();
    List<ValueBucket> result = new ArrayList<>();
    for (int i = 0; i < (lowest == highest ? 1 : buckets); i++) {
      double from = bound(lowest, highest, i, buckets);
      double to = bound(lowest, highest, i + 1, buckets);
      result.add(new ValueBucket(from, to, counts[i], (double) counts[i] / all));
    }
    return result;
  }

  /** Without the difference of the two, which may be too large for a double. */
  private static double bound(double lowest, double highest, int index, int buckets) {
    double share = (double) index / buckets;
    return lowest * (1 - share) + highest * share;
  }
}
