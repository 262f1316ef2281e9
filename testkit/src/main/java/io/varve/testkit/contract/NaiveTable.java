package io.varve.testkit.contract;

import io.varve.model.Column;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Row;
import io.varve.model.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A table and the rows that are in it.
 *
 * @param distinctTimes whether no two rows of a series have the same time
 */
record NaiveTable(Table<Row> table, List<Row> rows, boolean distinctTimes) {

  Kind kind(String column) {
    return table.column(column).type().kind();
  }

  Kind timeKind() {
    return table.time().type().kind();
  }

  long time(Row row) {
    return NaiveTime.of(Objects.requireNonNull(row.value(table.time().name())));
  }

  double elapsed(long from, long to) {
    return NaiveTime.elapsed(timeKind(), from, to);
  }

  List<@Nullable Object> series(Row row) {
    List<@Nullable Object> series = new ArrayList<>();
    table.dimensions().forEach(it -> series.add(row.value(it.name())));
    return series;
  }

  List<String> columns() {
    return table.columns().stream().map(Column::name).toList();
  }

  List<String> measures() {
    return table.measures().stream().map(Column::name).toList();
  }
}
