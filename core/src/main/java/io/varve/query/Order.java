package io.varve.query;

/** The order of rows or buckets by time. */
enum Order {
  NONE(""),
  OLDEST_FIRST(""),
  NEWEST_FIRST(" DESC");

  private final String sql;

  Order(String sql) {
    this.sql = sql;
  }

  /** What follows the time in an ORDER BY. */
  String sql() {
    return sql;
  }
}
