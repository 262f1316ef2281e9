package io.varve.query;

import io.varve.MappingException;
import io.varve.jdbc.Identifiers;
import io.varve.model.Column;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Table;

/**
 * A result column of a bucketed query, the same on every tier.
 *
 * <p>{@code first} and {@code last} are elements of a sorted array, and not the functions of those
 * names: those may answer with any of several rows of the same time, and where they are not native
 * they take two to four times as long.
 *
 * @param name its name
 * @param type its type
 * @param sql the expression; it binds nothing
 */
record AggregateColumn(String name, ColumnType type, String sql) {

  /** Refuses a column the table does not have or PostgreSQL cannot aggregate so. */
  static AggregateColumn of(Table<?> table, Aggregate aggregate) {
    return aggregate
        .column()
        .map(column -> of(table, aggregate, table.column(column)))
        .orElseGet(
            () -> new AggregateColumn(aggregate.name(), ColumnType.of(Kind.BIGINT), "count(*)"));
  }

  private static AggregateColumn of(Table<?> table, Aggregate aggregate, Column<?, ?> column) {
    requireFit(table, aggregate, column.type());
    return new AggregateColumn(
        aggregate.name(),
        type(aggregate.function(), column.type()),
        sql(aggregate.function(), column, table.time()));
  }

  private static ColumnType type(Aggregate.Function function, ColumnType type) {
    return switch (function) {
      case COUNT -> ColumnType.of(Kind.BIGINT);
      case SUM -> ColumnType.of(sum(type.kind()));
      case AVG -> ColumnType.of(type.kind() == Kind.NUMERIC ? Kind.NUMERIC : Kind.DOUBLE);
      case MIN, MAX, FIRST, LAST -> type;
    };
  }

  /** As PostgreSQL types it. */
  private static Kind sum(Kind kind) {
    return switch (kind) {
      case SMALLINT, INTEGER -> Kind.BIGINT;
      case BIGINT, NUMERIC -> Kind.NUMERIC;
      default -> kind;
    };
  }

  private static String sql(Aggregate.Function function, Column<?, ?> column, Column<?, ?> time) {
    String name = Identifiers.quote(column.name());
    return switch (function) {
      case COUNT -> "count(" + name + ")";
      case SUM -> "sum(" + name + ")";
      case AVG -> average(name, column.type());
      case MIN -> "min(" + name + ")";
      case MAX -> "max(" + name + ")";
      case FIRST -> element(column, time, "1");
      case LAST -> element(column, time, "CAST(count(*) AS integer)");
    };
  }

  /** The server averages integers as numeric, but a mean of counts is no exact decimal. */
  private static String average(String name, ColumnType type) {
    String sql = "avg(" + name + ")";
    return type.kind() == Kind.NUMERIC ? sql : "CAST(" + sql + " AS double precision)";
  }

  /**
   * Both ends of a column are elements of the same array, which the server makes once. Arrays go as
   * text: an array of arrays would have to be rectangular.
   */
  private static String element(Column<?, ?> column, Column<?, ?> time, String position) {
    String name = Identifiers.quote(column.name());
    boolean array = column.type().array();
    String sql =
        "(array_agg(%s ORDER BY %s, %s))[%s]"
            .formatted(
                array ? "CAST(" + name + " AS text)" : name,
                Identifiers.quote(time.name()),
                name,
                position);
    return array ? "CAST(" + sql + " AS " + column.type().sql() + ")" : sql;
  }

  private static void requireFit(Table<?> table, Aggregate aggregate, ColumnType type) {
    switch (aggregate.function()) {
      case SUM, AVG -> require(type.isNumeric(), "a number", table, aggregate, type);
      case MIN, MAX ->
          require(isOrdered(type), "a number, text, time or array", table, aggregate, type);
      case COUNT, FIRST, LAST -> {}
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
