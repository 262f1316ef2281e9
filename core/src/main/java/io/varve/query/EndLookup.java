package io.varve.query;

import io.varve.model.Column;
import io.varve.model.Table;
import io.varve.query.Aggregate.Function;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Looks up the first and last values of groups by their times, instead of comparing all pairs of
 * time and value. That needs an index which leads to the rows of a group at a time, or to those of
 * each of its series, and pays where these have so many rows in a bucket that the look-ups are few.
 */
final class EndLookup {

  /** A look-up costs as much as the comparison of so many pairs. */
  private static final int PAIRS = 64;

  private final Buckets buckets;
  private final Selection<?> selection;
  private final List<String> walk;

  /**
   * @param walk the dimensions in the order of an index, where a group is of all series; empty
   *     where it is of one
   */
  private EndLookup(Buckets buckets, List<String> walk) {
    this.buckets = buckets;
    this.selection = buckets.selection();
    this.walk = walk;
  }

  /** Whether the query has such values, of groups that might be looked up. */
  static boolean fits(Buckets buckets) {
    return buckets.aggregates().stream().anyMatch(EndLookup::isEnd)
        && dimensions(buckets).containsAll(buckets.groups());
  }

  /** Nothing where it cannot be done, or costs more, as far as the server's statistics tell. */
  static Optional<EndLookup> of(Connection connection, Buckets buckets, Dialect dialect)
      throws SQLException {
    boolean each = new HashSet<>(buckets.groups()).containsAll(dimensions(buckets));
    if (!pays(connection, buckets)) {
      return Optional.empty();
    }
    Table<?> table = buckets.selection().table();
    if (TimeIndex.leadsTo(connection, buckets.selection(), each)
        || buckets.groups().isEmpty() && TimeIndex.leadsToTime(connection, table)) {
      return Optional.of(new EndLookup(buckets, List.of()));
    }
    return canWalk(buckets, dialect)
        ? walk(connection, table).map(it -> new EndLookup(buckets, it))
        : Optional.empty();
  }

  private static boolean pays(Connection connection, Buckets buckets) throws SQLException {
    double width =
        buckets.rules().map(it -> it.width().approximateMicros()).orElse(Double.POSITIVE_INFINITY);
    Selection<?> selection = buckets.selection();
    return SeriesDensity.of(connection, selection.table())
        .map(it -> it.rowsWithin(Math.min(width, selection.length())) >= PAIRS)
        .orElse(false);
  }

  /**
   * Whether groups are of all series, and these are found without reading what lies between. A
   * condition might leave so few series or rows that walking all would cost more, and so does a
   * range within a chunk where the server has to read the rest of its index.
   */
  private static boolean canWalk(Buckets buckets, Dialect dialect) {
    Selection<?> selection = buckets.selection();
    return buckets.groups().isEmpty()
        && selection.conditions().isEmpty()
        && (dialect.skipsInIndexes() || selection.isUnbounded());
  }

  /** A walk finds no series with a null. */
  private static Optional<List<String>> walk(Connection connection, Table<?> table)
      throws SQLException {
    SeriesIndex index = SeriesIndex.of(connection, table);
    return index.order().isEmpty() || !index.nullable().isEmpty()
        ? Optional.empty()
        : Optional.of(index.order());
  }

  private static Set<Column<?, ?>> dimensions(Buckets buckets) {
    return new HashSet<>(List.copyOf(buckets.selection().table().dimensions()));
  }

  static boolean isEnd(AggregateColumn column) {
    Function function = column.aggregate().function();
    return function == Function.FIRST || function == Function.LAST;
  }

  /** What the query of the groups has beside its own columns: their first and last times. */
  List<String> times(String column) {
    return List.of("min(" + column + ") AS first", "max(" + column + ") AS last");
  }

  /**
   * The groups with the values at those times.
   *
   * @param groups a query of all columns but those values
   */
  SqlBuilder around(Sql groups, AggregateSql aggregates) {
    List<String> columns = new ArrayList<>();
    buckets.keys().forEach(key -> columns.add("groups.c" + (columns.size() + 1)));
    buckets.aggregates().forEach(each -> columns.add(source(each) + ".c" + (columns.size() + 1)));
    SqlBuilder sql = new SqlBuilder();
    if (!walk.isEmpty()) {
      new LatestSql(selection).seriesWalked(sql, walk);
      sql.sql(" ");
    }
    sql.sql("SELECT ").sql(String.join(", ", columns));
    sql.sql(" FROM (").add(groups).sql(") AS groups");
    lookUp(sql, Function.FIRST, aggregates);
    lookUp(sql, Function.LAST, aggregates);
    return sql;
  }

  private static String source(AggregateColumn column) {
    return isEnd(column) ? name(column.aggregate().function()) + "_rows" : "groups";
  }

  private static String name(Function function) {
    return function == Function.FIRST ? "first" : "last";
  }

  /** Several rows may have that time; the aggregate chooses among them. */
  private void lookUp(SqlBuilder sql, Function function, AggregateSql aggregates) {
    List<String> values = new ArrayList<>();
    for (int i = 0; i < buckets.aggregates().size(); i++) {
      AggregateColumn column = buckets.aggregates().get(i);
      if (column.aggregate().function() == function) {
        values.add(aggregates.of(column) + " AS c" + (buckets.keys().size() + i + 1));
      }
    }
    if (values.isEmpty()) {
      return;
    }
    sql.sql(" CROSS JOIN LATERAL (SELECT ").sql(String.join(", ", values)).sql(" FROM ");
    if (walk.isEmpty()) {
      at(sql, function);
    } else {
      atEachSeries(sql, function);
    }
    sql.sql(") AS ").sql(name(function)).sql("_rows");
  }

  /** The rows of the group at that time. */
  private void at(SqlBuilder sql, Function function) {
    sql.sql(selection.table().name().sql()).sql(" AS stored WHERE ");
    sql.name(selection.table().time().name()).sql(" = groups." + name(function));
    int before = buckets.keys().size() - buckets.groups().size();
    for (int i = 0; i < buckets.groups().size(); i++) {
      sql.sql(" AND ").name(buckets.groups().get(i).name()).sql(" = groups.c" + (before + i + 1));
    }
    new Filter(selection).and(sql);
  }

  /**
   * The same, one series after the other. OFFSET 0 keeps the server from joining them in another
   * way; around it is a query that shows none of the walk's columns, whose names a column may have.
   */
  private void atEachSeries(SqlBuilder sql, Function function) {
    sql.sql("(SELECT found.* FROM series CROSS JOIN LATERAL (SELECT stored.* FROM ");
    at(sql, function);
    for (int i = 0; i < walk.size(); i++) {
      sql.sql(" AND ").name(walk.get(i)).sql(" = series.d" + (i + 1));
    }
    sql.sql(" OFFSET 0) AS found) AS stored");
  }
}
