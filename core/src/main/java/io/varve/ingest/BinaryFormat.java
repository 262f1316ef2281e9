package io.varve.ingest;

import io.varve.MappingException;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Json;
import io.varve.schema.StoredType;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL's binary formats, as its {@code recv} functions read them: one field, length first,
 * for each kind of column. What a column cannot hold exactly is refused with the reason.
 */
final class BinaryFormat {

  /** Writes a value, never null, as a field. */
  @FunctionalInterface
  interface FieldWriter {
    void write(Object value, CopyBuffer out);
  }

  /** {@code jsonb}'s only format so far. */
  private static final int JSONB_VERSION = 1;

  private BinaryFormat() {}

  /**
   * The format of a column.
   *
   * @param stored what the column stores, of its elements where it is an array; the server checks
   *     their type: an array of an enum or of varchar is not one of text
   */
  static FieldWriter of(ColumnType type, StoredType stored) {
    FieldWriter single = TypeModifier.guard(of(type.kind()), type.kind(), stored);
    return type.array() ? (value, out) -> array(value, single, stored.oid(), out) : single;
  }

  private static FieldWriter of(Kind kind) {
    return switch (kind) {
      case BOOLEAN -> (value, out) -> out.putField1(expect(Boolean.class, value) ? 1 : 0);
      case SMALLINT -> (value, out) -> out.putField2((short) integer(value, kind, Short.MAX_VALUE));
      case INTEGER -> (value, out) -> out.putField4((int) integer(value, kind, Integer.MAX_VALUE));
      case BIGINT -> (value, out) -> out.putField8(bigint(value));
      case REAL ->
          (value, out) -> out.putField4(Float.floatToRawIntBits(expect(Float.class, value)));
      case DOUBLE ->
          (value, out) -> out.putField8(Double.doubleToRawLongBits(expect(Double.class, value)));
      case NUMERIC -> (value, out) -> NumericFormat.write(expect(BigDecimal.class, value), out);
      case TEXT -> (value, out) -> text(expect(String.class, value), out);
      case UUID -> (value, out) -> uuid(expect(UUID.class, value), out);
      case JSONB -> (value, out) -> jsonb(expect(Json.class, value), out);
      case BYTEA -> (value, out) -> bytea(expect(byte[].class, value), out);
      case TIMESTAMPTZ ->
          (value, out) -> out.putField8(PostgresTime.micros(expect(Instant.class, value)));
      case TIMESTAMP ->
          (value, out) -> out.putField8(PostgresTime.micros(expect(LocalDateTime.class, value)));
      case DATE -> (value, out) -> out.putField4(PostgresTime.days(expect(LocalDate.class, value)));
    };
  }

  /** A value of the column's class; any other is refused. */
  static <V> V expect(Class<V> type, Object value) {
    if (!type.isInstance(value)) {
      throw new MappingException(
          "a value of class %s; expected %s"
              .formatted(value.getClass().getTypeName(), type.getSimpleName()));
    }
    return type.cast(value);
  }

  /** A value that is there; null is refused. */
  static Object present(@Nullable Object value) {
    if (value == null) {
      throw new MappingException("null; expected a value");
    }
    return value;
  }

  static long bigint(Object value) {
    return integer(value, Kind.BIGINT, Long.MAX_VALUE);
  }

  /** Any of Java's integers, if the column can hold it; {@code max} is the column's largest. */
  private static long integer(Object value, Kind kind, long max) {
    if (!(value instanceof Long || value instanceof Integer || value instanceof Short)) {
      expect(kind.javaType(), value);
    }
    long integer = ((Number) value).longValue();
    if (integer > max || integer < -max - 1) {
      throw new MappingException(
          "%d is out of the range of %s; expected %d to %d"
              .formatted(integer, kind.sql(), -max - 1, max));
    }
    return integer;
  }

  private static void text(String text, CopyBuffer out) {
    int field = out.begin();
    out.putText(text);
    out.end(field);
  }

  private static void uuid(UUID uuid, CopyBuffer out) {
    int field = out.begin();
    out.putLong(uuid.getMostSignificantBits());
    out.putLong(uuid.getLeastSignificantBits());
    out.end(field);
  }

  private static void jsonb(Json json, CopyBuffer out) {
    int field = out.begin();
    out.putByte(JSONB_VERSION);
    out.putText(json.text());
    out.end(field);
  }

  private static void bytea(byte[] bytes, CopyBuffer out) {
    out.putInt(bytes.length);
    out.putBytes(bytes);
  }

  /** Dimensions, whether there are nulls, the element's type; then length and lower bound. */
  private static void array(Object value, FieldWriter element, int elementOid, CopyBuffer out) {
    List<?> list = expect(List.class, value);
    int field = out.begin();
    out.putInt(list.isEmpty() ? 0 : 1);
    out.putInt(list.stream().anyMatch(Objects::isNull) ? 1 : 0);
    out.putInt(elementOid);
    if (!list.isEmpty()) {
      out.putInt(list.size());
      out.putInt(1);
    }
    for (int i = 0; i < list.size(); i++) {
      element(list.get(i), i, element, out);
    }
    out.end(field);
  }

  private static void element(
      @Nullable Object value, int index, FieldWriter writer, CopyBuffer out) {
    if (value == null) {
      out.putNull();
      return;
    }
    try {
      writer.write(value, out);
    } catch (MappingException e) {
      throw new MappingException("element " + index + ": " + e.getMessage(), null, e);
    }
  }
}
