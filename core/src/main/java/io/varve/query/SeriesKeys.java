package io.varve.query;

import io.varve.MappingException;
import io.varve.jdbc.Identifiers;
import io.varve.model.Column;
import io.varve.model.Table;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Series somebody asks for, as one array per dimension.
 *
 * @param columns of each dimension the values of all series, as the server reads them
 */
record SeriesKeys(Table<?> table, List<List<String>> columns) {

  static SeriesKeys of(Table<?> table, Collection<?> series) {
    List<? extends Column<?, ?>> dimensions = table.dimensions();
    if (dimensions.isEmpty()) {
      throw new MappingException(
          "table %s has no dimensions; expected latest() without series".formatted(table.name()));
    }
    Set<List<String>> keys = new LinkedHashSet<>();
    series.forEach(one -> keys.add(key(table, dimensions, one)));
    List<List<String>> columns = new ArrayList<>();
    for (int i = 0; i < dimensions.size(); i++) {
      int dimension = i;
      columns.add(keys.stream().map(key -> key.get(dimension)).toList());
    }
    return new SeriesKeys(table, columns);
  }

  private static List<String> key(
      Table<?> table, List<? extends Column<?, ?>> dimensions, Object series) {
    List<?> values = series instanceof List<?> list ? list : Collections.singletonList(series);
    if (values.size() != dimensions.size()) {
      throw new MappingException(
          "table %s, series %s: %d values; expected one for each of %s"
              .formatted(
                  table.name(),
                  series,
                  values.size(),
                  dimensions.stream().map(Column::name).toList()));
    }
    List<String> key = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      Object value = values.get(i);
      if (value == null) {
        throw new MappingException(
            "table %s, series %s: \"%s\" is null; expected a value"
                .formatted(table.name(), series, dimensions.get(i).name()));
      }
      Operand operand = Operand.of(table, dimensions.get(i).name());
      key.add(
          TextLiteral.of(new Comparison(operand.subject(), operand.type()).with(value).value()));
    }
    return key;
  }

  int count() {
    return columns.get(0).size();
  }

  /**
   * Writes them as rows of {@code d1, d2 …}, each once. The array gets its type from an array that
   * is never made: of the column's own type, whatever that is called and wherever it is declared.
   */
  void write(SqlBuilder sql) {
    numbered(sql.sql("SELECT DISTINCT ")).sql(" FROM ");
    arrays(sql);
    numbered(sql.sql(" AS k (")).sql(")");
  }

  /** Writes them as rows of {@code d1, d2 … number}, counted from 1 as they were given. */
  void writeNumbered(SqlBuilder sql) {
    arrays(sql.sql("SELECT k.* FROM "));
    numbered(sql.sql(" WITH ORDINALITY AS k (")).sql(", number)");
  }

  private void arrays(SqlBuilder sql) {
    sql.sql("ROWS FROM (");
    for (int i = 0; i < columns.size(); i++) {
      sql.sql(i == 0 ? "" : ", ").sql("pg_catalog.unnest(coalesce(");
      sql.bind(Bind.untyped(TextLiteral.array(columns.get(i))));
      sql.sql(", ARRAY[(SELECT ").sql(Identifiers.quote(table.dimensions().get(i).name()));
      sql.sql(" FROM ").sql(table.name().sql()).sql(" LIMIT 0)]))");
    }
    sql.sql(")");
  }

  private SqlBuilder numbered(SqlBuilder sql) {
    for (int i = 1; i <= columns.size(); i++) {
      sql.sql(i == 1 ? "d" : ", d").sql(Integer.toString(i));
    }
    return sql;
  }
}
