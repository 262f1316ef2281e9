package io.varve.testkit.contract;

import io.varve.Varve;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Row;
import io.varve.query.Aggregate;
import io.varve.query.BucketQuery;
import io.varve.query.Condition;
import io.varve.query.Fill;
import io.varve.query.Moving;
import io.varve.query.Query;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a query asks: filled in step by step, then asked of the database and worked out here. */
final class NaiveQuery {

  final NaiveTable table;
  final List<Span> spans = new ArrayList<>();
  final List<Condition> where = new ArrayList<>();
  @Nullable NaiveBuckets buckets;
  final List<String> groups = new ArrayList<>();
  final List<Aggregate> aggregates = new ArrayList<>();
  final List<Condition> having = new ArrayList<>();
  Fill fill = Fill.none();
  final Map<String, Fill> fills = new LinkedHashMap<>();
  final List<Moving> moving = new ArrayList<>();
  @Nullable Top top;
  final List<Ordering> orderings = new ArrayList<>();
  boolean newestFirst;
  @Nullable Long limit;

  /** A range, open where a bound is null; of Instants or Longs. */
  record Span(@Nullable Object from, @Nullable Object to) {}

  /** The greatest of each bucket. */
  record Top(int rows, String column) {}

  /** An order by a result column. */
  record Ordering(String column, boolean descending) {}

  NaiveQuery(NaiveTable table) {
    this.table = table;
  }

  boolean isFilled() {
    return fill.addsRows() || fills.values().stream().anyMatch(Fill::addsRows);
  }

  Fill fillOf(String column) {
    return fills.getOrDefault(column, fill);
  }

  /** The bucket, if there is one, and the groups. */
  List<NaiveColumn> keys() {
    List<NaiveColumn> keys = new ArrayList<>();
    if (buckets != null) {
      keys.add(new NaiveColumn("bucket", ColumnType.of(table.timeKind()), true));
    }
    groups.forEach(it -> keys.add(new NaiveColumn(it, ColumnType.of(table.kind(it)), true)));
    return keys;
  }

  /** Keys and aggregates, as they are after filling. */
  List<NaiveColumn> grouped() {
    List<NaiveColumn> columns = keys();
    for (Aggregate aggregate : aggregates) {
      Kind kind = aggregate.column().map(table::kind).orElse(Kind.BIGINT);
      boolean drawn = fillOf(aggregate.name()) instanceof Fill.Linear;
      columns.add(
          new NaiveColumn(
              aggregate.name(),
              NaiveColumn.type(aggregate.function(), kind),
              !drawn && NaiveColumn.isExact(aggregate.function())));
    }
    return columns;
  }

  List<NaiveColumn> columns() {
    List<NaiveColumn> grouped = grouped();
    List<NaiveColumn> columns = new ArrayList<>(grouped);
    moving.forEach(it -> columns.add(NaiveColumn.of(it, NaiveColumn.find(grouped, it.column()))));
    return columns;
  }

  BucketQuery ask(Varve varve) {
    Query<Row> rows = varve.from(table.table());
    for (Span span : spans) {
      rows = narrow(rows, span);
    }
    for (Condition condition : where) {
      rows = narrow(rows, condition);
    }
    BucketQuery query = grouped(rows).select(aggregates.toArray(Aggregate[]::new));
    for (Condition condition : having) {
      query = query.having(condition);
    }
    query = fill.addsRows() ? query.fill(fill) : query;
    for (Map.Entry<String, Fill> each : fills.entrySet()) {
      query = query.fill(each.getKey(), each.getValue());
    }
    query = moving.isEmpty() ? query : query.moving(moving.toArray(Moving[]::new));
    return ordered(query);
  }

  private static Query<Row> narrow(Query<Row> rows, Span span) {
    Object from = span.from();
    Object to = span.to();
    if (from instanceof Long first && to instanceof Long end) {
      return rows.range(first, end);
    } else if (from instanceof Instant first) {
      return to instanceof Instant end ? rows.range(first, end) : rows.since(first);
    }
    return to instanceof Instant end ? rows.before(end) : rows;
  }

  private static Query<Row> narrow(Query<Row> rows, Condition condition) {
    if (condition instanceof Condition.Compared it && it.operator() == Condition.Operator.EQUAL) {
      return rows.where(it.column(), it.value());
    } else if (condition instanceof Condition.Null it && it.expected()) {
      return rows.whereNull(it.column());
    }
    return rows.where(condition);
  }

  private BucketQuery grouped(Query<Row> rows) {
    String[] columns = groups.toArray(String[]::new);
    if (buckets == null) {
      return rows.groupBy(columns);
    }
    BucketQuery query = bucketed(rows, buckets);
    return groups.isEmpty() ? query : query.groupBy(columns);
  }

  private static BucketQuery bucketed(Query<Row> rows, NaiveBuckets buckets) {
    if (!buckets.isPlain()) {
      return rows.bucket(buckets.toBucket());
    } else if (buckets.width() instanceof Duration width) {
      return rows.bucket(width);
    }
    return buckets.width() instanceof Period width
        ? rows.bucket(width)
        : rows.bucket((Long) buckets.width());
  }

  private BucketQuery ordered(BucketQuery all) {
    BucketQuery query = top == null ? all : all.top(top.rows(), top.column());
    for (Ordering ordering : orderings) {
      query =
          ordering.descending()
              ? query.orderByDescending(ordering.column())
              : query.orderBy(ordering.column());
    }
    query = newestFirst ? query.newestFirst() : query;
    return limit == null ? query : query.limit(limit);
  }

  /** Its steps. */
  @Override
  public String toString() {
    List<String> steps = new ArrayList<>(List.of("from " + table.table().name()));
    spans.forEach(it -> steps.add(it.toString()));
    where.forEach(it -> steps.add("where " + it));
    steps.add(buckets == null ? "no buckets" : buckets.toString());
    steps.add("groups " + groups);
    aggregates.forEach(it -> steps.add(it.toString()));
    having.forEach(it -> steps.add("having " + it));
    steps.add("fill " + fill + " " + fills);
    moving.forEach(it -> steps.add(it.toString()));
    steps.add(top + " " + orderings + (newestFirst ? " newest first" : "") + " limit " + limit);
    return String.join("\n  ", steps);
  }
}
