package io.varve.cli.csv;

import io.varve.model.ColumnType;
import io.varve.model.Json;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes a column's value of a field, or says why it cannot. */
@FunctionalInterface
public interface ValueParser {

  /** The value of a field that is not null; null where an empty text can mean nothing else. */
  @Nullable Object parse(String text);

  /** What a double does with a decimal it cannot keep. */
  enum Rounding {
    /** It takes the nearest, as PostgreSQL would: the type was chosen by somebody. */
    NEAREST,
    /** It refuses it: the type was inferred, and must not lose digits. */
    REFUSED
  }

  /** Reads values of a type that does not hold times, numbers written with that decimal mark. */
  static ValueParser of(ColumnType type, Rounding rounding, DecimalMark mark) {
    ValueParser parser = of(type, rounding);
    return mark == DecimalMark.POINT || !type.isNumeric()
        ? parser
        : text -> parser.parse(mark.pointed(text));
  }

  /** Reads values of a type that does not hold times. */
  static ValueParser of(ColumnType type, Rounding rounding) {
    if (type.array()) {
      throw new IllegalArgumentException("arrays are not read from CSV: " + type.sql());
    }
    return switch (type.kind()) {
      case TEXT -> ValueParser::text;
      case BOOLEAN -> trimmed(ValueParser::bool);
      case SMALLINT ->
          trimmed(text -> (short) integer(text, Short.MIN_VALUE, Short.MAX_VALUE, "smallint"));
      case INTEGER ->
          trimmed(text -> (int) integer(text, Integer.MIN_VALUE, Integer.MAX_VALUE, "integer"));
      case BIGINT -> trimmed(text -> integer(text, Long.MIN_VALUE, Long.MAX_VALUE, "bigint"));
      case REAL -> trimmed(ValueParser::real);
      case DOUBLE -> trimmed(text -> decimal(text, rounding));
      case NUMERIC -> trimmed(ValueParser::numeric);
      case UUID -> trimmed(ValueParser::uuid);
      case JSONB -> trimmed(ValueParser::json);
      case BYTEA -> trimmed(ValueParser::bytes);
      case TIMESTAMPTZ, TIMESTAMP, DATE ->
          throw new IllegalArgumentException(type.sql() + " needs a time format");
    };
  }

  /** Reads times of a type, written in a format. */
  static ValueParser times(ColumnType type, TimeFormat format, LocalZone zone) {
    return switch (type.kind()) {
      case TIMESTAMPTZ -> trimmed(text -> format.parse(text).instant(zone));
      case TIMESTAMP -> trimmed(text -> format.parse(text).withoutZone());
      case DATE -> trimmed(text -> format.parse(text).date());
      default -> throw new IllegalArgumentException(type.sql() + " holds no times");
    };
  }

  private static ValueParser trimmed(ValueParser parser) {
    return text -> {
      String trimmed = text.strip();
      return trimmed.isEmpty() ? null : parser.parse(trimmed);
    };
  }

  private static Object text(String text) {
    return text;
  }

  private static Object bool(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true", "t", "yes", "y", "on", "1" -> true;
      case "false", "f", "no", "n", "off", "0" -> false;
      default -> throw new Unfit("is not a boolean");
    };
  }

  private static long integer(String text, long least, long most, String type) {
    if (!Numbers.isInteger(text)) {
      throw new Unfit(
          Numbers.isDecimal(text)
              ? Reject.NOT_WHOLE + ", as " + type + " needs"
              : "is not a number");
    }
    try {
      long value = Long.parseLong(text);
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw outOfRange(type);
    }
    throw outOfRange(type);
  }

  private static Unfit outOfRange(String type) {
    return new Unfit("is out of range for " + type);
  }

  private static Object decimal(String text, Rounding rounding) {
    if (Numbers.isSpecial(text)) {
      return Numbers.special(text);
    }
    requireDecimal(text);
    double value = Double.parseDouble(text);
    if (Double.isInfinite(value)) {
      throw outOfRange("double precision");
    }
    if (rounding == Rounding.REFUSED && !Numbers.isExactAsDouble(text)) {
      throw new Unfit("has more digits than double precision keeps");
    }
    return value;
  }

  private static Object real(String text) {
    if (Numbers.isSpecial(text)) {
      return (float) Numbers.special(text);
    }
    requireDecimal(text);
    float value = Float.parseFloat(text);
    if (Float.isInfinite(value)) {
      throw outOfRange("real");
    }
    return value;
  }

  private static Object numeric(String text) {
    if (Numbers.isSpecial(text)) {
      throw new Unfit("is not a finite number");
    }
    requireDecimal(text);
    return new BigDecimal(text);
  }

  private static void requireDecimal(String text) {
    if (!Numbers.isDecimal(text)) {
      throw new Unfit("is not a number");
    }
  }

  private static Object uuid(String text) {
    if (!Inference.isUuid(text)) {
      throw new Unfit("is not a UUID");
    }
    return UUID.fromString(text);
  }

  private static Object json(String text) {
    if (!Inference.isJsonValue(text)) {
      throw new Unfit("is not JSON");
    }
    return new Json(text);
  }

  /** PostgreSQL's own {@code \x0aff}. */
  private static Object bytes(String text) {
    try {
      if (text.startsWith("\\x")) {
        return HexFormat.of().parseHex(text, 2, text.length());
      }
    } catch (IllegalArgumentException e) {
      throw new Unfit("is not hexadecimal");
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
