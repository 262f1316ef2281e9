package io.varve.query;

import io.varve.model.Column;
import io.varve.model.Table;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** How many rows a series has in a chunk, as far as the server's statistics tell. */
final class SeriesDensity {

  /** A step of a walk costs as much in each chunk as so many rows of a pass. */
  private static final int FEW = 20;

  private SeriesDensity() {}

  /**
   * Whether reading all rows once costs less than walking the series through every chunk. The
   * greatest chunk stands for all, its dimension with the most values for the number of its series,
   * of which there may be more. Not where the chunk was never analysed.
   */
  static boolean isThin(Connection connection, Table<?> table) throws SQLException {
    String sql =
        """
        WITH chunk AS (
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
        SELECT max(CASE WHEN s.n_distinct > 0 THEN s.n_distinct
                        ELSE -s.n_distinct * chunk.reltuples END) * ? > max(chunk.reltuples)
          FROM chunk
          JOIN pg_catalog.pg_stats s ON s.schemaname = chunk.nspname AND s.tablename = chunk.relname
         WHERE s.attname = ANY (CAST(CAST(? AS text[]) AS name[])) AND NOT s.inherited
        """;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, table.name().schema());
      statement.setString(2, table.name().name());
      statement.setInt(3, FEW);
      statement.setArray(
          4,
          connection.createArrayOf(
              "text", table.dimensions().stream().map(Column::name).toArray()));
      try (ResultSet row = statement.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    }
  }
}
