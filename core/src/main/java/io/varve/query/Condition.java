package io.varve.query;

/** What a row must fulfil. */
sealed interface Condition {

  void write(SqlBuilder sql);

  /** The time is not before this. */
  record Since(String column, Bind bound) implements Condition {
    @Override
    public void write(SqlBuilder sql) {
      sql.name(column).sql(" >= ").bind(bound);
    }
  }

  /** The time is before this. */
  record Before(String column, Bind bound) implements Condition {
    @Override
    public void write(SqlBuilder sql) {
      sql.name(column).sql(" < ").bind(bound);
    }
  }

  /** The column has this value. */
  record Equal(String column, Bind value) implements Condition {
    @Override
    public void write(SqlBuilder sql) {
      sql.name(column).sql(" = ").bind(value);
    }
  }

  /** The column has no value. */
  record Absent(String column) implements Condition {
    @Override
    public void write(SqlBuilder sql) {
      sql.name(column).sql(" IS NULL");
    }
  }
}
