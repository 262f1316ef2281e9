package io.varve.model;

/**
 * A column's type: one of the kinds Varve writes and reads, or an array of it.
 *
 * @param kind the element's kind
 * @param array whether the column is a one-dimensional array of it
 * @param sql the type's name in SQL, for DDL ({@code double precision}, {@code mood[]}, {@code
 *     numeric(10,2)})
 */
public record ColumnType(Kind kind, boolean array, String sql) {

  /** The element types. */
  public enum Kind {
    BOOLEAN("boolean", 16, 1000),
    SMALLINT("smallint", 21, 1005),
    INTEGER("integer", 23, 1007),
    BIGINT("bigint", 20, 1016),
    REAL("real", 700, 1021),
    DOUBLE("double precision", 701, 1022),
    NUMERIC("numeric", 1700, 1231),
    TEXT("text", 25, 1009),
    UUID("uuid", 2950, 2951),
    JSONB("jsonb", 3802, 3807),
    BYTEA("bytea", 17, 1001),
    TIMESTAMPTZ("timestamp with time zone", 1184, 1185),
    TIMESTAMP("timestamp without time zone", 1114, 1115),
    DATE("date", 1082, 1182);

    private final String sql;
    private final int oid;
    private final int arrayOid;

    Kind(String sql, int oid, int arrayOid) {
      this.sql = sql;
      this.oid = oid;
      this.arrayOid = arrayOid;
    }

    /** The type's name in SQL. */
    public String sql() {
      return sql;
    }

    /** The type's object identifier, fixed in every PostgreSQL. */
    public int oid() {
      return oid;
    }

    /** The object identifier of its array type. */
    public int arrayOid() {
      return arrayOid;
    }
  }

  /** The plain type of this kind. */
  public static ColumnType of(Kind kind) {
    return new ColumnType(kind, false, kind.sql());
  }

  /** The array type of this kind. */
  public static ColumnType arrayOf(Kind kind) {
    return new ColumnType(kind, true, kind.sql() + "[]");
  }

  /** Whether values can be summed and averaged. */
  public boolean isNumeric() {
    return !array
        && switch (kind) {
          case SMALLINT, INTEGER, BIGINT, REAL, DOUBLE, NUMERIC -> true;
          case BOOLEAN, TEXT, UUID, JSONB, BYTEA, TIMESTAMPTZ, TIMESTAMP, DATE -> false;
        };
  }

  /** Whether a hypertable can be partitioned by it. */
  public boolean isTime() {
    return !array
        && switch (kind) {
          case TIMESTAMPTZ, TIMESTAMP, DATE, BIGINT -> true;
          case BOOLEAN, SMALLINT, INTEGER, REAL, DOUBLE, NUMERIC, TEXT, UUID, JSONB, BYTEA -> false;
        };
  }
}
