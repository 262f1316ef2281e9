package io.varve.query;

import io.varve.MappingException;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import java.util.List;

/** Writes moving aggregates. */
final class MovingSql {

  private MovingSql() {}

  /** The column it makes; refuses what is no number. */
  static ResultColumn column(Moving moving, List<ResultColumn> columns) {
    ColumnType type = columns.get(Buckets.position(columns, moving.column()) - 1).type();
    if (moving.function() != Moving.Function.COUNT && !type.isNumeric()) {
      throw new MappingException(
          "%s: result column \"%s\" is of type %s; expected a number"
              .formatted(moving.name(), moving.column(), type.sql()));
    }
    return new ResultColumn(moving.name(), type(moving.function(), type));
  }

  private static ColumnType type(Moving.Function function, ColumnType type) {
    boolean isFloat = AggregateColumn.isFloat(type);
    return switch (function) {
      case COUNT -> ColumnType.of(Kind.BIGINT);
      case MIN, MAX -> type;
      case SUM, DIFFERENCE -> ColumnType.of(isFloat ? Kind.DOUBLE : Kind.NUMERIC);
      case AVG -> ColumnType.of(type.kind() == Kind.NUMERIC ? Kind.NUMERIC : Kind.DOUBLE);
    };
  }

  /**
   * @param value the column's expression
   * @param result the type of the new column
   * @param groups the groups' expressions
   * @param bucket the bucket's expression
   */
  static String of(
      Moving moving, String value, ColumnType result, List<String> groups, String bucket) {
    String partition = groups.isEmpty() ? "" : "PARTITION BY " + String.join(", ", groups) + " ";
    String number = "CAST(%s AS %s)".formatted(value, result.sql());
    if (moving.function() == Moving.Function.DIFFERENCE) {
      return "%1$s - lag(%1$s) OVER (%2$sORDER BY %3$s)".formatted(number, partition, bucket);
    }
    String frame = moving.rows().map(rows -> rows - 1 + " PRECEDING").orElse("UNBOUNDED PRECEDING");
    String window =
        "OVER (%sORDER BY %s ROWS BETWEEN %s AND CURRENT ROW)".formatted(partition, bucket, frame);
    String call =
        switch (moving.function()) {
          case AVG -> "avg(" + number + ") ";
          case SUM -> "sum(" + number + ") ";
          case MIN -> "min(" + value + ") ";
          case MAX -> "max(" + value + ") ";
          case COUNT -> "count(" + value + ") ";
          case DIFFERENCE -> throw new IllegalStateException("a difference has no frame");
        };
    return call + window;
  }
}
