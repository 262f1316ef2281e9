package io.varve.query;

import io.varve.jdbc.Identifiers;
import io.varve.model.Column;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Table;
import io.varve.query.Buckets.Ordering;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes the statement of a bucketed query. Each step is a query around the one before, and only
 * those that were asked for are there; result columns are called {@code c1}, {@code c2} and so on
 * in all of them, whatever the table's columns are called.
 */
final class BucketSql {

  private final Dialect dialect;
  private final Buckets buckets;
  private final Optional<EndLookup> lookup;
  private final Table<?> table;
  private final Optional<BucketTime> time;
  private final List<ResultColumn> grouped;

  private BucketSql(Dialect dialect, Buckets buckets, Optional<EndLookup> lookup) {
    this.dialect = dialect;
    this.lookup = lookup;
    this.buckets = buckets;
    this.table = buckets.selection().table();
    this.time =
        buckets
            .rules()
            .map(it -> BucketTime.of(dialect.timeBucket(), table.time().type().kind(), it));
    this.grouped = buckets.grouped();
  }

  /**
   * @param lookup how first and last values are looked up, if they are
   */
  static Sql of(Dialect dialect, Buckets buckets, Optional<EndLookup> lookup) {
    BucketSql writer = new BucketSql(dialect, buckets, lookup);
    SqlBuilder sql = writer.isPlain() ? writer.grouped() : writer.steps();
    writer.order(sql);
    RowSql.limit(sql, buckets.limit());
    return sql.build();
  }

  /** Whether grouping is all there is to do. */
  private boolean isPlain() {
    return buckets.having().isEmpty()
        && !buckets.isFilled()
        && buckets.moving().isEmpty()
        && buckets.top().isEmpty()
        && time.map(it -> it.start("c1").equals("c1")).orElse(true);
  }

  private SqlBuilder steps() {
    Sql sql = started(grouped().build());
    sql = having(sql);
    sql = buckets.isFilled() ? fill(sql) : sql;
    sql = moving(sql);
    return buckets.top().isPresent() ? top(sql) : new SqlBuilder().add(sql);
  }

  private SqlBuilder grouped() {
    StepColumns steps = new StepColumns(table, buckets.aggregates());
    String column = Identifiers.quote(table.time().name());
    AggregateSql aggregates = new AggregateSql(dialect, table, steps, end(column));
    List<String> selected = new ArrayList<>(selected(column, aggregates));
    lookup.ifPresent(it -> selected.addAll(it.times(column)));
    SqlBuilder sql = new SqlBuilder().sql("SELECT ").sql(String.join(", ", selected));
    steps.from(sql, new Filter(buckets.selection()));
    if (!keys().isEmpty()) {
      sql.sql(" GROUP BY ")
          .sql(keys().stream().map(String::valueOf).collect(Collectors.joining(", ")));
    }
    return lookup.map(it -> it.around(sql.build(), aggregates)).orElse(sql);
  }

  /** Keys and aggregates, but those that are looked up. */
  private List<String> selected(String column, AggregateSql aggregates) {
    List<String> selected = new ArrayList<>();
    time.ifPresent(it -> selected.add(it.key(column) + " AS c1"));
    buckets.groups().forEach(group -> selected.add(named(group, selected.size() + 1)));
    List<AggregateColumn> columns = buckets.aggregates();
    for (int i = 0; i < columns.size(); i++) {
      if (lookup.isEmpty() || !EndLookup.isEnd(columns.get(i))) {
        selected.add(aggregates.of(columns.get(i)) + " AS c" + (keys().size() + i + 1));
      }
    }
    return selected;
  }

  private static String named(Column<?, ?> column, int number) {
    return Identifiers.quote(column.name()) + " AS c" + number;
  }

  /** The end of a row's bucket, or of the range; infinity ends nothing. */
  private String end(String column) {
    Instant to = selection().instants().to();
    boolean ends = to != null && TimeLiteral.isInCalendar(table.time().type().kind(), to);
    String rangeEnd = bound(ends ? to : null, selection().units().to());
    return time.map(it -> "least(%s, %s)".formatted(it.end(it.key(column)), rangeEnd))
        .orElse(rangeEnd);
  }

  /** A bound of the range as a literal; NULL where it is open. */
  private String bound(@Nullable Instant instant, @Nullable Long units) {
    Kind kind = table.time().type().kind();
    if (units != null) {
      return "CAST(%s AS bigint)".formatted(units);
    }
    return instant == null
        ? "NULL"
        : "CAST(%s AS %s)"
            .formatted(Identifiers.literal(TimeLiteral.bound(kind, instant)), kind.sql());
  }

