package io.varve.query;

import io.varve.jdbc.Identifiers;
import io.varve.model.Column;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Table;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Writes aggregates, the same on every tier. Nothing is bound: a column's name is quoted, and all
 * else are numbers.
 *
 * <p>{@code first} and {@code last} are not the functions of those names: those may answer with any
 * of several rows of the same time, and where they are not native they call PL/pgSQL for each row.
 */
final class AggregateSql {

  private final Dialect dialect;
  private final Table<?> table;
  private final StepColumns steps;
  private final String bucketEnd;

  /**
   * @param bucketEnd when the bucket of a row ends, or what is read of it, whichever is earlier;
   *     NULL if it does not
   */
  AggregateSql(Dialect dialect, Table<?> table, StepColumns steps, String bucketEnd) {
    this.dialect = dialect;
    this.table = table;
    this.steps = steps;
    this.bucketEnd = bucketEnd;
  }

  String of(AggregateColumn result) {
    Aggregate aggregate = result.aggregate();
    return aggregate
        .column()
        .map(column -> of(aggregate, result.type(), table.column(column)))
        .orElse("count(*)");
  }

  private String of(Aggregate aggregate, ColumnType result, Column<?, ?> column) {
    String name = Identifiers.quote(column.name());
    return switch (aggregate.function()) {
      case COUNT -> "count(" + name + ")";
      case SUM -> "sum(" + name + ")";
      case AVG -> mean("avg", name, column.type());
      case STDDEV -> deviation(name, column.type());
      case VARIANCE -> mean("var_samp", name, column.type());
      case MIN -> "min(" + name + ")";
      case MAX -> "max(" + name + ")";
      case FIRST -> uncut(end("min", column, ""), column);
      case LAST -> uncut(end("max", column, ""), column);
      case PERCENTILE, PERCENTILES -> percentile(aggregate, result, name);
      case DISTINCT -> "count(DISTINCT " + name + ")";
      case HISTOGRAM -> histogram(aggregate.parameters(), name);
      case MODE -> "mode() WITHIN GROUP (ORDER BY " + name + ")";
      case DELTA -> delta(column, result);
      case INCREASE -> "sum(" + growth(column) + ")";
      case RATE -> rate(column);
      case TIME_WEIGHTED_AVG -> timeWeighted(column);
    };
  }

  /** The server averages integers as numeric, but a mean of counts is no exact decimal. */
  private static String mean(String function, String name, ColumnType type) {
    String sql = function + "(" + name + ")";
    return type.kind() == Kind.NUMERIC ? sql : asDouble(sql);
  }

  /**
   * Of large numbers that are not floats the server's own has few digits; their variance has all.
   */
  private static String deviation(String name, ColumnType type) {
    return AggregateColumn.isFloat(type)
        ? mean("stddev_samp", name, type)
        : "sqrt(" + mean("var_samp", name, type) + ")";
  }

  private static String asDouble(String sql) {
    return "CAST(" + sql + " AS double precision)";
  }

  /**
   * The value of the least or the greatest pair of time and value. To sort a group's rows takes
   * longer, and memory for all of them.
   *
   * @param function {@code min} or {@code max}
   * @param filter which rows count
   */
  private String end(String function, Column<?, ?> column, String filter) {
    String pair = "ROW(%s, %s)".formatted(cast(table.time()), cast(column));
    return "(SELECT pair.v FROM unnest(%s) AS pair (t %s, v %s))"
        .formatted(
            dialect.ordersRecords()
                ? "ARRAY[%s(%s)%s]".formatted(function, pair, filter)
                : "%s(ARRAY[%s])%s".formatted(function, pair, filter),
            table.time().type().plain().sql(),
            column.type().plain().sql());
  }

  private static String cast(Column<?, ?> column) {
    return "CAST(%s AS %s)"
        .formatted(Identifiers.quote(column.name()), column.type().plain().sql());
  }

  private String time() {
    return Identifiers.quote(table.time().name());
  }

