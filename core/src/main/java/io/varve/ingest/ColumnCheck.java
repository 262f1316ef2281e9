package io.varve.ingest;

import io.varve.SchemaException;
import io.varve.jdbc.QualifiedName;
import io.varve.model.Column;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Table;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compares a table's columns with the model, in the transaction that writes.
 *
 * <p>Binary COPY sends no types: the bytes of a double are read as a bigint without complaint. So
 * the columns are looked up before every load, and the table is locked against changes of them (as
 * any write locks it), which costs one round trip.
 */
final class ColumnCheck {

  /** Types whose binary format is text's. */
  private static final Set<Long> LIKE_TEXT = Set.of(1042L, 1043L);

  /** Under a stricter isolation the transaction could not see a chunk made for its sake. */
  private static final String LOCK =
      """
      SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
      LOCK TABLE ONLY %s IN ROW EXCLUSIVE MODE;
      """;

  /** The columns with the type below all domains, and an array's element type. */
  private static final String COLUMNS =
      """
      WITH RECURSIVE resolved AS (
        SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod) AS declared,
               a.atttypid AS type
        FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = ?::pg_catalog.regclass AND a.attnum > 0 AND NOT a.attisdropped
        UNION ALL
        SELECT r.attname, r.declared, t.typbasetype
        FROM resolved r JOIN pg_catalog.pg_type t ON t.oid = r.type AND t.typtype = 'd'
      )
      SELECT r.attname, r.declared, coalesce(e.oid, t.oid)::bigint AS oid, e.oid IS NOT NULL AS array,
             coalesce(e.typtype, t.typtype) = 'e' OR coalesce(e.typname, t.typname) = 'citext'
               AS like_text
      FROM resolved r
      JOIN pg_catalog.pg_type t ON t.oid = r.type AND t.typtype <> 'd'
      LEFT JOIN pg_catalog.pg_type e ON t.typcategory = 'A' AND e.oid = t.typelem
      """;

  private static final String UNDEFINED_TABLE = "42P01";
  private static final String UNDEFINED_SCHEMA = "3F000";

  /** A column as the server has it; {@code oid} is the element's type for an array. */
  private record Found(String declared, long oid, boolean array, boolean likeText) {

    boolean holds(ColumnType type) {
      return array == type.array() && (oid == type.kind().oid() || holdsText(type.kind()));
    }

    private boolean holdsText(Kind kind) {
      return kind == Kind.TEXT && (likeText || LIKE_TEXT.contains(oid));
    }
  }

  private ColumnCheck() {}

  /**
   * Locks the table against changes of its columns and refuses it if they are not the model's.
   * Returns the type of each column, of its elements where it is an array.
   */
  static List<Integer> lock(Connection connection, Table<?> table) throws SQLException {
    Map<String, Found> found = columns(connection, table.name());
    List<String> faults = new ArrayList<>();
    List<Integer> oids = new ArrayList<>();
    for (Column<?, ?> column : table.columns()) {
      Found actual = found.get(column.name());
      if (actual == null || !actual.holds(column.type())) {
        faults.add(fault(column, actual));
      } else {
        oids.add((int) actual.oid());
      }
    }
    if (!faults.isEmpty()) {
      throw new SchemaException(
          "table %s is not what the model says: %s"
              .formatted(table.name(), String.join("; ", faults)));
    }
    return oids;
  }

  /** Whether the error says that a table or schema is not there. */
  static boolean isAbsent(SQLException e) {
    return UNDEFINED_TABLE.equals(e.getSQLState()) || UNDEFINED_SCHEMA.equals(e.getSQLState());
  }

  private static String fault(Column<?, ?> column, @Nullable Found actual) {
    return "column \"%s\" is %s, expected %s"
        .formatted(
            column.name(), actual == null ? "missing" : actual.declared(), column.type().sql());
  }

  private static Map<String, Found> columns(Connection connection, QualifiedName name)
      throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(LOCK.formatted(name.sql()) + COLUMNS)) {
      statement.setString(1, name.sql());
      statement.execute();
      statement.getMoreResults();
      statement.getMoreResults();
      try (ResultSet rows = statement.getResultSet()) {
        return columns(rows);
      }
    } catch (SQLException e) {
      if (isAbsent(e)) {
        throw new SchemaException(
            "table %s does not exist; create it: schema().create(table)".formatted(name),
            e.getSQLState(),
            e);
      }
      throw e;
    }
  }

  private static Map<String, Found> columns(ResultSet rows) throws SQLException {
    Map<String, Found> columns = new HashMap<>();
    while (rows.next()) {
      columns.put(
          rows.getString("attname"),
          new Found(
              rows.getString("declared"),
              rows.getLong("oid"),
              rows.getBoolean("array"),
              rows.getBoolean("like_text")));
    }
    return columns;
  }
}
