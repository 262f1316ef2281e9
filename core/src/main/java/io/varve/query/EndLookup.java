package io.varve.query;

import io.varve.model.Column;
import io.varve.query.Aggregate.Function;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Looks up the first and last values of groups by their times, instead of comparing all pairs of
 * time and value. That needs an index which leads to the rows of a group at a time, and pays where
 * groups have so many rows that the look-ups are few.
 */
final class EndLookup {

  /** A look-up costs as much as the comparison of so many pairs. */
  private static final int PAIRS = 64;

  private EndLookup() {}

  /** Whether the query has such values, of groups that can be looked up. */
  static boolean fits(Buckets buckets) {
    return buckets.aggregates().stream().anyMatch(EndLookup::isEnd)
        && dimensions(buckets).containsAll(buckets.groups());
  }

  /** Whether it costs less, as far as the catalogue and the server's statistics tell. */
  static boolean pays(Connection connection, Buckets buckets) throws SQLException {
    boolean each = new HashSet<>(buckets.groups()).containsAll(dimensions(buckets));
    if (!TimeIndex.leadsTo(connection, buckets.selection(), each)) {
      return false;
    }
    double width =
        buckets.rules().map(it -> it.width().approximateMicros()).orElse(Double.POSITIVE_INFINITY);
    return SeriesDensity.of(connection, buckets.selection().table())
        .map(it -> it.rowsWithin(width) >= PAIRS)
        .orElse(false);
  }

  private static Set<Column<?, ?>> dimensions(Buckets buckets) {
    return new HashSet<>(List.copyOf(buckets.selection().table().dimensions()));
  }

  static boolean isEnd(AggregateColumn column) {
    Function function = column.aggregate().function();
    return function == Function.FIRST || function == Function.LAST;
  }

  /** What the query of the groups has beside its own columns: their first and last times. */
  static List<String> times(String column) {
    return List.of("min(" + column + ") AS first", "max(" + column + ") AS last");
  }

  /**
   * The groups with the values at those times.
   *
   * @param groups a query of all columns but those values
   */
  static SqlBuilder around(Sql groups, Buckets buckets, AggregateSql aggregates) {
    List<String> columns = new ArrayList<>();
    buckets.keys().forEach(key -> columns.add("groups.c" + (columns.size() + 1)));
    buckets.aggregates().forEach(each -> columns.add(source(each) + ".c" + (columns.size() + 1)));
    SqlBuilder sql = new SqlBuilder().sql("SELECT ");
    sql.sql(String.join(", ", columns)).sql(" FROM (").add(groups).sql(") AS groups");
    lookUp(sql, Function.FIRST, buckets, aggregates);
    lookUp(sql, Function.LAST, buckets, aggregates);
    return sql;
  }

  private static String source(AggregateColumn column) {
    return isEnd(column) ? name(column.aggregate().function()) + "_rows" : "groups";
  }

  private static String name(Function function) {
    return function == Function.FIRST ? "first" : "last";
  }

  /** Several rows may have that time; the aggregate chooses among them. */
  private static void lookUp(
      SqlBuilder sql, Function function, Buckets buckets, AggregateSql aggregates) {
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
    Selection<?> selection = buckets.selection();
    sql.sql(" CROSS JOIN LATERAL (SELECT ").sql(String.join(", ", values));
    sql.sql(" FROM ").sql(selection.table().name().sql()).sql(" AS stored WHERE ");
    sql.name(selection.table().time().name()).sql(" = groups." + name(function));
    int before = buckets.keys().size() - buckets.groups().size();
    for (int i = 0; i < buckets.groups().size(); i++) {
      sql.sql(" AND ").name(buckets.groups().get(i).name()).sql(" = groups.c" + (before + i + 1));
    }
    new Filter(selection).and(sql);
    sql.sql(") AS ").sql(name(function)).sql("_rows");
  }
}
