package io.varve.schema;

import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Internal: a column as the catalogue has it. The one place that says what Varve makes of a type
 * there, for reading as for writing.
 *
 * @param typeOid the declared type's object identifier
 * @param typeSql its name, with the schema where that is not PostgreSQL's own
 * @param type what Varve makes of it; null where it cannot
 * @param stored what the values are below all domains
 * @param isRequired whether a row cannot be written without it
 * @param isGenerated whether it cannot be written at all
 */
public record ExistingColumn(
    String name,
    long typeOid,
    String typeSql,
    @Nullable ColumnType type,
    StoredType stored,
    boolean nullable,
    boolean isRequired,
    boolean isGenerated) {

  /**
   * Asks for the columns of one relation, given as the text of a {@code regclass}, in its order.
   * Domains are followed to what they stand for, arrays to their elements; an enum and {@code
   * citext} travel as text does. It is asked before every load, so it uses the catalogue's indexes.
   */
  public static final String QUERY =
      """
      WITH RECURSIVE chain AS (
        SELECT a.attrelid, a.attnum, a.atttypid AS type, a.atttypmod AS modifier
          FROM pg_catalog.pg_attribute a
         WHERE a.attrelid = ?::pg_catalog.regclass AND a.attnum > 0 AND NOT a.attisdropped
         UNION ALL
        SELECT c.attrelid, c.attnum, t.typbasetype, t.typtypmod
          FROM chain c JOIN pg_catalog.pg_type t ON t.oid = c.type AND t.typtype = 'd')
      SELECT a.attname, a.atttypid::bigint,
             CASE WHEN coalesce(element.typnamespace, own.typnamespace)
                         = 'pg_catalog'::pg_catalog.regnamespace
                  THEN pg_catalog.format_type(a.atttypid, a.atttypmod)
                  ELSE pg_catalog.format('%I.%I', n.nspname, coalesce(element.typname, own.typname))
                       || CASE WHEN element.oid IS NULL THEN '' ELSE '[]' END END,
             coalesce(item.oid, base.oid)::bigint, chain.modifier, item.oid IS NOT NULL,
             coalesce(item.typtype, base.typtype) = 'e'
               OR coalesce(item.typname, base.typname) = 'citext',
             NOT a.attnotnull,
             a.attnotnull AND NOT a.atthasdef AND a.attidentity = '' AND a.attgenerated = '',
             a.attgenerated <> '', coalesce(o.collisdeterministic, true)
        FROM chain
        JOIN pg_catalog.pg_attribute a ON a.attrelid = chain.attrelid AND a.attnum = chain.attnum
        JOIN pg_catalog.pg_type base ON base.oid = chain.type AND base.typtype <> 'd'
        LEFT JOIN pg_catalog.pg_type item
          ON item.oid = base.typelem AND item.typarray = base.oid
        JOIN pg_catalog.pg_type own ON own.oid = a.atttypid
        LEFT JOIN pg_catalog.pg_type element
          ON element.oid = own.typelem AND element.typarray = own.oid
        JOIN pg_catalog.pg_namespace n
          ON n.oid = coalesce(element.typnamespace, own.typnamespace)
        LEFT JOIN pg_catalog.pg_collation o ON o.oid = a.attcollation
       ORDER BY a.attnum
      """;

  private static final Map<Long, Kind> KINDS =
      Stream.concat(
              Arrays.stream(Kind.values()).map(kind -> Map.entry((long) kind.oid(), kind)),
              // character varying, character and name travel as text does.
              Stream.of(1043L, 1042L, 19L).map(oid -> Map.entry(oid, Kind.TEXT)))
          .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));

  /** The columns in the answer to {@link #QUERY}. */
  public static List<ExistingColumn> read(ResultSet rows) throws SQLException {
    List<ExistingColumn> columns = new ArrayList<>();
    while (rows.next()) {
      columns.add(column(rows));
    }
    return columns;
  }

  private static ExistingColumn column(ResultSet row) throws SQLException {
    String sql = row.getString(3);
    long oid = row.getLong(4);
    Kind kind = row.getBoolean(7) ? Kind.TEXT : KINDS.get(oid);
    return new ExistingColumn(
        row.getString(1),
        row.getLong(2),
        sql,
        kind == null ? null : new ColumnType(kind, row.getBoolean(6), sql),
        new StoredType((int) oid, row.getInt(5), row.getBoolean(11)),
        row.getBoolean(8),
        row.getBoolean(9),
        row.getBoolean(10));
  }

  /** Whether its values are of the model's type, whatever each calls it. */
  public boolean holds(ColumnType model) {
    return type != null && type.kind() == model.kind() && type.array() == model.array();
  }
}
