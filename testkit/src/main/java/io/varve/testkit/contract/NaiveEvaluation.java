package io.varve.testkit.contract;

import io.varve.model.ColumnType.Kind;
import io.varve.model.Row;
import io.varve.query.Aggregate;
import io.varve.query.Fill;
import io.varve.query.Moving;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Works a query out row by row, step by step in the order {@link io.varve.query.BucketQuery}
 * promises.
 */
final class NaiveEvaluation {

  private static final MathContext DIGITS = new MathContext(60);

  private final NaiveQuery query;
  private final NaiveTable table;
  private final int keys;
  private final List<NaiveColumn> grouped;
  private final List<NaiveColumn> columns;
  private final long from;
  private final long to;

  private NaiveEvaluation(NaiveQuery query) {
    this.query = query;
    this.table = query.table;
    this.keys = query.keys().size();
    this.grouped = query.grouped();
    this.columns = query.columns();
    this.from = query.spans.stream().mapToLong(this::from).max().orElse(Long.MIN_VALUE);
    this.to = query.spans.stream().mapToLong(this::to).min().orElse(Long.MAX_VALUE);
  }

  static NaiveAnswer of(NaiveQuery query) {
    return new NaiveEvaluation(query).answer();
  }

  private long from(NaiveQuery.Span span) {
    Object bound = span.from();
    return bound == null ? Long.MIN_VALUE : NaiveTime.bound(table.timeKind(), bound);
  }

  private long to(NaiveQuery.Span span) {
    Object bound = span.to();
    return bound == null ? Long.MAX_VALUE : NaiveTime.bound(table.timeKind(), bound);
  }

  private NaiveAnswer answer() {
    List<List<@Nullable Object>> rows = aggregated();
    rows.removeIf(row -> !NaiveConditions.hold(query.having, name -> value(row, name)));
    Collection<List<List<@Nullable Object>>> groups = byGroup(rows);
    if (query.isFilled()) {
      groups = groups.stream().map(this::filled).toList();
    }
    groups.forEach(this::addMoving);
    List<List<@Nullable Object>> all = new ArrayList<>();
    groups.forEach(all::addAll);
    all = top(all);
    all.sort(NaiveAnswer.comparator(order()).thenComparing(NaiveValues.LISTS));
    long limit = query.limit == null ? Long.MAX_VALUE : query.limit;
    return new NaiveAnswer(columns, keys, all, order(), limit);
  }

  private @Nullable Object value(List<@Nullable Object> row, String column) {
    return row.get(NaiveColumn.index(grouped, column));
  }

  private List<List<@Nullable Object>> aggregated() {
    List<Row> selected = table.rows().stream().filter(this::isSelected).toList();
    TreeMap<List<@Nullable Object>, List<Row>> groups = new TreeMap<>(NaiveValues.LISTS);
    if (keys == 0) {
      groups.put(List.of(), new ArrayList<>());
    }
    selected.forEach(row -> groups.computeIfAbsent(key(row), it -> new ArrayList<>()).add(row));
    NaiveAggregates aggregates = new NaiveAggregates(table, selected);
    List<List<@Nullable Object>> rows = new ArrayList<>();
    groups.forEach(
        (key, group) -> {
          List<@Nullable Object> row = new ArrayList<>(key);
          for (Aggregate aggregate : query.aggregates) {
            row.add(aggregates.of(aggregate, group, end(key)));
          }
          rows.add(row);
        });
    return rows;
  }

  private boolean isSelected(Row row) {
    long time = table.time(row);
    return time >= from && time < to && NaiveConditions.hold(query.where, row::value);
  }

  private List<@Nullable Object> key(Row row) {
    List<@Nullable Object> key = new ArrayList<>();
    if (query.buckets != null) {
      key.add(NaiveTime.as(table.timeKind(), query.buckets.start(table.time(row))));
    }
    query.groups.forEach(it -> key.add(row.value(it)));
    return key;
  }

  /** The end of the bucket or of the range. */
  private OptionalLong end(List<@Nullable Object> key) {
    long end =
        query.buckets == null
            ? to
            : Math.min(to, query.buckets.end(NaiveTime.of(Objects.requireNonNull(key.get(0)))));
    return end == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(end);
  }

