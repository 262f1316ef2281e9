package io.varve.query;

import io.varve.jdbc.Identifiers;
import io.varve.model.Column;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Table;
import io.varve.query.Aggregate.Function;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What some aggregates need to know of a row's neighbours: the value before it in its series, and
 * when the next one comes. Rows without a value have no neighbours and are none. Where nothing is
 * needed, rows are read from the table itself.
 */
final class StepColumns {

  private final Table<?> table;
  private final String prefix;
  private final List<String> columns;

  StepColumns(Table<?> table, List<AggregateColumn> aggregates) {
    this.table = table;
    this.prefix = freePrefix(table);
    this.columns =
        aggregates.stream()
            .filter(it -> needsNeighbours(it.aggregate().function()))
            .map(it -> it.aggregate().column().orElseThrow())
            .distinct()
            .toList();
  }

  private static boolean needsNeighbours(Function function) {
    return function == Function.INCREASE
        || function == Function.RATE
        || function == Function.TIME_WEIGHTED_AVG;
  }

  /** No column of the table begins with it. */
  private static String freePrefix(Table<?> table) {
    String prefix = "varve_";
    while (startsAny(table, prefix)) {
      prefix += "_";
    }
    return prefix;
  }

  private static boolean startsAny(Table<?> table, String prefix) {
    return table.columns().stream().map(Column::name).anyMatch(name -> name.startsWith(prefix));
  }

  /** A name that is no column's. */
  String helper(String name) {
    return prefix + name;
  }

  /** The value of the row before. */
  String previous(String column) {
    return prefix + "previous_" + columns.indexOf(column);
  }

  /** The time of the row before. */
  String previousTime(String column) {
    return prefix + "previous_time_" + columns.indexOf(column);
  }

  /** The time of the row after. */
  String nextTime(String column) {
    return prefix + "next_time_" + columns.indexOf(column);
  }

  /** The time from one to another, as a double: in seconds, or in units of a bigint time. */
  String elapsed(String from, String to) {
    Kind kind = table.time().type().kind();
    return switch (kind) {
      case BIGINT -> "CAST(CAST(%s AS numeric) - %s AS double precision)".formatted(to, from);
      case DATE -> "CAST((%s - %s) * 86400.0 AS double precision)".formatted(to, from);
      default -> "CAST(extract(epoch FROM %s - %s) AS double precision)".formatted(to, from);
    };
  }

  /** Writes what rows are read from, and which of them. */
  void from(SqlBuilder sql, Filter filter) {
    sql.sql(" FROM ");
    if (columns.isEmpty()) {
      filter.where(sql.sql(table.name().sql()));
      return;
    }
    RowSql.columns(sql.sql("(SELECT "), table);
    columns.forEach(column -> sql.sql(neighbours(column)));
    filter.where(sql.sql(" FROM ").sql(table.name().sql()));
    sql.sql(") AS steps");
  }

  private String neighbours(String column) {
    String value = Identifiers.quote(column);
    String time = Identifiers.quote(table.time().name());
    List<String> series = new ArrayList<>();
    table.dimensions().forEach(dimension -> series.add(Identifiers.quote(dimension.name())));
    series.add(value + " IS NULL");
    String window =
        "OVER (PARTITION BY %s ORDER BY %s, %s)".formatted(String.join(", ", series), time, value);
    return List.of(
            "lag(%s) %s AS %s".formatted(value, window, previous(column)),
            "lag(%s) %s AS %s".formatted(time, window, previousTime(column)),
            "lead(%s) %s AS %s".formatted(time, window, nextTime(column)))
        .stream()
        .collect(Collectors.joining(", ", ", ", ""));
  }
}
