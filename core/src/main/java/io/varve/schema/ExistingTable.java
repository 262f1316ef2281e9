package io.varve.schema;

import io.varve.jdbc.QualifiedName;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A table as the catalogue has it.
 *
 * @param relation what kind of relation it is, in words
 * @param columns in the table's order, generated ones included
 * @param indexes without those on expressions or parts of the rows; the primary key first
 */
record ExistingTable(
    QualifiedName name, String relation, List<ExistingColumn> columns, List<Index> indexes) {

  /**
   * @param typeOid the type's object identifier
   * @param typeSql its name, with the schema where that is not PostgreSQL's own
   * @param type what Varve makes of it; null where it cannot
   * @param isRequired whether a row cannot be written without it
   * @param isGenerated whether it cannot be written at all
   * @param isEnum whether its values are an enum's
   */
  record ExistingColumn(
      String name,
      long typeOid,
      String typeSql,
      @Nullable ColumnType type,
      boolean nullable,
      boolean isRequired,
      boolean isGenerated,
      boolean isEnum) {}

  /** An index on whole columns. */
  record Index(List<String> columns, boolean isUnique) {}

  private static final Map<Long, Kind> KINDS =
      Stream.concat(
              Arrays.stream(Kind.values()).map(kind -> Map.entry((long) kind.oid(), kind)),
              // character varying, character and name travel as text does.
              Stream.of(1043L, 1042L, 19L).map(oid -> Map.entry(oid, Kind.TEXT)))
          .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));

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

  /** Domains are followed to what they stand for, arrays to their elements. */
  private static List<ExistingColumn> columns(Connection connection, long table)
      throws SQLException {
    String sql =
        """
        SELECT a.attname, a.atttypid,
               CASE WHEN coalesce(element.typnamespace, own.typnamespace) = 'pg_catalog'::regnamespace
                    THEN format_type(a.atttypid, a.atttypmod)
                    ELSE format('%I.%I', n.nspname, coalesce(element.typname, own.typname))
                         || CASE WHEN element.oid IS NULL THEN '' ELSE '[]' END END,
               coalesce(item.oid, base.oid), item.oid IS NOT NULL,
               coalesce(item.typtype, base.typtype) = 'e',
               NOT a.attnotnull,
               a.attnotnull AND NOT a.atthasdef AND a.attidentity = '' AND a.attgenerated = '',
               a.attgenerated <> ''
          FROM pg_catalog.pg_attribute a
          JOIN pg_catalog.pg_type own ON own.oid = a.atttypid
          LEFT JOIN pg_catalog.pg_type element ON element.typarray = own.oid
          JOIN pg_catalog.pg_namespace n
            ON n.oid = coalesce(element.typnamespace, own.typnamespace)
         CROSS JOIN LATERAL (
           WITH RECURSIVE chain AS (
             SELECT own.oid, own.typtype, own.typbasetype
             UNION ALL
             SELECT t.oid, t.typtype, t.typbasetype
               FROM chain c JOIN pg_catalog.pg_type t ON t.oid = c.typbasetype
              WHERE c.typtype = 'd')
           SELECT oid, typtype FROM chain WHERE typtype <> 'd') base
          LEFT JOIN pg_catalog.pg_type item ON item.typarray = base.oid
         WHERE a.attrelid = ? AND a.attnum > 0 AND NOT a.attisdropped
         ORDER BY a.attnum
        """;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setLong(1, table);
      try (ResultSet row = statement.executeQuery()) {
        List<ExistingColumn> columns = new ArrayList<>();
        while (row.next()) {
          columns.add(column(row));
        }
        return columns;
      }
    }
  }

  private static ExistingColumn column(ResultSet row) throws SQLException {
    boolean isEnum = row.getBoolean(6);
    Kind kind = isEnum ? Kind.TEXT : KINDS.get(row.getLong(4));
    String sql = row.getString(3);
    return new ExistingColumn(
        row.getString(1),
        row.getLong(2),
        sql,
        kind == null ? null : new ColumnType(kind, row.getBoolean(5), sql),
        row.getBoolean(7),
        row.getBoolean(8),
        row.getBoolean(9),
        isEnum);
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
