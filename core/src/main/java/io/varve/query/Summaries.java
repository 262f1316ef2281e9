package io.varve.query;

import io.varve.model.Column;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/** Computes statistics and distributions of a column, each in one statement. */
final class Summaries {

  private static final int MOST_BINS = 10_000;
  private static final ColumnType DOUBLE = ColumnType.of(Kind.DOUBLE);
  private static final ColumnType BIGINT = ColumnType.of(Kind.BIGINT);

  /** What a value is instead of a bin's number. */
  private static final int NULL = -1;

  private static final int NAN = -2;
  private static final int INFINITE = -3;

  private final Reads reads;
  private final Column<?, ?> column;
  private final PointSql points;
  private final String task;

  Summaries(Reads reads, Selection<?> selection, Column<?, ?> column) {
    this.reads = reads;
    this.column = column;
    this.points = new PointSql(selection, column, List.of());
    this.task = "summarizing " + selection.table().name();
  }

  // Statistics

  Statistics statistics(double... percentiles) {
    for (double fraction : percentiles) {
      if (!(fraction >= 0 && fraction <= 1)) {
        throw new IllegalArgumentException(
            "percentile %s; expected a fraction from 0 to 1".formatted(fraction));
      }
    }
    SqlBuilder sql = new SqlBuilder().sql("SELECT count(r.v), ");
    sql.sql("count(*) FILTER (WHERE r.raw IS NULL), ").sql(count(nan())).sql(", ");
    sql.sql(count(infinite()));
    sql.sql(", min(r.v), max(r.v), sum(r.v), avg(r.v), stddev_samp(r.v), var_samp(r.v), ");
    end(sql, "r.t, r.v");
    end(sql.sql(", "), "r.t DESC, r.v DESC");
    if (percentiles.length > 0) {
      sql.sql(", percentile_cont(CAST(").bind(array(percentiles));
      sql.sql(
          " AS double precision[])) WITHIN GROUP (ORDER BY r.v) FILTER (WHERE r.v IS NOT NULL)");
    }
    points.rowsWithRaw(sql.sql(" FROM "));
    return reads.all(task, sql.build(), reader(percentiles)).get(0);
  }

  private static String count(String condition) {
    return "count(*) FILTER (WHERE " + condition + ")";
  }

  private boolean isWhole() {
    return switch (column.type().kind()) {
      case SMALLINT, INTEGER, BIGINT -> true;
      default -> false;
    };
  }

  private String nan() {
    return isWhole() ? "false" : "r.raw = 'NaN'";
  }

  private String infinite() {
    return isWhole() ? "false" : "r.raw IN ('Infinity', '-Infinity')";
  }

  private void end(SqlBuilder sql, String order) {
    points.rows(sql.sql("(SELECT r.v FROM "));
    sql.sql(" WHERE r.v IS NOT NULL ORDER BY " + order + " LIMIT 1)");
  }

  private static Bind array(double... numbers) {
    return Bind.untyped(
        DoubleStream.of(numbers)
            .mapToObj(Double::toString)
            .collect(Collectors.joining(",", "{", "}")));
  }

