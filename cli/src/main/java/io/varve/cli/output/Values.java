package io.varve.cli.output;

import io.varve.model.Json;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Values as text: ISO 8601 for times, PostgreSQL's spelling for the rest. Thread-safe. */
public final class Values {

  private final ZoneId zone;

  /**
   * @param zone in which instants are shown
   */
  public Values(ZoneId zone) {
    this.zone = zone;
  }

  /** Instants in UTC. */
  public static Values utc() {
    return new Values(ZoneOffset.UTC);
  }

  /** The value as text; null is empty. */
  public String text(@Nullable Object value) {
    if (value == null) {
      return "";
    }
    if (value instanceof Instant instant) {
      return instant(instant);
    }
    if (value instanceof LocalDateTime time) {
      return infinity(time.equals(LocalDateTime.MAX), time.equals(LocalDateTime.MIN), time);
    }
    if (value instanceof LocalDate date) {
      return infinity(date.equals(LocalDate.MAX), date.equals(LocalDate.MIN), date);
    }
    if (value instanceof BigDecimal number) {
      return number.toPlainString();
    }
    if (value instanceof byte[] bytes) {
      return "\\x" + HexFormat.of().formatHex(bytes);
    }
    if (value instanceof List<?> list) {
      return list.stream().map(this::element).collect(Collectors.joining(",", "{", "}"));
    }
    return value instanceof Json json ? json.text() : value.toString();
  }

  private String instant(Instant instant) {
    if (instant.equals(Instant.MAX) || instant.equals(Instant.MIN)) {
      return infinity(instant.equals(Instant.MAX), instant.equals(Instant.MIN), instant);
    }
    return zone.equals(ZoneOffset.UTC)
        ? instant.toString()
        : DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(instant.atZone(zone));
  }

  private static String infinity(boolean positive, boolean negative, Object value) {
    if (positive) {
      return "infinity";
    }
    return negative ? "-infinity" : value.toString();
  }

  /** An element of an array, quoted as PostgreSQL does. */
  private String element(@Nullable Object value) {
    if (value == null) {
      return "NULL";
    }
    String text = text(value);
    if (value instanceof List) {
      return text;
    }
    boolean plain = !text.isEmpty() && !text.equalsIgnoreCase("null");
    for (int i = 0; i < text.length() && plain; i++) {
      plain = "{},\"\\ \t\n\r\u000b\f".indexOf(text.charAt(i)) < 0;
    }
    return plain ? text : '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
