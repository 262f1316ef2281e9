package io.varve.query;

import io.varve.MappingException;
import io.varve.jdbc.Identifiers;
import io.varve.model.Column;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Table;

/**
 * An aggregate of a table's column: its type and its SQL, which are the same on every tier.
 *
 * <p>{@code first} and {@code last} are elements of a sorted array, and not the functions of those
 * names: those may answer with any of several rows of the same time, and where they are not native
 * they take two to four times as long.
 */
final class AggregateColumn {

  private final Aggregate aggregate;
  private final ColumnType type;
  private final String sql;

  private AggregateColumn(Aggregate aggregate, ColumnType type, String sql) {
    this.aggregate = aggregate;
    this.type = type;
    this.sql = sql;
  }

  /** Refuses a column the table does not have or PostgreSQL cannot aggregate so. */
  static AggregateColumn of(Table<?> table, Aggregate aggregate) {
    return aggregate
        .column()
        .map(table::column)
        .map(column -> of(table, aggregate, column))
        .orElseGet(() -> new AggregateColumn(aggregate, ColumnType.of(Kind.BIGINT), "count(*)"));
  }

  private static AggregateColumn of(Table<?> table, Aggregate aggregate, Column<?, ?> column) {
    ColumnType type = column.type();
    String name = Identifiers.quote(column.name());
    String time = Identifiers.quote(table.time().name());
    return switch (aggregate.function()) {
      case COUNT ->
          new AggregateColumn(aggregate, ColumnType.of(Kind.BIGINT), "count(" + name + ")");
      case SUM -> {
        requireNumber(table, aggregate, type);
        yield new AggregateColumn(aggregate, ColumnType.of(sum(type.kind())), "sum(" + name + ")");
      }
      case AVG -> {
        requireNumber(table, aggregate, type);
        yield average(aggregate, type, name);
      }
      case MIN, MAX -> {
        requireOrder(table, aggregate, type);
        String function = aggregate.function() == Aggregate.Function.MIN ? "min(" : "max(";
        yield new AggregateColumn(aggregate, type, function + name + ")");
      }
      case FIRST -> new AggregateColumn(aggregate, type, element(type, name, time, "1"));
      case LAST ->
          new AggregateColumn(
              aggregate, type, element(type, name, time, "CAST(count(*) AS integer)"));
    };
  }

  private static Kind sum(Kind kind) {
    return switch (kind) {
      case SMALLINT, INTEGER -> Kind.BIGINT;
      case BIGINT, NUMERIC -> Kind.NUMERIC;
      default -> kind;
    };
  }

  /** The server averages integers as numeric, but a mean of counts is no exact decimal. */
  private static AggregateColumn average(Aggregate aggregate, ColumnType type, String name) {
    String sql = "avg(" + name + ")";
    return type.kind() == Kind.NUMERIC
        ? new AggregateColumn(aggregate, ColumnType.of(Kind.NUMERIC), sql)
        : new AggregateColumn(
            aggregate, ColumnType.of(Kind.DOUBLE), "CAST(" + sql + " AS double precision)");
  }

  /**
   * Both ends of a column are elements of the same array, which the server makes once. Arrays go as
   * text: an array of arrays would have to be rectangular.
   */
  private static String element(ColumnType type, String name, String time, String position) {
    String sql =
        "(array_agg(%s ORDER BY %s, %s))[%s]"
            .formatted(type.array() ? "CAST(" + name + " AS text)" : name, time, name, position);
    return type.array() ? "CAST(" + sql + " AS " + type.sql() + ")" : sql;
  }

  private static void requireNumber(Table<?> table, Aggregate aggregate, ColumnType type) {
    if (!type.isNumeric()) {
      throw refusal(table, aggregate, type, "a number");
    }
  }

  /** Newer servers order some of these too; what a query means does not depend on the server. */
  private static void requireOrder(Table<?> table, Aggregate aggregate, ColumnType type) {
    boolean ordered =
        switch (type.kind()) {
          case SMALLINT, INTEGER, BIGINT, REAL, DOUBLE, NUMERIC -> true;
          case TEXT, TIMESTAMPTZ, TIMESTAMP, DATE -> true;
          case BOOLEAN, UUID, JSONB, BYTEA -> type.array();
        };
    if (!ordered) {
      throw refusal(table, aggregate, type, "a number, text, time or array");
    }
  }

  private static MappingException refusal(
      Table<?> table, Aggregate aggregate, ColumnType type, String expectation) {
    return new MappingException(
        "%s: table %s, column \"%s\" is of type %s; expected %s"
            .formatted(
                aggregate.name(),
                table.name(),
                aggregate.column().orElseThrow(),
                type.sql(),
                expectation));
  }

  /** The result column's name. */
  String name() {
    return aggregate.name();
  }

  /** The result column's type. */
  ColumnType type() {
    return type;
  }

  /** The expression; it binds nothing. */
  String sql() {
    return sql;
  }
}
