package io.varve.series;

import io.varve.Varve;
import io.varve.query.NamedSql;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.stream.Stream;

/** What the query builder does not say: offsets, and both ends of a change with their times. */
final class SeriesSql {

  private static final String PAGE =
      """
      SELECT * FROM public.time_series_records
       WHERE entity_id = :entity AND "time" >= :from AND "time" < :to
       ORDER BY "time" %s LIMIT :limit OFFSET :offset
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
    String direction =
        switch (options.order()) {
          case NEWEST_FIRST -> "DESC";
          case OLDEST_FIRST -> "ASC";
        };
    return of(PAGE.formatted(direction), entity, range)
        .bind("limit", options.limit())
        .bind("offset", options.offset())
        .list(TimeSeriesRecord.class);
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
}
