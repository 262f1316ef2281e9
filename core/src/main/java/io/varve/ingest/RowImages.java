package io.varve.ingest;

import io.varve.MappingException;
import io.varve.model.Column;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Json;
import io.varve.model.Table;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Rows as bytes that need no server to be made or read. Every value says itself of which class it
 * is: what a column would refuse comes back as it was, so that the refusal is the column's. Text is
 * kept character by character, whatever UTF-8 may hold. Immutable and thread-safe.
 */
final class RowImages<T> {

  private static final byte NULL = 0;
  private static final byte LIST = 1;

  /** Kinds follow each other from here; their order is part of the format. */
  private static final byte FIRST_KIND = 2;

  private static final Kind[] KINDS = {
    Kind.BOOLEAN,
    Kind.SMALLINT,
    Kind.INTEGER,
    Kind.BIGINT,
    Kind.REAL,
    Kind.DOUBLE,
    Kind.NUMERIC,
    Kind.TEXT,
    Kind.UUID,
    Kind.JSONB,
    Kind.BYTEA,
    Kind.TIMESTAMPTZ,
    Kind.TIMESTAMP,
    Kind.DATE
  };

  private final Table<T> table;

  RowImages(Table<T> table) {
    this.table = table;
  }

  /** What the rows are of: a log of anything else cannot be read as rows of this table. */
  String description() {
    return table.columns().stream()
        .map(column -> "%s %s".formatted(column.name(), column.type().sql()))
        .collect(Collectors.joining(", ", table.name() + " (", ")"));
  }

  /** Appends the row; one that is refused leaves the buffer as it was. */
  void write(T row, CopyBuffer out) {
    int before = out.size();
    for (Column<T, ?> column : table.columns()) {
      try {
        writeValue(column.accessor().get(row), out);
      } catch (RuntimeException e) {
        out.truncate(before);
        String reason = e instanceof MappingException ? e.getMessage() : "reading it failed: " + e;
        throw new MappingException(
            "column \"%s\" of %s: %s".formatted(column.name(), table.name(), reason), null, e);
      }
    }
  }

  /** So many rows. */
  List<T> read(byte[] bytes, int rows) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    List<T> read = new ArrayList<>(rows);
    for (int i = 0; i < rows; i++) {
      @Nullable Object[] values = new Object[table.columns().size()];
      Arrays.setAll(values, column -> readValue(in));
      read.add(table.newRow(values));
    }
    return read;
  }

  private static void writeValue(@Nullable Object value, CopyBuffer out) {
    if (value == null) {
      out.putByte(NULL);
    } else if (value instanceof List<?> list) {
      out.putByte(LIST);
      out.putInt(list.size());
      list.forEach(element -> writeValue(element, out));
    } else {
      int kind = kind(value);
      out.putByte(FIRST_KIND + kind);
      write(KINDS[kind], value, out);
    }
  }

  private static int kind(Object value) {
    for (int i = 0; i < KINDS.length; i++) {
      if (KINDS[i].javaType().isInstance(value)) {
        return i;
      }
    }
    throw new MappingException(
        "a value of class %s; expected one of a column type".formatted(value.getClass().getName()));
  }

  private static void write(Kind kind, Object value, CopyBuffer out) {
    switch (kind) {
      case BOOLEAN -> out.putByte((boolean) value ? 1 : 0);
      case SMALLINT -> out.putShort((short) value);
      case INTEGER -> out.putInt((int) value);
      case BIGINT -> out.putLong((long) value);
      case REAL -> out.putInt(Float.floatToRawIntBits((float) value));
      case DOUBLE -> out.putLong(Double.doubleToRawLongBits((double) value));
      case NUMERIC -> {
        out.putInt(((BigDecimal) value).scale());
        bytes(((BigDecimal) value).unscaledValue().toByteArray(), out);
      }
      case TEXT -> text((String) value, out);
      case UUID -> {
        out.putLong(((UUID) value).getMostSignificantBits());
        out.putLong(((UUID) value).getLeastSignificantBits());
      }
      case JSONB -> text(((Json) value).text(), out);
      case BYTEA -> bytes((byte[]) value, out);
      case TIMESTAMPTZ -> {
        out.putLong(((Instant) value).getEpochSecond());
        out.putInt(((Instant) value).getNano());
      }
      case TIMESTAMP -> {
        out.putLong(((LocalDateTime) value).toLocalDate().toEpochDay());
        out.putLong(((LocalDateTime) value).toLocalTime().toNanoOfDay());
      }
      case DATE -> out.putLong(((LocalDate) value).toEpochDay());
    }
  }

  private static @Nullable Object readValue(ByteBuffer in) {
    byte tag = in.get();
    if (tag == NULL) {
      return null;
    }
    if (tag == LIST) {
      int size = in.getInt();
      List<@Nullable Object> list = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        list.add(readValue(in));
      }
      return Collections.unmodifiableList(list);
    }
    return read(KINDS[tag - FIRST_KIND], in);
  }

  private static Object read(Kind kind, ByteBuffer in) {
    return switch (kind) {
      case BOOLEAN -> in.get() != 0;
      case SMALLINT -> in.getShort();
      case INTEGER -> in.getInt();
      case BIGINT -> in.getLong();
      case REAL -> Float.intBitsToFloat(in.getInt());
      case DOUBLE -> Double.longBitsToDouble(in.getLong());
      case NUMERIC -> {
        int scale = in.getInt();
        yield new BigDecimal(new BigInteger(bytes(in)), scale);
      }
      case TEXT -> text(in);
      case UUID -> new UUID(in.getLong(), in.getLong());
      case JSONB -> new Json(text(in));
      case BYTEA -> bytes(in);
      case TIMESTAMPTZ -> Instant.ofEpochSecond(in.getLong(), in.getInt());
      case TIMESTAMP ->
          LocalDateTime.of(LocalDate.ofEpochDay(in.getLong()), LocalTime.ofNanoOfDay(in.getLong()));
      case DATE -> LocalDate.ofEpochDay(in.getLong());
    };
  }

  private static void bytes(byte[] value, CopyBuffer out) {
    out.putInt(value.length);
    out.putBytes(value);
  }

  private static byte[] bytes(ByteBuffer in) {
    byte[] value = new byte[in.getInt()];
    in.get(value);
    return value;
  }

  /** One byte for each of ASCII's characters, else three. */
  private static void text(String value, CopyBuffer out) {
    out.putInt(value.length());
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < 0x80) {
        out.putByte(c);
      } else {
        out.putByte(0x80);
        out.putShort(c);
      }
    }
  }

  private static String text(ByteBuffer in) {
    char[] value = new char[in.getInt()];
    for (int i = 0; i < value.length; i++) {
      byte b = in.get();
      value[i] = b >= 0 ? (char) b : in.getChar();
    }
    return new String(value);
  }
}
