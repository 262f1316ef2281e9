package io.varve.ingest;

import io.varve.MappingException;
import io.varve.ingest.BinaryFormat.FieldWriter;
import io.varve.model.ColumnType.Kind;
import io.varve.schema.StoredType;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;

/**
 * What a column's precision, scale or length keeps of a value. The server would round a number or a
 * time and cut blanks or a name without a word, so what does not fit is refused here. A column
 * without a modifier costs nothing.
 *
 * <p>{@code char(n)} fills a shorter text up with blanks, which do not count in its comparisons.
 */
final class TypeModifier {

  private static final int NAME = 19;
  private static final int MAX_NAME_BYTES = 63;

  /** What PostgreSQL adds to a length or a precision: the size of a header it once stored. */
  private static final int HEADER = 4;

  private static final int NANO_DIGITS = 9;
  private static final int SHOWN_DIGITS = 40;

  private TypeModifier() {}

  /** The writer, with a look at each value before it where the column needs one. */
  static FieldWriter guard(FieldWriter writer, Kind kind, StoredType stored) {
    int modifier = stored.modifier();
    return switch (kind) {
      case NUMERIC -> modifier < HEADER ? writer : number(writer, modifier - HEADER);
      case TEXT -> text(writer, stored);
      case TIMESTAMPTZ, TIMESTAMP -> stored.roundsTimes() ? time(writer, modifier) : writer;
      case BOOLEAN, SMALLINT, INTEGER, BIGINT, REAL, DOUBLE, UUID, JSONB, BYTEA, DATE -> writer;
    };
  }

  /** Precision in the upper half; scale in the lower eleven bits, with a sign. */
  private static FieldWriter number(FieldWriter writer, int modifier) {
    int precision = modifier >> 16 & 0xffff;
    int scale = ((modifier & 0x7ff) ^ 0x400) - 0x400;
    return (value, out) -> {
      checkNumber(BinaryFormat.expect(BigDecimal.class, value), precision, scale);
      writer.write(value, out);
    };
  }

  private static void checkNumber(BigDecimal value, int precision, int scale) {
    boolean fits =
        value.signum() == 0
            || value.precision() - value.scale() <= precision - scale
                && (value.scale() <= scale || value.stripTrailingZeros().scale() <= scale);
    if (!fits) {
      throw new MappingException(
          "%s does not fit numeric(%d,%d); expected at most %d digits before the decimal point and"
                  .formatted(shown(value), precision, scale, precision - scale)
              + " %d after it: round it first".formatted(scale));
    }
  }

  private static String shown(BigDecimal value) {
    return value.precision() > SHOWN_DIGITS
        ? "a number of %d digits".formatted(value.precision())
        : value.toString();
  }

  private static FieldWriter text(FieldWriter writer, StoredType stored) {
    if (stored.oid() == NAME) {
      return (value, out) -> {
        checkName(BinaryFormat.expect(String.class, value));
        writer.write(value, out);
      };
    }
    if (stored.modifier() < HEADER) {
      return writer;
    }
    int length = stored.modifier() - HEADER;
    return (value, out) -> {
      checkLength(BinaryFormat.expect(String.class, value), length);
      writer.write(value, out);
    };
  }

  private static void checkName(String text) {
    int bytes =
        text.length() <= MAX_NAME_BYTES / 3 ? 0 : text.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_NAME_BYTES) {
      throw new MappingException(
          "a text of %d bytes; expected at most %d, all that a name holds"
              .formatted(bytes, MAX_NAME_BYTES));
    }
  }

  private static void checkLength(String text, int length) {
    if (text.length() > length && text.codePointCount(0, text.length()) > length) {
      throw new MappingException(
          "a text of %d characters; expected at most %d, the column's length"
              .formatted(text.codePointCount(0, text.length()), length));
    }
  }

  private static FieldWriter time(FieldWriter writer, int digits) {
    int unit = BigDecimal.TEN.pow(NANO_DIGITS - digits).intValueExact();
    return (value, out) -> {
      checkTime(value, unit, digits);
      writer.write(value, out);
    };
  }

  private static void checkTime(Object value, int unit, int digits) {
    if (nanos(value) % unit != 0) {
      throw new MappingException(
          "%s is finer than the column, which keeps %d digits of a second; truncate or round it first"
              .formatted(value, digits));
    }
  }

  /** Nothing for the infinities. */
  private static int nanos(Object value) {
    if (value instanceof Instant instant) {
      return instant.equals(Instant.MAX) ? 0 : instant.getNano();
    }
    LocalDateTime local = BinaryFormat.expect(LocalDateTime.class, value);
    return local.equals(LocalDateTime.MAX) ? 0 : local.getNano();
  }
}