  private static String percentile(Aggregate aggregate, ColumnType result, String name) {
    String fractions =
        aggregate.parameters().stream().map(String::valueOf).collect(Collectors.joining(", "));
    return "percentile_cont(%s) WITHIN GROUP (ORDER BY %s)"
        .formatted(
            result.array()
                ? "CAST(ARRAY[%s] AS double precision[])".formatted(fractions)
                : asDouble(fractions),
            asDouble(name));
  }

  /**
   * The bins' numbers are collected and counted in a query of their own, which takes the server's
   * built-in functions alone; a sum for each bin would look at every row once for every bin.
   */
  private String histogram(List<Double> parameters, String name) {
    int bins = parameters.get(2).intValue();
    String bin =
        "CASE WHEN %1$s = 'NaN' THEN %2$s ELSE width_bucket(%1$s, %3$s, %4$s, %5$s) END"
            .formatted(
                asDouble(name),
                bins + 1,
                asDouble(parameters.get(0).toString()),
                asDouble(parameters.get(1).toString()),
                bins);
    return """
        (SELECT array_agg(counted.%2$s ORDER BY counted.%1$s)
           FROM (SELECT bins.%1$s, count(found.%1$s) AS %2$s
                   FROM generate_series(0, %3$s) AS bins (%1$s)
                   LEFT JOIN unnest(array_agg(%4$s) FILTER (WHERE %5$s IS NOT NULL)) AS found (%1$s)
                     ON found.%1$s = bins.%1$s
                  GROUP BY bins.%1$s) AS counted)"""
        .formatted(steps.helper("bin"), steps.helper("count"), bins + 1, bin, name);
  }

  private String delta(Column<?, ?> column, ColumnType result) {
    String filter = " FILTER (WHERE %s IS NOT NULL)".formatted(Identifiers.quote(column.name()));
    String change =
        "CAST(%1$s AS %3$s) - CAST(%2$s AS %3$s)"
            .formatted(end("max", column, filter), end("min", column, filter), result.sql());
    return uncut(change, column);
  }

  /**
   * A value that was cast to the column's declared type, with the type the server has for it if
   * that is the wider one, so that {@link RowReader} refuses what the cast would have cut. The
   * server computes no aggregate that cannot be chosen.
   */
  private static String uncut(String value, Column<?, ?> column) {
    ColumnType type = column.type();
    return type.isNumeric() || type.kind() == Kind.DATE && !type.array()
        ? "CASE WHEN true THEN %s ELSE max(%s) END"
            .formatted(value, Identifiers.quote(column.name()))
        : value;
  }

  /** By how much a row's value is greater than the one before; all of it after a reset. */
  private String growth(Column<?, ?> column) {
    String type = AggregateColumn.isFloat(column.type()) ? "double precision" : "numeric";
    String value = "CAST(%s AS %s)".formatted(Identifiers.quote(column.name()), type);
    String before = "CAST(%s AS %s)".formatted(steps.previous(column.name()), type);
    return "CASE WHEN %2$s IS NULL THEN NULL WHEN %1$s >= %2$s THEN %1$s - %2$s ELSE %1$s END"
        .formatted(value, before);
  }

  private String rate(Column<?, ?> column) {
    return "%s / nullif(sum(%s) FILTER (WHERE %s IS NOT NULL), 0)"
        .formatted(
            asDouble("sum(" + growth(column) + ")"),
            steps.elapsed(steps.previousTime(column.name()), time()),
            Identifiers.quote(column.name()));
  }

  /**
   * A value that nothing ends, or that ends at once, has no weight; where there is no other, it is
   * the mean. No weight is NULL, since infinity times zero is no number.
   */
  private String timeWeighted(Column<?, ?> column) {
    String value = asDouble(Identifiers.quote(column.name()));
    String lasted =
        "nullif(greatest(%s, 0), 0)"
            .formatted(
                steps.elapsed(
                    time(), "least(%s, %s)".formatted(steps.nextTime(column.name()), bucketEnd)));
    String filter = "FILTER (WHERE %s IS NOT NULL)".formatted(Identifiers.quote(column.name()));
    return "coalesce(sum(%1$s * %2$s) %3$s / sum(%2$s) %3$s, avg(%1$s))"
        .formatted(value, lasted, filter);
  }
}
