package io.varve.ingest;

import io.varve.jdbc.IsoTime;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Values as PostgreSQL reads them in text, whatever the session's time zone and date style and the
 * JVM's locale: what a parameter of no declared type takes. Values have passed the {@link RowCodec}
 * before, so they are of the column's class and within its range.
 */
final class TextFormat {

  private TextFormat() {}

  /** The text of a column's value. */
  static String of(ColumnType type, Object value) {
    return type.array() ? array(type.kind(), (List<?>) value) : of(type.kind(), value);
  }

  private static String of(Kind kind, Object value) {
    return switch (kind) {
      case BOOLEAN, SMALLINT, INTEGER, BIGINT, REAL, DOUBLE, TEXT, UUID, JSONB -> value.toString();
      case NUMERIC -> ((BigDecimal) value).toPlainString();
      case BYTEA -> "\\x" + HexFormat.of().formatHex((byte[]) value);
      case TIMESTAMPTZ -> IsoTime.of((Instant) value);
      case TIMESTAMP -> IsoTime.of((LocalDateTime) value);
      case DATE -> IsoTime.of((LocalDate) value);
    };
  }

  private static String array(Kind kind, List<?> elements) {
    return elements.stream()
        .map(element -> element(kind, element))
        .collect(Collectors.joining(",", "{", "}"));
  }

  private static String element(Kind kind, @Nullable Object element) {
    return element == null
        ? "NULL"
        : '"' + of(kind, element).replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
