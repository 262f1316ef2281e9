package io.varve.query;

import io.varve.jdbc.IsoTime;
import io.varve.model.ColumnType.Kind;

/**
 * Writes the statements of a downsampling.
 *
 * <p>The server selects by columns in one pass and some look-ups. The pass groups the rows by parts
 * of columns and knows of each part the extremes, but not where they are; asking an aggregate for
 * that, too, costs five times as much. The parts that hold a column's extremes, its first and its
 * last point are then read through the index, which leads there: a sixteenth of the rows at most,
 * and in fact a few hundred rows for each point that is kept. Measured on 10 million rows and 2,000
 * columns: pass 2.3 s, look-ups 0.4 s; arrays of value and time 10.9 s; a second pass with a join
 * 4.2 s.
 *
 * <p>The pass reads from a UNION ALL of which one half is empty. The planner would take an
 * expression of the time for as many groups as there are times, and not let parallel workers group;
 * of what a UNION yields it supposes nothing.
 */
final class DownsampleSql {

  private static final int SAMPLE = 10_000;

  private final PointSql points;
  private final String each;

  DownsampleSql(PointSql points) {
    this.points = points;
    this.each = points.each("");
  }

  /** The first and the last time of a point; one row. */
  Sql bounds() {
    SqlBuilder sql = new SqlBuilder().sql("SELECT min(r.t), max(r.t), false");
    pointsAtFiniteTimes(sql);
    return sql.build();
  }

  /**
   * As {@link #bounds}, and whether there are more rows than this for each series. How many series
   * there are is judged by the first rows.
   */
  Sql bounds(long rows) {
    SqlBuilder sql = new SqlBuilder().sql("WITH most AS MATERIALIZED (SELECT ");
    sql.bind(Bind.bigint(rows)).sql(" * ");
    if (each.isEmpty()) {
      sql.sql("1 AS n");
    } else {
      points.rows(
          sql.sql("count(*) AS n FROM (SELECT DISTINCT " + list(each) + " FROM (SELECT r.* FROM "));
      sql.sql(" LIMIT " + SAMPLE + ") AS sample) AS series");
    }
    sql.sql(") SELECT min(r.t), max(r.t), (SELECT count(*) FROM (SELECT 1 FROM ");
    points.rows(sql);
    sql.sql(" LIMIT (SELECT n + 1 FROM most)) AS counted) > (SELECT n FROM most)");
    pointsAtFiniteTimes(sql);
    return sql.build();
  }

  private void pointsAtFiniteTimes(SqlBuilder sql) {
    points.rows(sql.sql(" FROM "));
    points.finiteTime(sql.sql(" WHERE r.v IS NOT NULL AND "));
  }

  /**
   * Every row after its series' number, in the order of dimensions, time and value; gaps after
   * points of the same time.
   */
  Sql rows(Grid grid) {
    SqlBuilder sql =
        new SqlBuilder().sql("SELECT " + number("r.") + points.each("r.") + "r.t, r.v FROM ");
    points.rows(sql);
    points.within(sql.sql(" WHERE "), grid);
    return sql.sql(" ORDER BY " + points.each("r.") + "r.t, r.v").build();
  }

  /** The number of a row's series, as the server tells series apart, and a comma. */
  private String number(String qualifier) {
    return each.isEmpty()
        ? "CAST(1 AS bigint), "
        : "dense_rank() OVER (ORDER BY " + list(points.each(qualifier)) + "), ";
  }

  /** Number 1 and time of the rows without a value, in the order of time. */
  Sql gaps(Grid grid) {
    SqlBuilder sql = new SqlBuilder().sql("SELECT CAST(1 AS bigint), r.t FROM ");
    points.rows(sql);
    return inGaps(sql, grid);
  }

  /** Number and time of the given series' rows without a value, in the order of time. */
  Sql gaps(Grid grid, SeriesKeys keys) {
    SqlBuilder sql = new SqlBuilder().sql("SELECT k.number, r.t FROM (");
    keys.writeNumbered(sql);
    points.rows(sql.sql(") AS k JOIN "));
    return inGaps(sql.sql(" ON true" + points.same("r.", "k.")), grid);
  }

  private Sql inGaps(SqlBuilder sql, Grid grid) {
    points.within(sql.sql(" WHERE r.v IS NULL AND "), grid);
    return sql.sql(" ORDER BY r.t").build();
  }

  /**
   * Its series' number, dimensions, time and value of each point kept, and for each series one row
   * without the last two that counts its points and its rows.
   *
   * @param few series of no more points come whole
   * @param ends whether the first and the last point of each column are wanted, or those of the
   *     series
   */
  Sql preselection(Grid grid, long few, boolean ends) {
    SqlBuilder sql = new SqlBuilder().sql("WITH fine AS MATERIALIZED (");
    fine(sql, grid);
    sql.sql(
        "), total AS (SELECT "
            + each
            + "CAST(sum(n) AS bigint) AS n, CAST(sum(a) AS bigint) AS a FROM fine");
    groupBy(sql);
    sql.sql("), pixel AS (SELECT " + points.each("fine.") + "fine.b, fine.lo, fine.hi, ");
    column(sql, grid);
    sql.sql(" AS p FROM fine JOIN total ON true" + points.same("fine.", "total."));
    sql.sql(" WHERE fine.n > 0 AND total.n > ").bind(Bind.bigint(few)).sql(") ");
    String columns = each + "p";
    String series = ends ? columns : list(each);
    sql.sql("SELECT " + number("kept.") + "kept.* FROM (");
    found(sql, grid, part("lo", columns, "lo, b"), "= k.v ORDER BY r.t");
    found(sql, grid, part("hi", columns, "hi DESC, b"), "= k.v ORDER BY r.t");
    found(sql, grid, part("lo", series, "b"), "IS NOT NULL ORDER BY r.t, r.v");
    found(sql, grid, part("lo", series, "b DESC"), "IS NOT NULL ORDER BY r.t DESC, r.v DESC");
    whole(sql, grid, few);
    sql.sql("SELECT " + each + "NULL, NULL, n, a FROM total WHERE n > 0");
    return sql.sql(") AS kept (" + each + "t, v, n, a) ORDER BY 1, kept.t").build();
  }

