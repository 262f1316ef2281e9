package io.varve.query;

import io.varve.model.Column;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Row;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Reads first and last values. Where an index leads from the dimensions to the time, the series are
 * walked as for {@link LatestSql}; otherwise the values of each are sorted.
 */
final class Changes {

  private static final ColumnType DOUBLE = ColumnType.of(Kind.DOUBLE);

  private final Reads reads;
  private final Selection<?> selection;
  private final Column<?, ?> column;
  private final String task;

  Changes(Reads reads, Selection<?> selection, Column<?, ?> column) {
    this.reads = reads;
    this.selection = selection;
    this.column = column;
    this.task = "reading first and last values of " + selection.table().name();
  }

  Optional<Change> one() {
    PointSql points = new PointSql(selection, column, List.of());
    SqlBuilder sql = new SqlBuilder().sql("SELECT earliest.v, latest.v FROM ");
    end(sql, points, "true", "r.t, r.v");
    end(sql.sql(" AS earliest CROSS JOIN "), points, "true", "r.t DESC, r.v DESC");
    return reads.all(task, sql.sql(" AS latest").build(), reader(List.of())).stream().findFirst();
  }

  List<Change> each() {
    return reads.all(
        task,
        connection -> {
          SeriesIndex index = SeriesIndex.of(connection, selection.table());
          return index.order().isEmpty() || !index.nullable().isEmpty()
              ? sorted()
              : walked(index.order());
        },
        reader(dimensions()));
  }

  List<Change> top(int series) {
    if (series < 0) {
      throw new IllegalArgumentException(
          "the top %d changes; expected 0 or more".formatted(series));
    }
    return each().stream()
        .sorted(Comparator.comparingDouble((Change change) -> Math.abs(change.change())).reversed())
        .limit(series)
        .toList();
  }

  private List<? extends Column<?, ?>> dimensions() {
    return selection.table().dimensions();
  }

  private Sql sorted() {
    PointSql points = new PointSql(selection, column, dimensions());
    SqlBuilder sql = new SqlBuilder().sql("SELECT " + points.each("r."));
    sql.sql("(array_agg(r.v ORDER BY r.t, r.v))[1],");
    points.rows(sql.sql(" (array_agg(r.v ORDER BY r.t DESC, r.v DESC))[1] FROM "));
    sql.sql(" WHERE r.v IS NOT NULL");
    String each = points.each("r.");
    if (each.isEmpty()) {
      return sql.sql(" HAVING count(*) > 0").build();
    }
    String list = each.substring(0, each.length() - 2);
    return sql.sql(" GROUP BY " + list + " ORDER BY " + list).build();
  }

  /** The walk numbers the dimensions as the index has them. */
  private Sql walked(List<String> order) {
    List<? extends Column<?, ?>> walked =
        order.stream().<Column<?, ?>>map(name -> selection.table().column(name)).toList();
    PointSql points = new PointSql(selection, column, walked);
    SqlBuilder sql = new SqlBuilder();
    new LatestSql(selection).seriesWalked(sql, order);
    List<String> keys =
        dimensions().stream().map(it -> "series.d" + (order.indexOf(it.name()) + 1)).toList();
    String list = String.join(", ", keys);
    String same = "true" + points.same("r.", "series.");
    sql.sql(" SELECT " + list + ", earliest.v, latest.v FROM series CROSS JOIN LATERAL ");
    end(sql, points, same, "r.t, r.v");
    end(sql.sql(" AS earliest CROSS JOIN LATERAL "), points, same, "r.t DESC, r.v DESC");
    return sql.sql(" AS latest ORDER BY " + list).build();
  }

  private static void end(SqlBuilder sql, PointSql points, String condition, String order) {
    points.rows(sql.sql("(SELECT r.v FROM "));
    sql.sql(" WHERE r.v IS NOT NULL AND " + condition + " ORDER BY " + order + " LIMIT 1)");
  }

  private RowReader<Change> reader(List<? extends Column<?, ?>> keys) {
    List<String> names = keys.stream().<String>map(Column::name).toList();
    List<String> all = new ArrayList<>(names);
    all.addAll(List.of("from", "to"));
    List<ColumnType> types = new ArrayList<>();
    keys.forEach(key -> types.add(key.type()));
    types.addAll(List.of(DOUBLE, DOUBLE));
    int count = names.size();
    return new RowReader<>(
        task,
        all,
        types,
        values ->
            new Change(
                new Row(names, Arrays.copyOf(values, count)),
                (Double) Objects.requireNonNull(values[count]),
                (Double) Objects.requireNonNull(values[count + 1])));
  }
}
