package io.varve.query;

import io.varve.MappingException;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import java.math.BigDecimal;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Writes the query that puts a row in every bucket of every group, and something into its columns.
 *
 * <p>Groups are numbered, so that rows are joined by a number and not by columns that may be null.
 * For the neighbours of an empty bucket the rows that are there are counted from both sides:
 * buckets with the same count have the same last row before them, or the same next one.
 */
final class FillSql {

  private final Buckets buckets;
  private final int keys;
  private final List<ResultColumn> columns;

  private FillSql(Buckets buckets) {
    this.buckets = buckets;
    this.keys = buckets.keys().size();
    this.columns = buckets.grouped();
  }

  /**
   * @param inner the rows there are, with columns {@code c1} and so on, the bucket first
   * @param slots a query of all buckets
   */
  static Sql of(Buckets buckets, Sql inner, String slots) {
    return new FillSql(buckets).write(inner, slots);
  }

  private Sql write(Sql inner, String slots) {
    String groups = names(2, keys);
    SqlBuilder sql = new SqlBuilder().sql("WITH aggregated AS (").add(inner).sql(")");
    sql.sql(", numbered AS (SELECT aggregated.*, ")
        .sql(keys > 1 ? "dense_rank() OVER (ORDER BY " + groups + ")" : "1")
        .sql(" AS group_number FROM aggregated)");
    sql.sql(", slots (slot) AS (").sql(slots).sql(" UNION SELECT c1 FROM aggregated)");
    sql.sql(", spread AS (SELECT slots.slot AS c1");
    IntStream.rangeClosed(2, keys).forEach(it -> sql.sql(", groups.c" + it));
    IntStream.rangeClosed(keys + 1, columns.size()).forEach(it -> sql.sql(", numbered.c" + it));
    sql.sql(", numbered.c1 IS NOT NULL AS present, ")
        .sql(keys > 1 ? "groups.group_number" : "1 AS group_number")
        .sql(" FROM slots");
    if (keys > 1) {
      sql.sql(
          " CROSS JOIN (SELECT DISTINCT ON (group_number) group_number, %s FROM numbered) AS groups"
              .formatted(groups));
    }
    sql.sql(" LEFT JOIN numbered ON numbered.c1 = slots.slot")
        .sql(keys > 1 ? " AND numbered.group_number = groups.group_number" : "")
        .sql("), counted AS (SELECT spread.*");
    counts().forEach(count -> sql.sql(", " + count));
    sql.sql(" FROM spread) SELECT ").sql(names(1, keys));
    IntStream.rangeClosed(keys + 1, columns.size())
        .forEach(it -> sql.sql(", " + filled(it) + " AS c" + it));
    return sql.sql(" FROM counted").build();
  }

  private static String names(int first, int last) {
    return IntStream.rangeClosed(first, last)
        .mapToObj(it -> "c" + it)
        .collect(Collectors.joining(", "));
  }

  private Set<String> counts() {
    Set<String> counts = new LinkedHashSet<>();
    for (int column = keys + 1; column <= columns.size(); column++) {
      Fill fill = fill(column);
      if (fill instanceof Fill.Previous || fill instanceof Fill.Linear) {
        counts.add(count(column, "", before(column)));
      }
      if (fill instanceof Fill.Linear) {
        counts.add(count(column, " DESC", after(column)));
      }
    }
    return counts;
  }

  private String count(int column, String direction, String name) {
    return "count(*) FILTER (WHERE %s) OVER (PARTITION BY group_number ORDER BY c1%s) AS %s"
        .formatted(present(column), direction, name);
  }

  private Fill fill(int column) {
    return buckets.fillOf(columns.get(column - 1).name());
  }

  /** Whether a row is one to go by. */
  private String present(int column) {
    return fill(column).replacesNulls() ? "c" + column + " IS NOT NULL" : "present";
  }

  private String before(int column) {
    return fill(column).replacesNulls() ? "before_" + column : "before_rows";
  }

  private String after(int column) {
    return fill(column).replacesNulls() ? "after_" + column : "after_rows";
  }

