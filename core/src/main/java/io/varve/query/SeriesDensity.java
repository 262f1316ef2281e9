package io.varve.query;

import io.varve.model.Column;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Table;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/**
 * How many rows a series has in a chunk, as far as the server's statistics tell. The greatest chunk
 * stands for all, its dimension with the most values for the number of its series, of which there
 * may be more.
 *
 * @param rows of the chunk
 * @param series of the chunk
 * @param span from the first row of the chunk to the last, in microseconds or units of a bigint
 *     time; infinite where that is not known
 */
record SeriesDensity(double rows, double series, double span) {

  /** A step of a walk costs as much in each chunk as so many rows of a pass. */
  private static final int FEW = 20;

  /**
   * Nothing where the chunk was never analysed. The names of the chunk are subqueries, because the
   * view of statistics lets no join into it: it would be read for all tables.
   */
  static Optional<SeriesDensity> of(Connection connection, Table<?> table) throws SQLException {
    String sql =
        """
        WITH chunk AS MATERIALIZED (
          SELECT n.nspname, c.relname, c.reltuples
            FROM pg_catalog.pg_class p
            JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
            JOIN pg_catalog.pg_inherits i ON i.inhparent = p.oid
            JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
           WHERE pn.nspname = ? AND p.relname = ?
           ORDER BY c.reltuples DESC, c.oid
           LIMIT 1
        )
        SELECT max(chunk.reltuples),
               max(CASE WHEN s.n_distinct > 0 THEN s.n_distinct
                        ELSE -s.n_distinct * chunk.reltuples END)
                 FILTER (WHERE s.attname = ANY (CAST(CAST(? AS text[]) AS name[]))),
               max(CASE WHEN s.attname = ? THEN
                     (SELECT %1$s
                        FROM (SELECT min(b.time), max(b.time)
                                FROM unnest(CAST(CAST(s.histogram_bounds AS text) AS %2$s[])
                                            || CAST(CAST(s.most_common_vals AS text) AS %2$s[]))
                                       AS b (time)) AS b (first, last))
                   END)
          FROM chunk, pg_catalog.pg_stats s
         WHERE s.schemaname = (SELECT nspname FROM chunk)
           AND s.tablename = (SELECT relname FROM chunk)
           AND NOT s.inherited
        """
            .formatted(span(table.time().type().kind()), table.time().type().sql());
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, table.name().schema());
      statement.setString(2, table.name().name());
      statement.setArray(
          3,
          connection.createArrayOf(
              "text", table.dimensions().stream().map(Column::name).toArray()));
      statement.setString(4, table.time().name());
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        double rows = row.getDouble(1);
        return row.wasNull() ? Optional.empty() : Optional.of(read(row, rows));
      }
    }
  }

  private static String span(Kind kind) {
    return kind == Kind.BIGINT
        ? "CAST(b.last AS numeric) - b.first"
        : "1000000 * (extract(epoch FROM b.last) - extract(epoch FROM b.first))";
  }

  private static SeriesDensity read(ResultSet row, double rows) throws SQLException {
    double series = Math.max(1, row.getDouble(2));
    double span = row.getDouble(3);
    return new SeriesDensity(rows, series, row.wasNull() ? Double.POSITIVE_INFINITY : span);
  }

  /**
   * Whether reading all rows of a range that long once costs less than walking the series through
   * every chunk.
   */
  boolean isThin(double length) {
    return rowsWithin(length) < FEW;
  }

  /** How many rows a series has in a span of that width. */
  double rowsWithin(double width) {
    return rows / series * (width < span ? width / span : 1);
  }
}
