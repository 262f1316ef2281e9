package io.varve.testkit.contract;

import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.query.Aggregate;
import io.varve.query.Moving;
import java.util.List;

/**
 * A result column.
 *
 * @param type as the table in {@link Aggregate} has it
 * @param exact whether nothing in it is rounded
 */
record NaiveColumn(String name, ColumnType type, boolean exact) {

  static NaiveColumn find(List<NaiveColumn> columns, String name) {
    return columns.stream().filter(it -> it.name().equals(name)).findFirst().orElseThrow();
  }

  static int index(List<NaiveColumn> columns, String name) {
    return columns.indexOf(find(columns, name));
  }

  static ColumnType type(Aggregate.Function function, Kind kind) {
    return switch (function) {
      case COUNT, DISTINCT -> ColumnType.of(Kind.BIGINT);
      case SUM, DELTA -> ColumnType.of(sum(kind));
      case AVG, STDDEV, VARIANCE -> ColumnType.of(kind == Kind.NUMERIC ? kind : Kind.DOUBLE);
      case MIN, MAX, FIRST, LAST, MODE -> ColumnType.of(kind);
      case PERCENTILE, RATE, TIME_WEIGHTED_AVG -> ColumnType.of(Kind.DOUBLE);
      case PERCENTILES -> ColumnType.arrayOf(Kind.DOUBLE);
      case HISTOGRAM -> ColumnType.arrayOf(Kind.BIGINT);
      case INCREASE -> ColumnType.of(isFloat(kind) ? Kind.DOUBLE : Kind.NUMERIC);
    };
  }

  static boolean isExact(Aggregate.Function function) {
    return switch (function) {
      case COUNT, DISTINCT, SUM, DELTA, MIN, MAX, FIRST, LAST, MODE, HISTOGRAM -> true;
      default -> false;
    };
  }

  static NaiveColumn of(Moving moving, NaiveColumn of) {
    Kind kind = of.type().kind();
    ColumnType type =
        switch (moving.function()) {
          case COUNT -> ColumnType.of(Kind.BIGINT);
          case MIN, MAX -> of.type();
          case SUM, DIFFERENCE -> ColumnType.of(isFloat(kind) ? Kind.DOUBLE : Kind.NUMERIC);
          case AVG -> ColumnType.of(kind == Kind.NUMERIC ? kind : Kind.DOUBLE);
        };
    return new NaiveColumn(
        moving.name(), type, of.exact() && moving.function() != Moving.Function.AVG);
  }

  static boolean isFloat(Kind kind) {
    return kind == Kind.REAL || kind == Kind.DOUBLE;
  }

  private static Kind sum(Kind kind) {
    return switch (kind) {
      case SMALLINT, INTEGER -> Kind.BIGINT;
      case BIGINT -> Kind.NUMERIC;
      default -> kind;
    };
  }
}
