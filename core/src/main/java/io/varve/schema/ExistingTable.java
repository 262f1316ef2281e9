package io.varve.schema;

import io.varve.model.QualifiedName;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A table as the catalogue has it.
 *
 * @param relation what kind of relation it is, in words
 * @param columns in the table's order, generated ones included
 * @param indexes without those on expressions or parts of the rows; the primary key first
 */
record ExistingTable(
    QualifiedName name, String relation, List<ExistingColumn> columns, List<Index> indexes) {

  /** An index on whole columns. */
  record Index(List<String> columns, boolean isUnique) {}

  /** The relation of that name, whatever it is; empty if there is none. */
  static Optional<ExistingTable> find(Connection connection, QualifiedName name)
      throws SQLException {
    String sql =
        """
        SELECT c.oid, CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table'
                 WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table'
                 WHEN 'S' THEN 'sequence' WHEN 'c' THEN 'composite type' ELSE 'index' END
          FROM pg_catalog.pg_class c
          JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = ? AND c.relname = ?
        """;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, name.schema());
      statement.setString(2, name.name());
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          return Optional.empty();
        }
        long oid = row.getLong(1);
        return Optional.of(
            new ExistingTable(
                name, row.getString(2), columns(connection, oid), indexes(connection, oid)));
      }
    }
  }

  private static List<ExistingColumn> columns(Connection connection, long table)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(ExistingColumn.QUERY)) {
      // As a text of no type, which regclass takes numbers from.
      statement.setObject(1, Long.toString(table), Types.OTHER);
      try (ResultSet rows = statement.executeQuery()) {
        return ExistingColumn.read(rows);
      }
    }
  }

  private static List<Index> indexes(Connection connection, long table) throws SQLException {
    String sql =
        """
        SELECT i.indisunique,
               ARRAY(SELECT a.attname::text
                       FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, position)
                       JOIN pg_catalog.pg_attribute a
                         ON a.attrelid = i.indrelid AND a.attnum = k.attnum
                      WHERE k.position <= i.indnkeyatts
                      ORDER BY k.position)
          FROM pg_catalog.pg_index i
         WHERE i.indrelid = ? AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
         ORDER BY i.indisprimary DESC, i.indexrelid
        """;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setLong(1, table);
      try (ResultSet row = statement.executeQuery()) {
        List<Index> indexes = new ArrayList<>();
        while (row.next()) {
          Array columns = row.getArray(2);
          indexes.add(new Index(List.of((String[]) columns.getArray()), row.getBoolean(1)));
        }
        return indexes;
      }
    }
  }

  Map<String, ExistingColumn> columnsByName() {
    return columns.stream().collect(Collectors.toMap(ExistingColumn::name, Function.identity()));
  }

  /** The unique keys, the primary key first. */
  List<List<String>> keys() {
    return indexes.stream().filter(Index::isUnique).map(Index::columns).toList();
  }

  /** Whether these columns, in any order, are a unique key. */
  boolean hasKey(List<String> columns) {
    return keys().stream().anyMatch(key -> new HashSet<>(key).equals(new HashSet<>(columns)));
  }
}