  /** Keys become the buckets' starts. */
  private Sql started(Sql inner) {
    if (time.isEmpty()) {
      return inner;
    }
    String start = time.get().start("c1");
    if (start.equals("c1")) {
      return inner;
    }
    String others = list(", ", numbers(2, grouped.size()));
    return around(start + " AS c1" + others, inner, "started").build();
  }

  private Sql having(Sql inner) {
    if (buckets.having().isEmpty()) {
      return inner;
    }
    SqlBuilder sql = around(list("", numbers(grouped.size())), inner, "aggregated");
    sql.sql(" WHERE ")
        .each(
            buckets.having(),
            " AND ",
            condition -> sql.add(ConditionSql.of(condition, buckets::operand)));
    return sql.build();
  }

  private Sql fill(Sql inner) {
    return FillSql.of(buckets, inner, slots());
  }

  private String slots() {
    BucketTime buckets = time.orElseThrow();
    String from = bound(selection().instants().from(), selection().units().from());
    String to = bound(selection().instants().to(), selection().units().to());
    String keys = "%s AND %s < %s".formatted(buckets.slots(from, to), from, to);
    String start = buckets.start("slot");
    return start.equals("slot")
        ? keys
        : "SELECT %s FROM (%s) AS slots (slot)".formatted(start, keys);
  }

  private Selection<?> selection() {
    return buckets.selection();
  }

  private Sql moving(Sql inner) {
    if (buckets.moving().isEmpty()) {
      return inner;
    }
    List<ResultColumn> columns = buckets.columns();
    List<String> groups =
        numbers(time.isPresent() ? 2 : 1, keys().size()).stream().map(it -> "c" + it).toList();
    StringBuilder select = new StringBuilder(list("", numbers(grouped.size())));
    for (int i = 0; i < buckets.moving().size(); i++) {
      Moving moving = buckets.moving().get(i);
      int number = grouped.size() + i + 1;
      String value = "c" + Buckets.position(grouped, moving.column());
      select
          .append(", ")
          .append(MovingSql.of(moving, value, columns.get(number - 1).type(), groups, "c1"))
          .append(" AS c")
          .append(number);
    }
    return around(select.toString(), inner, "filled").build();
  }

  private SqlBuilder top(Sql inner) {
    Buckets.Top top = buckets.top().orElseThrow();
    String by = "c" + Buckets.position(buckets.columns(), top.column());
    String partition = time.isPresent() ? "PARTITION BY c1 " : "";
    String rank =
        "row_number() OVER (%sORDER BY %s DESC NULLS LAST%s) AS place"
            .formatted(partition, by, list(", ", keys()));
    String all = list("", numbers(buckets.columns().size()));
    Sql ranked = around(all + ", " + rank, inner, "moved").build();
    return around(all, ranked, "ranked").sql(" WHERE place <= ").bind(Bind.bigint(top.rows()));
  }

  private static SqlBuilder around(String select, Sql inner, String name) {
    return new SqlBuilder().sql("SELECT " + select + " FROM (").add(inner).sql(") AS " + name);
  }

  private void order(SqlBuilder sql) {
    List<String> orders = new ArrayList<>();
    for (Ordering ordering : buckets.orderings()) {
      int position = Buckets.position(buckets.columns(), ordering.column());
      orders.add(position + (ordering.descending() ? " DESC" : "") + " NULLS LAST");
    }
    if (time.isPresent()) {
      orders.add("1" + buckets.order().sql());
    }
    numbers(time.isPresent() ? 2 : 1, keys().size()).forEach(it -> orders.add(it.toString()));
    if (!orders.isEmpty()) {
      sql.sql(" ORDER BY ").sql(String.join(", ", orders));
    }
  }

  private List<Integer> keys() {
    return numbers(buckets.keys().size());
  }

  private static List<Integer> numbers(int last) {
    return numbers(1, last);
  }

  private static List<Integer> numbers(int first, int last) {
    return IntStream.rangeClosed(first, last).boxed().toList();
  }

  private static String list(String before, List<Integer> numbers) {
    return numbers.stream()
        .map(number -> "c" + number)
        .collect(Collectors.joining(", ", numbers.isEmpty() ? "" : before, ""));
  }
}