  /** In the order of the buckets; without groups it is one, even of no rows. */
  private Collection<List<List<@Nullable Object>>> byGroup(List<List<@Nullable Object>> rows) {
    TreeMap<List<@Nullable Object>, List<List<@Nullable Object>>> groups =
        new TreeMap<>(NaiveValues.LISTS);
    if (query.groups.isEmpty()) {
      groups.put(List.of(), new ArrayList<>());
    }
    rows.forEach(row -> groups.computeIfAbsent(group(row), it -> new ArrayList<>()).add(row));
    return groups.values();
  }

  private List<@Nullable Object> group(List<@Nullable Object> row) {
    return row.subList(query.buckets == null ? 0 : 1, keys);
  }

  private List<List<@Nullable Object>> filled(List<List<@Nullable Object>> rows) {
    NaiveBuckets buckets = Objects.requireNonNull(query.buckets);
    TreeMap<Long, List<@Nullable Object>> byBucket = new TreeMap<>();
    rows.forEach(row -> byBucket.put(time(row), row));
    List<List<@Nullable Object>> all = new ArrayList<>();
    TreeSet<Long> slots = new TreeSet<>(buckets.slots(from, to));
    slots.addAll(byBucket.keySet());
    for (long slot : slots) {
      List<@Nullable Object> row = byBucket.get(slot);
      all.add(row == null ? emptyRow(slot, rows) : row);
    }
    List<List<@Nullable Object>> filled = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      filled.add(filled(all, i, rows));
    }
    return filled;
  }

  private static long time(List<@Nullable Object> row) {
    return NaiveTime.of(Objects.requireNonNull(row.get(0)));
  }

  private List<@Nullable Object> emptyRow(long slot, List<List<@Nullable Object>> rows) {
    List<@Nullable Object> row = new ArrayList<>();
    row.add(NaiveTime.as(table.timeKind(), slot));
    row.addAll(rows.isEmpty() ? List.of() : group(rows.get(0)));
    while (row.size() < grouped.size()) {
      row.add(null);
    }
    return row;
  }

  private List<@Nullable Object> filled(
      List<List<@Nullable Object>> all, int index, List<List<@Nullable Object>> present) {
    List<@Nullable Object> row = all.get(index);
    List<@Nullable Object> filled = new ArrayList<>(row);
    for (int column = keys; column < grouped.size(); column++) {
      Fill fill = query.fillOf(grouped.get(column).name());
      boolean empty = present.stream().noneMatch(it -> it == row);
      if (empty || fill.replacesNulls() && row.get(column) == null) {
        filled.set(column, fill(fill, column, row, present));
      }
    }
    return filled;
  }

  private @Nullable Object fill(
      Fill fill, int column, List<@Nullable Object> row, List<List<@Nullable Object>> present) {
    if (fill instanceof Fill.Value value) {
      return NaiveAggregates.cast(grouped.get(column).type().kind(), value.value());
    }
    List<@Nullable Object> before = null;
    List<@Nullable Object> after = null;
    for (List<@Nullable Object> each : present) {
      if (!fill.replacesNulls() || each.get(column) != null) {
        before = time(each) < time(row) ? each : before;
        after = after == null && time(each) > time(row) ? each : after;
      }
    }
    if (fill instanceof Fill.Previous) {
      return before == null ? null : before.get(column);
    }
    return fill instanceof Fill.Linear && before != null && after != null
        ? line(column, row, before, after)
        : null;
  }

  private @Nullable Object line(
      int column,
      List<@Nullable Object> row,
      List<@Nullable Object> before,
      List<@Nullable Object> after) {
    Number left = (Number) before.get(column);
    Number right = (Number) after.get(column);
    if (left == null || right == null) {
      return null;
    }
    Kind kind = grouped.get(column).type().kind();
    long passed = time(row) - time(before);
    long whole = time(after) - time(before);
    if (NaiveValues.compare(left, right) == 0) {
      return left;
    } else if (!NaiveValues.isFinite(left) || !NaiveValues.isFinite(right)) {
      return NaiveAggregates.cast(kind, left.doubleValue() + right.doubleValue());
    }
    BigDecimal exact =
        NaiveValues.exact(left)
            .add(
                NaiveValues.exact(right)
                    .subtract(NaiveValues.exact(left))
                    .multiply(BigDecimal.valueOf(passed))
                    .divide(BigDecimal.valueOf(whole), DIGITS));
    boolean rounded = kind == Kind.BIGINT || kind == Kind.INTEGER || kind == Kind.SMALLINT;
    return NaiveAggregates.cast(kind, rounded ? exact.setScale(0, RoundingMode.HALF_UP) : exact);
  }

  private void addMoving(List<List<@Nullable Object>> rows) {
    List<List<@Nullable Object>> before = rows.stream().map(it -> copy(it)).toList();
    for (int i = 0; i < rows.size(); i++) {
      for (Moving moving : query.moving) {
        int column = NaiveColumn.index(grouped, moving.column());
        rows.get(i).add(moving(moving, column, before.subList(0, i + 1)));
      }
    }
  }

  private static List<@Nullable Object> copy(List<@Nullable Object> row) {
    return new ArrayList<>(row);
  }

  /**
   * @param rows up to the present one
   */
  private @Nullable Object moving(Moving moving, int column, List<List<@Nullable Object>> rows) {
    Kind kind = NaiveColumn.of(moving, grouped.get(column)).type().kind();
    if (moving.function() == Moving.Function.DIFFERENCE) {
      return difference(kind, column, rows);
    }
    int window = Math.min(rows.size(), moving.rows().orElse(Integer.MAX_VALUE));
    List<Object> values = new ArrayList<>();
    for (List<@Nullable Object> row : rows.subList(rows.size() - window, rows.size())) {
      Object value = row.get(column);
      if (value != null) {
        values.add(value);
      }
    }
    if (moving.function() == Moving.Function.COUNT) {
      return (long) values.size();
    }
    List<Number> numbers = values.stream().map(Number.class::cast).toList();
    return numbers.isEmpty() ? null : moving(moving.function(), kind, numbers);
  }

  private static @Nullable Object moving(
      Moving.Function function, Kind kind, List<Number> numbers) {
    return switch (function) {
      case AVG -> NaiveAggregates.mean(kind, numbers);
      case SUM -> NaiveAggregates.cast(kind, NaiveAggregates.sum(numbers));
      case MIN -> numbers.stream().min(NaiveValues::compare).orElseThrow();
      case MAX -> numbers.stream().max(NaiveValues::compare).orElseThrow();
      default -> throw new IllegalStateException(function + " is not of numbers alone");
    };
  }

  private static @Nullable Object difference(
      Kind kind, int column, List<List<@Nullable Object>> rows) {
    Object before = rows.size() < 2 ? null : rows.get(rows.size() - 2).get(column);
    Object now = rows.get(rows.size() - 1).get(column);
    return before == null || now == null
        ? null
        : NaiveAggregates.cast(kind, NaiveAggregates.minus((Number) now, (Number) before));
  }

  /** Of equal ones those whose group comes first, which is the order they are in. */
  private List<List<@Nullable Object>> top(List<List<@Nullable Object>> rows) {
    NaiveQuery.Top top = query.top;
    if (top == null) {
      return rows;
    }
    int column = NaiveColumn.index(columns, top.column());
    List<NaiveAnswer.Order> order = new ArrayList<>(List.of(new NaiveAnswer.Order(column, true)));
    order.addAll(NaiveAnswer.ascending(keys));
    TreeMap<List<@Nullable Object>, List<List<@Nullable Object>>> buckets =
        new TreeMap<>(NaiveValues.LISTS);
    int bucket = query.buckets == null ? 0 : 1;
    rows.forEach(
        row -> buckets.computeIfAbsent(row.subList(0, bucket), it -> new ArrayList<>()).add(row));
    List<List<@Nullable Object>> kept = new ArrayList<>();
    for (List<List<@Nullable Object>> each : buckets.values()) {
      each.sort(NaiveAnswer.comparator(order));
      kept.addAll(each.subList(0, Math.min(top.rows(), each.size())));
    }
    return kept;
  }

  /** What is promised; another order by a column is all there is then. */
  private List<NaiveAnswer.Order> order() {
    if (!query.orderings.isEmpty()) {
      return query.orderings.stream()
          .map(
              it -> new NaiveAnswer.Order(NaiveColumn.index(columns, it.column()), it.descending()))
          .toList();
    }
    List<NaiveAnswer.Order> order = new ArrayList<>(NaiveAnswer.ascending(keys));
    if (query.buckets != null && query.newestFirst) {
      order.set(0, new NaiveAnswer.Order(0, true));
    }
    return order;
  }
}
