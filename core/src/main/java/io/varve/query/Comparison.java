package io.varve.query;

import io.varve.MappingException;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Json;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Optional;
import java.util.UUID;

/**
 * Makes the value a column is compared with: in the column's own type, so that an index is used and
 * nothing is rounded, or not at all.
 */
final class Comparison {

  private final String subject;
  private final ColumnType type;

  /**
   * @param subject what is compared, in messages
   */
  Comparison(String subject, ColumnType type) {
    this.subject = subject;
    this.type = type;
  }

  Bind with(Object value) {
    if (type.array()) {
      throw refusal("it is an array; expected a column of single values");
    }
    return scalar(value)
        .orElseThrow(
            () ->
                refusal(
                    "it is compared with a value of class %s; expected %s"
                        .formatted(value.getClass().getName(), expectation())));
  }

  private Optional<Bind> scalar(Object value) {
    Kind kind = type.kind();
    return switch (kind) {
      case BOOLEAN -> as(Boolean.class, value).map(it -> new Bind(it, Types.BOOLEAN));
      case SMALLINT -> integer(value, Short.SIZE).map(it -> new Bind(it, Types.SMALLINT));
      case INTEGER -> integer(value, Integer.SIZE).map(it -> new Bind(it, Types.INTEGER));
      case BIGINT -> integer(value, Long.SIZE).map(it -> new Bind(it, Types.BIGINT));
      case REAL -> real(value).map(it -> new Bind(it, Types.REAL));
      case DOUBLE -> doublePrecision(value).map(it -> new Bind(it, Types.DOUBLE));
      case NUMERIC -> numeric(value).map(it -> new Bind(it, Types.NUMERIC));
      case TEXT -> text(value).map(this::held).map(Bind::untyped);
      case UUID -> as(UUID.class, value).map(it -> Bind.untyped(it.toString()));
      case JSONB -> as(Json.class, value).map(it -> Bind.untyped(held(it.text())));
      case BYTEA -> as(byte[].class, value).map(it -> new Bind(it.clone(), Types.BINARY));
      case TIMESTAMPTZ -> as(Instant.class, value).map(it -> time(TimeLiteral.exact(it), it));
      case TIMESTAMP -> as(LocalDateTime.class, value).map(it -> time(TimeLiteral.exact(it), it));
      case DATE -> as(LocalDate.class, value).map(it -> time(TimeLiteral.exact(it), it));
    };
  }

  private static <V> Optional<V> as(Class<V> type, Object value) {
    return type.isInstance(value) ? Optional.of(type.cast(value)) : Optional.empty();
  }

  /** An integer class of at most so many bits. */
  private static Optional<Long> integer(Object value, int bits) {
    boolean fits =
        value instanceof Byte
            || value instanceof Short
            || value instanceof Integer && bits >= Integer.SIZE
            || value instanceof Long && bits >= Long.SIZE;
    return fits ? Optional.of(((Number) value).longValue()) : Optional.empty();
  }

  /** A float holds every short, but not every int. */
  private static Optional<Float> real(Object value) {
    return value instanceof Float || value instanceof Short || value instanceof Byte
        ? Optional.of(((Number) value).floatValue())
        : Optional.empty();
  }

  /** A double holds every float and every int, but not every long. */
  private static Optional<Double> doublePrecision(Object value) {
    return value instanceof Double || value instanceof Integer || real(value).isPresent()
        ? Optional.of(((Number) value).doubleValue())
        : Optional.empty();
  }

  private static Optional<BigDecimal> numeric(Object value) {
    if (value instanceof BigInteger integer) {
      return Optional.of(new BigDecimal(integer));
    }
    return value instanceof BigDecimal decimal
        ? Optional.of(decimal)
        : integer(value, Long.SIZE).map(BigDecimal::valueOf);
  }

  private static Optional<String> text(Object value) {
    return value instanceof Enum<?> constant
        ? Optional.of(constant.name())
        : as(String.class, value);
  }

  private String held(String text) {
    if (!TextLiteral.isHeld(text)) {
      throw refusal(
          "it is compared with text that is no UTF-8 or has a NUL; expected text PostgreSQL can"
              + " hold");
    }
    return text;
  }

  private Bind time(Optional<String> literal, Object value) {
    return Bind.untyped(
        literal.orElseThrow(
            () ->
                refusal(
                    "it is compared with %s, which %s cannot hold; expected a time within"
                            .formatted(value, type.kind().sql())
                        + " PostgreSQL's calendar and no finer than a microsecond:"
                        + " truncatedTo(ChronoUnit.MICROS)")));
  }

  private String expectation() {
    return switch (type.kind()) {
      case INTEGER, BIGINT, DOUBLE -> type.javaType().getName() + " or a smaller number's class";
      case NUMERIC -> "java.math.BigDecimal or an integer's class";
      case TEXT -> "java.lang.String or an enum";
      default -> type.javaType().getTypeName();
    };
  }

  private MappingException refusal(String reason) {
    return new MappingException(subject + ": " + reason);
  }
}