  private String filled(int column) {
    Fill fill = fill(column);
    String value = "c" + column;
    ColumnType type = columns.get(column - 1).type();
    if (fill instanceof Fill.Value constant) {
      return "CASE WHEN %s THEN %s ELSE %s END"
          .formatted(present(column), value, literal(constant.value(), type));
    } else if (fill instanceof Fill.Previous) {
      return previous(value, column);
    } else if (fill instanceof Fill.Linear) {
      return "CASE WHEN %s THEN %s ELSE %s END"
          .formatted(present(column), value, interpolated(column, type));
    }
    return value;
  }

  private String previous(String value, int column) {
    return "first_value(%s) OVER (PARTITION BY group_number, %s ORDER BY c1)"
        .formatted(value, before(column));
  }

  private String next(String value, int column) {
    return "first_value(%s) OVER (PARTITION BY group_number, %s ORDER BY c1 DESC)"
        .formatted(value, after(column));
  }

  /** On the line between two points; a double's line is drawn so that nothing overflows. */
  private String interpolated(int column, ColumnType type) {
    String value = "c" + column;
    boolean isFloat = AggregateColumn.isFloat(type);
    String number = isFloat ? "double precision" : "numeric";
    String left = "CAST(%s AS %s)".formatted(previous(value, column), number);
    String right = "CAST(%s AS %s)".formatted(next(value, column), number);
    String passed = "CAST(%s AS %s)".formatted(span(previous("c1", column), "c1"), number);
    String all =
        "nullif(CAST(%s AS %s), 0)"
            .formatted(span(previous("c1", column), next("c1", column)), number);
    String line =
        isFloat
            ? "CASE WHEN %1$s = %2$s THEN %1$s ELSE %1$s * (1 - %3$s / %4$s) + %2$s * (%3$s / %4$s) END"
                .formatted(left, right, passed, all)
            : "%1$s + (%2$s - %1$s) * %3$s / %4$s".formatted(left, right, passed, all);
    return "CAST(%s AS %s)".formatted(isWhole(type) ? "round(" + line + ")" : line, type.sql());
  }

  private String span(String from, String to) {
    Kind kind = columns.get(0).type().kind();
    return switch (kind) {
      case BIGINT -> "CAST(%s AS numeric) - %s".formatted(to, from);
      case DATE -> "%s - %s".formatted(to, from);
      default -> "extract(epoch FROM %s - %s)".formatted(to, from);
    };
  }

  private static boolean isWhole(ColumnType type) {
    return switch (type.kind()) {
      case SMALLINT, INTEGER, BIGINT -> true;
      default -> false;
    };
  }

  private static String literal(BigDecimal value, ColumnType type) {
    return "CAST(%s AS %s)".formatted(value.toPlainString(), type.sql());
  }

  /** Refuses what a column cannot be filled with. */
  static void requireFit(ResultColumn column, Fill fill) {
    ColumnType type = column.type();
    if (fill instanceof Fill.Linear && !type.isNumeric()) {
      throw refusal(column, "a straight line; expected a number for that");
    }
    if (fill instanceof Fill.Value constant && !takes(type, constant.value())) {
      throw refusal(column, constant.value() + "; expected a value that it can hold");
    }
  }

  private static boolean takes(ColumnType type, BigDecimal value) {
    if (!type.isNumeric()) {
      return false;
    }
    return switch (type.kind()) {
      case SMALLINT -> isWhole(value, Short.MIN_VALUE, Short.MAX_VALUE);
      case INTEGER -> isWhole(value, Integer.MIN_VALUE, Integer.MAX_VALUE);
      case BIGINT -> isWhole(value, Long.MIN_VALUE, Long.MAX_VALUE);
      case REAL -> isHeld(value, value.floatValue());
      case DOUBLE -> isHeld(value, value.doubleValue());
      default -> true;
    };
  }

  /** The server takes neither what would be infinite nor what would be zero and is not. */
  private static boolean isHeld(BigDecimal value, double nearest) {
    return Double.isFinite(nearest) && (nearest != 0 || value.signum() == 0);
  }

  private static boolean isWhole(BigDecimal value, long least, long greatest) {
    return value.stripTrailingZeros().scale() <= 0
        && value.compareTo(BigDecimal.valueOf(least)) >= 0
        && value.compareTo(BigDecimal.valueOf(greatest)) <= 0;
  }

  private static MappingException refusal(ResultColumn column, String reason) {
    return new MappingException(
        "result column \"%s\" is of type %s and cannot be filled with %s"
            .formatted(column.name(), column.type().sql(), reason));
  }
}
