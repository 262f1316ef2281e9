package io.varve.cli.ingest;

import io.varve.Varve;
import io.varve.ingest.RowFailure;
import io.varve.jdbc.SqlErrors;
import io.varve.model.QualifiedName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which columns the constraints of a table are about, which the server does not say when a row
 * violates one. Immutable and thread-safe.
 */
public final class ConstraintColumns {

  private static final String KEY_IS_THERE = "23505";

  /** Stands for the unique key: in each chunk its index has another name. */
  private static final String KEY = "";

  private static final String QUERY =
      """
      WITH of_table AS (
        SELECT conname::text AS name, conrelid AS relation, conkey AS columns
          FROM pg_catalog.pg_constraint
         WHERE conrelid = ?::regclass AND contype IN ('c', 'f') AND conkey IS NOT NULL
        UNION ALL
        SELECT '', i.indrelid, i.indkey::int2[]
          FROM pg_catalog.pg_index i
         WHERE i.indrelid = ?::regclass AND i.indisunique
           AND (SELECT count(*) FROM pg_catalog.pg_index o
                 WHERE o.indrelid = i.indrelid AND o.indisunique) = 1)
      SELECT t.name, string_agg(a.attname, ', ' ORDER BY array_position(t.columns, a.attnum))
        FROM of_table t
        JOIN pg_catalog.pg_attribute a ON a.attrelid = t.relation AND a.attnum = ANY (t.columns)
       GROUP BY t.name
      """;

  private final Map<String, String> columns;

  private ConstraintColumns(Map<String, String> columns) {
    this.columns = Map.copyOf(columns);
  }

  /** Those of a table that is there. */
  public static ConstraintColumns of(Varve varve, QualifiedName table) {
    try (Connection connection = varve.dataSource().getConnection();
        PreparedStatement statement = connection.prepareStatement(QUERY)) {
      statement.setString(1, table.sql());
      statement.setString(2, table.sql());
      Map<String, String> columns = new HashMap<>();
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          columns.put(row.getString(1), row.getString(2));
        }
      }
      return new ConstraintColumns(columns);
    } catch (SQLException e) {
      throw SqlErrors.translate("looking at the constraints of table " + table, e);
    }
  }

  /** The columns at fault, in the order of the constraint. */
  Optional<String> of(RowFailure failure) {
    String known = failure.constraint() == null ? null : columns.get(failure.constraint());
    return known != null
        ? Optional.of(known)
        : Optional.ofNullable(KEY_IS_THERE.equals(failure.sqlState()) ? columns.get(KEY) : null);
  }
}
