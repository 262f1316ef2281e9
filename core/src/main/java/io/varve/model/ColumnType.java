package io.varve.model;

import io.varve.MappingException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A column's type: one of the kinds Varve writes and reads, or an array of it.
 *
 * <p>Each kind has one Java class, whoever reads or writes it; an array is a {@code List} of that
 * class, with nulls where the array has them. Records may hold other classes (primitives, enums,
 * {@code Optional}, Java arrays): {@link Table} converts. PostgreSQL's {@code infinity} and {@code
 * -infinity} of timestamps and dates are the {@code MAX} and {@code MIN} of their Java class.
 *
 * @param kind the element's kind
 * @param array whether the column is a one-dimensional array of it
 * @param sql the type's name in SQL, for DDL ({@code double precision}, {@code mood[]}, {@code
 *     numeric(10,2)}); anything that is no type's name is refused
 */
public record ColumnType(Kind kind, boolean array, String sql) {

  private static final String NAME = "(?:[\\p{L}_][\\p{L}\\p{N}_$]*|\"(?:[^\"\\x00]++|\"\")+\")";
  private static final String MODIFIER = "(?: ?\\( ?-?\\d+ ?(?:, ?-?\\d+ ?)?\\))?";

  /** A name, perhaps with its schema, or one of SQL's in several words. */
  private static final Pattern TYPE =
      Pattern.compile(
          "(?:"
              + NAME
              + "(?:\\."
              + NAME
              + ")?|double precision|character varying)"
              + MODIFIER
              + "(?: with(?:out)? time zone)?(?: ?\\[\\d*])*",
          Pattern.CASE_INSENSITIVE);

  public ColumnType {
    if (!TYPE.matcher(sql).matches()) {
      throw new MappingException(
          "\"%s\" is not usable as a type; expected its name in SQL, such as numeric(10,2) or"
                  .formatted(sql)
              + " my_schema.mood[]");
    }
  }

  /** The element types. */
  public enum Kind {
    BOOLEAN("boolean", 16, 1000, Boolean.class),
    SMALLINT("smallint", 21, 1005, Short.class),
    INTEGER("integer", 23, 1007, Integer.class),
    BIGINT("bigint", 20, 1016, Long.class),
    REAL("real", 700, 1021, Float.class),
    DOUBLE("double precision", 701, 1022, Double.class),
    NUMERIC("numeric", 1700, 1231, BigDecimal.class),
    TEXT("text", 25, 1009, String.class),
    UUID("uuid", 2950, 2951, java.util.UUID.class),
    JSONB("jsonb", 3802, 3807, Json.class),
    BYTEA("bytea", 17, 1001, byte[].class),
    TIMESTAMPTZ("timestamp with time zone", 1184, 1185, Instant.class),
    TIMESTAMP("timestamp without time zone", 1114, 1115, LocalDateTime.class),
    DATE("date", 1082, 1182, LocalDate.class);

    private final String sql;
    private final int oid;
    private final int arrayOid;
    private final Class<?> javaType;

    Kind(String sql, int oid, int arrayOid, Class<?> javaType) {
      this.sql = sql;
      this.oid = oid;
      this.arrayOid = arrayOid;
      this.javaType = javaType;
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

    /** The class of its values. */
    public Class<?> javaType() {
      return javaType;
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

  /** The class of its values: the kind's, or {@code List} for an array. */
  public Class<?> javaType() {
    return array ? List.class : kind.javaType();
  }

  /** The same without its own name, length or precision: {@code numeric} for numeric(10,2). */
  public ColumnType plain() {
    return array ? arrayOf(kind) : of(kind);
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
