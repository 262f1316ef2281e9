package io.varve.query;

import io.varve.model.Column;
import io.varve.model.Table;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/**
 * What the catalogue says about a table's dimensions. An index counts only if it is in the order of
 * the columns themselves, or the reverse of it: none of another collation or operator class.
 *
 * @param order the dimensions as the first columns of an index that goes on with the time; empty if
 *     there is no such index
 * @param nullable the dimensions that may be null
 */
record SeriesIndex(List<String> order, List<String> nullable) {

  static SeriesIndex of(Connection connection, Table<?> table) throws SQLException {
    String[] dimensions =
        table.dimensions().stream().<String>map(Column::name).toArray(String[]::new);
    if (dimensions.length == 0) {
      return new SeriesIndex(List.of(), List.of());
    }
    String sql =
        """
        WITH relation AS (
          SELECT c.oid, CAST(? AS text[]) AS dimensions, CAST(? AS text) AS time_column
            FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
           WHERE n.nspname = ? AND c.relname = ?
        ), index AS (
          SELECT i.indexrelid, k.columns, k.orders
            FROM relation r
            JOIN pg_catalog.pg_index i ON i.indrelid = r.oid
            JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
            JOIN pg_catalog.pg_am m ON m.oid = c.relam
           CROSS JOIN LATERAL (
             SELECT array_agg(a.attname::text ORDER BY key.position),
                    array_agg(CASE WHEN o.opcdefault AND key.collated = a.attcollation
                                    AND key.option IN (0, 3) THEN key.option END
                              ORDER BY key.position)
               FROM unnest(i.indkey::int2[], i.indclass::oid[], i.indcollation::oid[],
                           i.indoption::int2[])
                      WITH ORDINALITY AS key (attnum, opclass, collated, option, position)
               JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = key.attnum
               JOIN pg_catalog.pg_opclass o ON o.oid = key.opclass) AS k (columns, orders)
           WHERE i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL AND m.amname = 'btree'
        )
        SELECT coalesce((SELECT i.columns[:cardinality(r.dimensions)]
                           FROM index i
                          WHERE i.columns[:cardinality(r.dimensions)] @> r.dimensions
                            AND i.columns[cardinality(r.dimensions) + 1] = r.time_column
                            AND i.orders[1] = ALL (i.orders[:cardinality(r.dimensions)])
                            AND i.orders[cardinality(r.dimensions) + 1] IS NOT NULL
                          ORDER BY i.indexrelid
                          LIMIT 1), '{}'),
               ARRAY(SELECT a.attname::text
                       FROM pg_catalog.pg_attribute a
                      WHERE a.attrelid = r.oid AND a.attname = ANY (r.dimensions)
                        AND NOT (a.attnotnull AND NOT EXISTS (
                          SELECT FROM pg_catalog.pg_constraint k
                           WHERE k.conrelid = r.oid AND k.contype = 'n'
                             AND k.conkey = ARRAY[a.attnum] AND NOT k.convalidated)))
          FROM relation r
        """;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setArray(1, connection.createArrayOf("text", dimensions));
      statement.setString(2, table.time().name());
      statement.setString(3, table.name().schema());
      statement.setString(4, table.name().name());
      try (ResultSet row = statement.executeQuery()) {
        return row.next()
            ? new SeriesIndex(strings(row, 1), strings(row, 2))
            : new SeriesIndex(List.of(), List.of());
      }
    }
  }

  private static List<String> strings(ResultSet row, int column) throws SQLException {
    return List.of((String[]) row.getArray(column).getArray());
  }
}