  private RowReader<Statistics> reader(double... percentiles) {
    List<String> names =
        new ArrayList<>(
            List.of(
                "count",
                "nulls",
                "nans",
                "infinities",
                "min",
                "max",
                "sum",
                "avg",
                "stddev",
                "variance",
                "first",
                "last"));
    List<ColumnType> types = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      types.add(i < 4 ? BIGINT : DOUBLE);
    }
    if (percentiles.length > 0) {
      names.add("percentiles");
      types.add(ColumnType.arrayOf(Kind.DOUBLE));
    }
    return new RowReader<>(task, names, types, values -> statistics(values, percentiles));
  }

  private static Statistics statistics(@Nullable Object[] values, double... percentiles) {
    return new Statistics(
        whole(values[0]),
        whole(values[1]),
        whole(values[2]),
        whole(values[3]),
        (Double) values[4],
        (Double) values[5],
        (Double) values[6],
        (Double) values[7],
        (Double) values[8],
        (Double) values[9],
        (Double) values[10],
        (Double) values[11],
        percentiles.length == 0 ? new TreeMap<>() : byFraction(values[12], percentiles));
  }

  private static long whole(@Nullable Object value) {
    return (Long) Objects.requireNonNull(value);
  }

  private static SortedMap<Double, Double> byFraction(
      @Nullable Object values, double... fractions) {
    SortedMap<Double, Double> percentiles = new TreeMap<>();
    if (values instanceof List<?> list) {
      for (int i = 0; i < fractions.length; i++) {
        if (list.get(i) instanceof Double value) {
          percentiles.put(fractions[i], value);
        }
      }
    }
    return percentiles;
  }

  // Distribution

  /**
   * The edges are clamped to the bounds and never descend, which rounding would not promise: {@code
   * width_bucket} needs them sorted, and the smallest value must not lie below the first.
   */
  Distribution distribution(int bins) {
    requireBins(bins);
    SqlBuilder sql = new SqlBuilder().sql("WITH bounds AS MATERIALIZED (SELECT min(r.v) AS lo,");
    points.rows(sql.sql(" max(r.v) AS hi FROM "));
    sql.sql(
        "), edges AS MATERIALIZED (SELECT lo, hi, ARRAY(SELECT max(least(hi, greatest(lo,"
            + " lo * (1 - i / n) + hi * (i / n)))) OVER (ORDER BY i)");
    sql.sql(" FROM (SELECT CAST(generate_series(0, CAST(").bind(Bind.bigint(bins - 1));
    sql.sql(" AS integer)) AS double precision) AS i, CAST(").bind(Bind.bigint(bins));
    sql.sql(" AS double precision) AS n) AS parts ORDER BY i) AS lower FROM bounds)");
    return distribution(sql);
  }

  Distribution distribution(int bins, double lower, double upper) {
    requireBins(bins);
    if (!(Double.isFinite(lower) && Double.isFinite(upper) && lower < upper)) {
      throw new IllegalArgumentException(
          "distribution from %s to %s; expected finite bounds, the lower one first"
              .formatted(lower, upper));
    }
    double[] edges = new double[bins];
    double edge = lower;
    for (int i = 0; i < bins; i++) {
      double part = (double) i / bins;
      edge = Math.max(edge, Math.min(upper, lower * (1 - part) + upper * part));
      edges[i] = edge;
    }
    SqlBuilder sql = new SqlBuilder().sql("WITH edges AS MATERIALIZED (SELECT CAST(");
    sql.bind(Bind.untyped(Double.toString(lower))).sql(" AS double precision) AS lo, CAST(");
    sql.bind(Bind.untyped(Double.toString(upper))).sql(" AS double precision) AS hi, CAST(");
    sql.bind(array(edges)).sql(" AS double precision[]) AS lower)");
    return distribution(sql);
  }

  private static void requireBins(int bins) {
    if (bins < 1 || bins > MOST_BINS) {
      throw new IllegalArgumentException("%d bins; expected 1 to %d".formatted(bins, MOST_BINS));
    }
  }

  /** Counts by bin, and beside them the edges: of bin and count null in their order. */
  private Distribution distribution(SqlBuilder sql) {
    sql.sql(", counted AS (SELECT CASE WHEN r.v IS NOT NULL THEN CASE WHEN r.v > ");
    sql.sql("(SELECT hi FROM edges) THEN (SELECT cardinality(lower) FROM edges) + 1");
    sql.sql(" ELSE pg_catalog.width_bucket(r.v, (SELECT lower FROM edges)) END");
    sql.sql(" WHEN r.raw IS NULL THEN " + NULL + " WHEN " + nan() + " THEN " + NAN);
    sql.sql(" ELSE " + INFINITE + " END AS bin FROM ");
    points.rowsWithRaw(sql);
    sql.sql(") SELECT bin, count(*), NULL, NULL FROM counted GROUP BY bin");
    sql.sql(" UNION ALL SELECT NULL, NULL, lower, hi FROM edges");
    Counted counted = new Counted();
    RowReader<Counted> reader =
        new RowReader<>(
            task,
            List.of("bin", "count", "lower", "upper"),
            List.of(ColumnType.of(Kind.INTEGER), BIGINT, ColumnType.arrayOf(Kind.DOUBLE), DOUBLE),
            counted::with);
    reads.all(task, sql.build(), reader);
    return counted.distribution();
  }

  /** The rows of a distribution's answer as they come. */
  private static final class Counted {

    private final Map<Integer, Long> counts = new HashMap<>();
    private double[] edges = {};

    Counted with(@Nullable Object[] row) {
      if (row[0] instanceof Integer bin) {
        counts.put(bin, whole(row[1]));
      } else if (row[2] instanceof List<?> lower && row[3] instanceof Double upper) {
        edges =
            Arrays.copyOf(
                lower.stream().mapToDouble(it -> (Double) it).toArray(), lower.size() + 1);
        edges[lower.size()] = upper;
      }
      return this;
    }

    private long count(int bin) {
      return counts.getOrDefault(bin, 0L);
    }

    Distribution distribution() {
      int size = Math.max(edges.length - 1, 0);
      boolean single = size > 0 && edges[0] == edges[size];
      List<Distribution.Bin> bins = new ArrayList<>();
      for (int i = single ? size - 1 : 0; i < size; i++) {
        bins.add(new Distribution.Bin(edges[i], edges[i + 1], count(i + 1)));
      }
      return new Distribution(
          bins, count(0), count(size + 1), count(NULL), count(NAN), count(INFINITE));
    }
  }
}
