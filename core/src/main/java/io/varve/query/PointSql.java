package io.varve.query;

import io.varve.model.Column;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Table;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Writes what all statements about one column's values have in common: the rows as dimensions
 * {@code d1, d2 …}, time {@code t} and value {@code v}, a double that is null where there is no
 * finite value. The table's columns are named in a subquery of their own, so whatever they are
 * called, they are not confused with the helpers.
 *
 * @param selection of which rows
 * @param value the column
 * @param dimensions those that tell series apart; none where all rows are one line
 */
record PointSql(
    Selection<?> selection, Column<?, ?> value, List<? extends Column<?, ?>> dimensions) {

  Table<?> table() {
    return selection.table();
  }

  Kind time() {
    return table().time().type().kind();
  }

  /** The rows as {@code r}. */
  void rows(SqlBuilder sql) {
    rows(sql, false);
  }

  /** The rows as {@code r}, with the value as it is as {@code raw}. */
  void rowsWithRaw(SqlBuilder sql) {
    rows(sql, true);
  }

  private void rows(SqlBuilder sql, boolean raw) {
    sql.sql("(SELECT ").name(table().time().name()).sql(" AS t, ");
    finite(sql);
    sql.sql(" AS v");
    if (raw) {
      sql.sql(", ").name(value.name()).sql(" AS raw");
    }
    for (int i = 0; i < dimensions.size(); i++) {
      sql.sql(", ").name(dimensions.get(i).name()).sql(" AS d" + (i + 1));
    }
    sql.sql(" FROM ").sql(table().name().sql());
    new Filter(selection).where(sql);
    sql.sql(") AS r");
  }

  private void finite(SqlBuilder sql) {
    switch (value.type().kind()) {
      case SMALLINT, INTEGER, BIGINT -> asDouble(sql);
      default -> {
        sql.sql("CASE WHEN ").name(value.name()).sql(" > '-Infinity' AND ").name(value.name());
        asDouble(sql.sql(" < 'Infinity' THEN "));
        sql.sql(" END");
      }
    }
  }

  private void asDouble(SqlBuilder sql) {
    sql.sql("CAST(").name(value.name()).sql(" AS double precision)");
  }

  /** Infinite times are on no axis. */
  void finiteTime(SqlBuilder sql) {
    if (time() == Kind.BIGINT) {
      sql.sql("true");
    } else {
      sql.sql("r.t > '-infinity' AND r.t < 'infinity'");
    }
  }

  void within(SqlBuilder sql, Grid grid) {
    bound(sql.sql("r.t >= "), grid.from());
    bound(sql.sql(" AND r.t <= "), grid.to());
  }

  void bound(SqlBuilder sql, long time) {
    sql.sql("CAST(").bind(Bind.untyped(Micros.literal(time(), time)));
    sql.sql(" AS ").sql(time().sql()).sql(")");
  }

  /** The names of the dimensions, each followed by a comma. */
  String each(String qualifier) {
    StringBuilder text = new StringBuilder();
    IntStream.rangeClosed(1, dimensions.size())
        .forEach(number -> text.append(qualifier).append('d').append(number).append(", "));
    return text.toString();
  }

  /** " AND r.d1 = k.d1 …" */
  String same(String left, String right) {
    StringBuilder text = new StringBuilder();
    IntStream.rangeClosed(1, dimensions.size())
        .forEach(
            number ->
                text.append(" AND %s = %s".formatted(left + "d" + number, right + "d" + number)));
    return text.toString();
  }
}
