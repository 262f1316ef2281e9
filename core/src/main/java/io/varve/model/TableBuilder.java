package io.varve.model;

import java.util.ArrayList;
import java.util.List;

/** Describes a table at run time; see {@link Table#builder}. Not thread-safe. */
public final class TableBuilder {

  private record Description(String name, ColumnType type, Role role, boolean nullable) {}

  private final QualifiedName name;
  private final List<Description> columns = new ArrayList<>();
  private String chunk = "";
  private List<String> key = List.of();

  TableBuilder(QualifiedName name) {
    this.name = name;
  }

  /** The time column; exactly one. */
  public TableBuilder time(String column, ColumnType type) {
    return column(column, type, Role.TIME, false);
  }

  /** A dimension, never null. */
  public TableBuilder dimension(String column, ColumnType type) {
    return column(column, type, Role.DIMENSION, false);
  }

  /** A measure, nullable. */
  public TableBuilder measure(String column, ColumnType type) {
    return column(column, type, Role.MEASURE, true);
  }

  /** A column of any role, nullable or not (time and dimensions of existing tables may differ). */
  public TableBuilder column(String column, ColumnType type, Role role, boolean nullable) {
    columns.add(new Description(column, type, role, nullable));
    return this;
  }

  /** Width of a chunk, as in {@link TimeSeries#chunk}. */
  public TableBuilder chunk(String width) {
    chunk = width;
    return this;
  }

  /** The unique key, which must contain the time. */
  public TableBuilder key(String... columns) {
    key = List.of(columns);
    return this;
  }

  /** The table; refuses what a hypertable cannot be. */
  public Table<Row> build() {
    RowLayout layout =
        new RowLayout(name.toString(), columns.stream().map(Description::name).toList());
    List<Column<Row, ?>> described = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      Description column = columns.get(i);
      described.add(
          new Column<Row, Object>(
              column.name(), column.type(), column.role(), column.nullable(), layout.accessor(i)));
    }
    return new TableRules("table " + name)
        .table(name, Row.class, described, chunk, key, layout::newRow);
  }
}
