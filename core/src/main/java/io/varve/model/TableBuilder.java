package io.varve.model;

import io.varve.jdbc.QualifiedName;

/** Describes a table at run time; see {@link Table#builder}. Not thread-safe. */
public final class TableBuilder {

  TableBuilder(QualifiedName name) {}

  /** The time column; exactly one. */
  public TableBuilder time(String column, ColumnType type) {
    throw new UnsupportedOperationException("owner: model");
  }

  /** A dimension, never null. */
  public TableBuilder dimension(String column, ColumnType type) {
    throw new UnsupportedOperationException("owner: model");
  }

  /** A measure, nullable. */
  public TableBuilder measure(String column, ColumnType type) {
    throw new UnsupportedOperationException("owner: model");
  }

  /** A column of any role, nullable or not (time and dimensions of existing tables may differ). */
  public TableBuilder column(String column, ColumnType type, Role role, boolean nullable) {
    throw new UnsupportedOperationException("owner: model");
  }

  /** Width of a chunk, as in {@link TimeSeries#chunk}. */
  public TableBuilder chunk(String width) {
    throw new UnsupportedOperationException("owner: model");
  }

  /** The unique key, which must contain the time. */
  public TableBuilder key(String... columns) {
    throw new UnsupportedOperationException("owner: model");
  }

  /** The table; refuses what a hypertable cannot be. */
  public Table<Row> build() {
    throw new UnsupportedOperationException("owner: model");
  }
}
