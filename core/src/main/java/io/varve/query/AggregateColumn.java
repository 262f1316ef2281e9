package io.varve.query;

import io.varve.MappingException;
import io.varve.model.Column;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Table;

/**
 * A result column of a bucketed query.
 *
 * @param aggregate what it is made of; fits its column
 * @param type its type
 */
record AggregateColumn(Aggregate aggregate, ColumnType type) {

  String name() {
    return aggregate.name();
  }

  /** Refuses a column the table does not have or PostgreSQL cannot aggregate so. */
  static AggregateColumn of(Table<?> table, Aggregate aggregate) {
    return aggregate
        .column()
        .map(column -> of(table, aggregate, table.column(column)))
        .orElseGet(() -> new AggregateColumn(aggregate, ColumnType.of(Kind.BIGINT)));
  }

  private static AggregateColumn of(Table<?> table, Aggregate aggregate, Column<?, ?> column) {
    requireFit(table, aggregate, column.type());
    return new AggregateColumn(aggregate, type(aggregate.function(), column.type()));
  }

  private static ColumnType type(Aggregate.Function function, ColumnType type) {
    return switch (function) {
      case COUNT, DISTINCT -> ColumnType.of(Kind.BIGINT);
      case SUM, DELTA -> ColumnType.of(sum(type.kind()));
      case AVG, STDDEV, VARIANCE ->
          ColumnType.of(type.kind() == Kind.NUMERIC ? Kind.NUMERIC : Kind.DOUBLE);
      case MIN, MAX, FIRST, LAST, MODE -> type;
      case PERCENTILE, RATE, TIME_WEIGHTED_AVG -> ColumnType.of(Kind.DOUBLE);
      case PERCENTILES -> ColumnType.arrayOf(Kind.DOUBLE);
      case HISTOGRAM -> ColumnType.arrayOf(Kind.BIGINT);
      case INCREASE -> ColumnType.of(isFloat(type) ? Kind.DOUBLE : Kind.NUMERIC);
    };
  }

  static boolean isFloat(ColumnType type) {
    return type.kind() == Kind.REAL || type.kind() == Kind.DOUBLE;
  }

  /** As PostgreSQL types it. */
  private static Kind sum(Kind kind) {
    return switch (kind) {
      case SMALLINT, INTEGER -> Kind.BIGINT;
      case BIGINT, NUMERIC -> Kind.NUMERIC;
      default -> kind;
    };
  }

  private static void requireFit(Table<?> table, Aggregate aggregate, ColumnType type) {
    switch (aggregate.function()) {
      case SUM,
          AVG,
          STDDEV,
          VARIANCE,
          PERCENTILE,
          PERCENTILES,
          HISTOGRAM,
          DELTA,
          INCREASE,
          RATE,
          TIME_WEIGHTED_AVG ->
          require(type.isNumeric(), "a number", table, aggregate, type);
      case MIN, MAX, MODE ->
          require(isOrdered(type), "a number, text, time or array", table, aggregate, type);
      case COUNT, FIRST, LAST, DISTINCT -> {}
    }
  }

  /** Newer servers order some of these too; what a query means does not depend on the server. */
  private static boolean isOrdered(ColumnType type) {
    return type.array()
        || switch (type.kind()) {
          case SMALLINT, INTEGER, BIGINT, REAL, DOUBLE, NUMERIC -> true;
          case TEXT, TIMESTAMPTZ, TIMESTAMP, DATE -> true;
          case BOOLEAN, UUID, JSONB, BYTEA -> false;
        };
  }

  private static void require(
      boolean fits, String expectation, Table<?> table, Aggregate aggregate, ColumnType type) {
    if (!fits) {
      throw new MappingException(
          "%s: table %s, column \"%s\" is of type %s; expected %s"
              .formatted(
                  aggregate.name(),
                  table.name(),
                  aggregate.column().orElseThrow(),
                  type.sql(),
                  expectation));
    }
  }
}
