package io.varve.ingest;

import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
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
      case TIMESTAMPTZ -> instant((Instant) value);
      case TIMESTAMP -> local((LocalDateTime) value);
      case DATE -> date((LocalDate) value);
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

  private static String instant(Instant time) {
    if (time.equals(Instant.MAX) || time.equals(Instant.MIN)) {
      return infinity(time.equals(Instant.MAX));
    }
    LocalDateTime utc = LocalDateTime.ofInstant(time, ZoneOffset.UTC);
    return day(utc.toLocalDate()) + " " + utc.toLocalTime() + "+00" + era(utc.toLocalDate());
  }

  private static String local(LocalDateTime time) {
    if (time.equals(LocalDateTime.MAX) || time.equals(LocalDateTime.MIN)) {
      return infinity(time.equals(LocalDateTime.MAX));
    }
    return day(time.toLocalDate()) + " " + time.toLocalTime() + era(time.toLocalDate());
  }

  private static String date(LocalDate date) {
    if (date.equals(LocalDate.MAX) || date.equals(LocalDate.MIN)) {
      return infinity(date.equals(LocalDate.MAX));
    }
    return day(date) + era(date);
  }

  private static String infinity(boolean positive) {
    return positive ? "infinity" : "-infinity";
  }

  /** Java has a year 0 and negative ones; PostgreSQL says 1 BC. */
  private static String day(LocalDate date) {
    int year = date.getYear() > 0 ? date.getYear() : 1 - date.getYear();
    return String.format(
        Locale.ROOT, "%04d-%02d-%02d", year, date.getMonthValue(), date.getDayOfMonth());
  }

  private static String era(LocalDate date) {
    return date.getYear() > 0 ? "" : " BC";
  }
}
