package io.varve.ingest;

import io.varve.SchemaException;
import io.varve.jdbc.Database;
import io.varve.model.Column;
import io.varve.model.QualifiedName;
import io.varve.model.Role;
import io.varve.model.Table;
import io.varve.schema.ExistingColumn;
import io.varve.schema.StoredType;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Compares a table's columns with the model, in the transaction that writes.
 *
 * <p>Binary COPY sends no types: the bytes of a double are read as a bigint without complaint. So
 * the columns are looked up before every load, and the table is locked against changes of them (as
 * any write locks it), which costs one round trip.
 */
final class ColumnCheck {

  /** Under a stricter isolation the transaction could not see a chunk made for its sake. */
  private static final String LOCK =
      Database.READ_COMMITTED + "LOCK TABLE ONLY %s IN ROW EXCLUSIVE MODE; ";

  /** TimescaleDB's own trigger keeps rows out of the empty parent, and does nothing else. */
  private static final String TRIGGERS =
      """
      ;
      SELECT pg_catalog.has_table_privilege(c.oid, 'SELECT'), t.tgtype
        FROM pg_catalog.pg_class c
        LEFT JOIN pg_catalog.pg_trigger t
          ON t.tgrelid = c.oid AND t.tgenabled <> 'D' AND NOT t.tgisinternal
             AND t.tgname <> 'ts_insert_blocker'
       WHERE c.oid = ?::pg_catalog.regclass
      """;

  private static final String UNDEFINED_TABLE = "42P01";
  private static final String UNDEFINED_SCHEMA = "3F000";

  private ColumnCheck() {}

  /**
   * Locks the table against changes of its columns and refuses it if they are not the model's.
   * Returns what it is like.
   */
  static LockedTable lock(Connection connection, Table<?> table) throws SQLException {
    Found found = find(connection, table.name());
    return new LockedTable(types(table, found.columns()), found.triggers(), found.readable());
  }

  private static List<StoredType> types(Table<?> table, Map<String, ExistingColumn> found) {
    List<String> faults = new ArrayList<>();
    List<StoredType> types = new ArrayList<>();
    for (Column<?, ?> column : table.columns()) {
      ExistingColumn actual = found.get(column.name());
      if (actual == null || !actual.holds(column.type())) {
        faults.add(fault(column, actual));
      } else if (column.role() == Role.TIME && actual.stored().roundsTimes()) {
        faults.add(fault(column, actual) + ", which is not rounded");
      } else {
        types.add(actual.stored());
      }
    }
    if (!faults.isEmpty()) {
      throw new SchemaException(
          "table %s is not what the model says: %s"
              .formatted(table.name(), String.join("; ", faults)));
    }
    return types;
  }

  /** Whether the error says that a table or schema is not there. */
  static boolean isAbsent(SQLException e) {
    return UNDEFINED_TABLE.equals(e.getSQLState()) || UNDEFINED_SCHEMA.equals(e.getSQLState());
  }

  private static String fault(Column<?, ?> column, @Nullable ExistingColumn actual) {
    return "column \"%s\" is %s, expected %s"
        .formatted(
            column.name(), actual == null ? "missing" : actual.typeSql(), column.type().sql());
  }

  private record Found(
      Map<String, ExistingColumn> columns, TableTriggers triggers, boolean readable) {}

  private static Found find(Connection connection, QualifiedName name) throws SQLException {
    String sql = LOCK.formatted(name.sql()) + ExistingColumn.QUERY + TRIGGERS;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, name.sql());
      statement.setString(2, name.sql());
      statement.execute();
      statement.getMoreResults();
      statement.getMoreResults();
      Map<String, ExistingColumn> columns = columns(statement);
      statement.getMoreResults();
      return found(columns, statement);
    } catch (SQLException e) {
      if (isAbsent(e)) {
        throw new SchemaException(
            "table %s does not exist; create it first, such as by schema().create(table) or SeriesClient.ensureSchema()"
                .formatted(name),
            e.getSQLState(),
            e);
      }
      throw e;
    }
  }

  private static Map<String, ExistingColumn> columns(PreparedStatement statement)
      throws SQLException {
    try (ResultSet rows = statement.getResultSet()) {
      return ExistingColumn.read(rows).stream()
          .collect(Collectors.toMap(ExistingColumn::name, Function.identity()));
    }
  }

  private static Found found(Map<String, ExistingColumn> columns, PreparedStatement statement)
      throws SQLException {
    TableTriggers triggers = TableTriggers.NONE;
    boolean readable = false;
    try (ResultSet rows = statement.getResultSet()) {
      while (rows.next()) {
        readable = rows.getBoolean(1);
        triggers = triggers.with(rows.getInt(2));
      }
    }
    return new Found(columns, triggers, readable);
  }
}