  private void groupBy(SqlBuilder sql) {
    if (!each.isEmpty()) {
      sql.sql(" GROUP BY " + list(each));
    }
  }

  /** Without the last comma. */
  private static String list(String each) {
    return each.isEmpty() ? "" : each.substring(0, each.length() - 2);
  }

  /** Of each part of a column: rows, points, extremes. */
  private void fine(SqlBuilder sql, Grid grid) {
    sql.sql("SELECT " + each + "b, count(*) AS a, count(v) AS n, min(v) AS lo, max(v) AS hi");
    sql.sql(" FROM (SELECT " + points.each("r."));
    part(sql, grid);
    points.rows(sql.sql(" AS b, r.v FROM "));
    points.within(sql.sql(" WHERE "), grid);
    sql.sql(" UNION ALL SELECT " + each.replaceAll("d\\d+", "NULL") + "NULL, NULL WHERE false");
    sql.sql(") AS s GROUP BY " + each + "b");
  }

  /** The parts to look into: the first in this order of each series or column. */
  private String part(String value, String distinct, String order) {
    return distinct.isEmpty()
        ? "SELECT b, %s AS v FROM pixel ORDER BY %s LIMIT 1".formatted(value, order)
        : "SELECT DISTINCT ON (%s) %sb, %s AS v FROM pixel ORDER BY %1$s, %4$s"
            .formatted(distinct, each, value, order);
  }

  private void found(SqlBuilder sql, Grid grid, String parts, String which) {
    sql.sql(
        "(SELECT "
            + points.each("k.")
            + "x.t, x.v, CAST(NULL AS bigint) AS n, CAST(NULL AS bigint) AS a FROM ("
            + parts);
    points.rows(sql.sql(") AS k CROSS JOIN LATERAL (SELECT r.t, r.v FROM "));
    points.within(sql.sql(" WHERE "), grid);
    sql.sql(points.same("r.", "k.") + " AND r.t >= ");
    start(sql, grid);
    start(sql.sql(" AND r.t <= "), grid);
    sql.sql(" + ");
    length(sql, grid.part() - unit());
    sql.sql(" AND r.v " + which + " LIMIT 1) AS x) UNION ALL ");
  }

  private void whole(SqlBuilder sql, Grid grid, long few) {
    sql.sql(
        "SELECT "
            + points.each("total.")
            + "x.t, x.v, CAST(NULL AS bigint), CAST(NULL AS bigint) FROM total");
    points.rows(sql.sql(" CROSS JOIN LATERAL (SELECT r.t, r.v FROM "));
    points.within(sql.sql(" WHERE r.v IS NOT NULL AND "), grid);
    sql.sql(points.same("r.", "total.") + ") AS x WHERE total.n <= ").bind(Bind.bigint(few));
    sql.sql(" UNION ALL ");
  }

  private long unit() {
    return points.time() == Kind.DATE ? IsoTime.MICROS_PER_DAY : 1;
  }

  private boolean isTimestamp() {
    return points.time() != Kind.DATE && points.time() != Kind.BIGINT;
  }

  /** The start of the part a row is in, or its number. */
  private void part(SqlBuilder sql, Grid grid) {
    if (isTimestamp()) {
      bin(sql, "r.t", grid.part(), grid);
    } else {
      points.bound(sql.sql("(r.t - "), grid.from());
      length(sql.sql(") / "), grid.part());
    }
  }

  /** The column a part is in. */
  private void column(SqlBuilder sql, Grid grid) {
    if (isTimestamp()) {
      bin(sql, "fine.b", grid.width(), grid);
    } else {
      sql.sql("fine.b / " + grid.parts());
    }
  }

  private void bin(SqlBuilder sql, String time, long width, Grid grid) {
    length(sql.sql("pg_catalog.date_bin("), width);
    points.bound(sql.sql(", " + time + ", "), grid.from());
    sql.sql(")");
  }

  private void start(SqlBuilder sql, Grid grid) {
    if (isTimestamp()) {
      sql.sql("k.b");
    } else {
      points.bound(sql, grid.from());
      length(sql.sql(" + k.b * "), grid.part());
    }
  }

  /** A distance of two times, in the type the server subtracts them to. */
  private void length(SqlBuilder sql, long length) {
    switch (points.time()) {
      case BIGINT -> sql.sql("CAST(").bind(Bind.bigint(length)).sql(" AS bigint)");
      case DATE ->
          sql.sql("CAST(").bind(Bind.bigint(length / IsoTime.MICROS_PER_DAY)).sql(" AS integer)");
      default -> sql.sql("CAST(").bind(Bind.untyped(length + " microseconds")).sql(" AS interval)");
    }
  }
}
