package io.varve.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.model.Column;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Json;
import io.varve.model.Table;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads binary COPY as PostgreSQL's documentation describes it, sharing nothing with the codec. */
final class TupleReader {

  private final ByteBuffer bytes;

  TupleReader(CopyBuffer buffer) {
    bytes = ByteBuffer.wrap(buffer.array(), 0, buffer.size());
  }

  boolean hasNext() {
    return bytes.hasRemaining();
  }

  /** The values of the next tuple, each of its column's Java type. */
  List<@Nullable Object> next(Table<?> table) {
    assertThat(bytes.getShort()).isEqualTo((short) table.columns().size());
    List<@Nullable Object> values = new ArrayList<>();
    for (Column<?, ?> column : table.columns()) {
      values.add(field(column.type()));
    }
    return values;
  }

  private @Nullable Object field(ColumnType type) {
    int length = bytes.getInt();
    if (length == -1) {
      return null;
    }
    int end = bytes.position() + length;
    Object value = type.array() ? array(type.kind()) : value(type.kind(), length);
    assertThat(bytes.position()).isEqualTo(end);
    return value;
  }

  private List<@Nullable Object> array(Kind kind) {
    int dimensions = bytes.getInt();
    int hasNulls = bytes.getInt();
    assertThat(bytes.getInt()).isEqualTo(kind.oid());
    List<@Nullable Object> elements = new ArrayList<>();
    if (dimensions == 1) {
      int length = bytes.getInt();
      assertThat(bytes.getInt()).as("lower bound").isEqualTo(1);
      for (int i = 0; i < length; i++) {
        elements.add(field(ColumnType.of(kind)));
      }
      assertThat(length).isPositive();
    }
    assertThat(dimensions).isBetween(0, 1);
    assertThat(hasNulls == 1).isEqualTo(elements.contains(null));
    return elements;
  }

  private Object value(Kind kind, int length) {
    return switch (kind) {
      case BOOLEAN -> bytes.get() == 1;
      case SMALLINT -> bytes.getShort();
      case INTEGER -> bytes.getInt();
      case BIGINT -> bytes.getLong();
      case REAL -> Float.intBitsToFloat(bytes.getInt());
      case DOUBLE -> Double.longBitsToDouble(bytes.getLong());
      case NUMERIC -> numeric();
      case TEXT -> text(length);
      case UUID -> new UUID(bytes.getLong(), bytes.getLong());
      case JSONB -> json(length);
      case BYTEA -> raw(length);
      case TIMESTAMPTZ -> instant(bytes.getLong());
      case TIMESTAMP -> local(bytes.getLong());
      case DATE -> date(bytes.getInt());
    };
  }

  private BigDecimal numeric() {
    int digits = Short.toUnsignedInt(bytes.getShort());
    int weight = bytes.getShort();
    int sign = bytes.getShort();
    int scale = bytes.getShort();
    StringBuilder decimals = new StringBuilder("0");
    for (int i = 0; i < digits; i++) {
      short digit = bytes.getShort();
      assertThat(digit).isBetween((short) 0, (short) 9_999);
      decimals.append("%04d".formatted(digit));
    }
    BigDecimal value =
        new BigDecimal(new BigInteger(decimals.toString()), 4 * (digits - 1 - weight));
    BigDecimal signed = sign == 0x4000 ? value.negate() : value;
    return signed.setScale(scale);
  }

  private byte[] raw(int length) {
    byte[] raw = new byte[length];
    bytes.get(raw);
    return raw;
  }

  private String text(int length) {
    return new String(raw(length), StandardCharsets.UTF_8);
  }

  private Json json(int length) {
    assertThat(bytes.get()).as("jsonb version").isEqualTo((byte) 1);
    return new Json(text(length - 1));
  }

  private static Instant instant(long micros) {
    if (micros == Long.MAX_VALUE || micros == Long.MIN_VALUE) {
      return micros > 0 ? Instant.MAX : Instant.MIN;
    }
    return Instant.parse("2000-01-01T00:00:00Z").plus(micros, ChronoUnit.MICROS);
  }

  private static LocalDateTime local(long micros) {
    if (micros == Long.MAX_VALUE || micros == Long.MIN_VALUE) {
      return micros > 0 ? LocalDateTime.MAX : LocalDateTime.MIN;
    }
    return LocalDateTime.parse("2000-01-01T00:00").plus(micros, ChronoUnit.MICROS);
  }

  private static LocalDate date(int days) {
    if (days == Integer.MAX_VALUE || days == Integer.MIN_VALUE) {
      return days > 0 ? LocalDate.MAX : LocalDate.MIN;
    }
    return LocalDate.parse("2000-01-01").plusDays(days);
  }
}
