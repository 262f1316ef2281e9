package io.varve.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.MappingException;
import io.varve.ingest.BinaryFormat.FieldWriter;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.schema.StoredType;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TypeModifierTest {

  private static final int NAME = 19;
  private static final int VARCHAR = 1043;

  private static StoredType numeric(int precision, int scale) {
    return new StoredType(Kind.NUMERIC.oid(), (precision << 16 | scale & 0x7ff) + 4);
  }

  private static StoredType varchar(int length) {
    return new StoredType(VARCHAR, length + 4);
  }

  private static void accepts(Kind kind, StoredType stored, Object value) {
    write(ColumnType.of(kind), stored, value);
  }

  private static void write(ColumnType type, StoredType stored, Object value) {
    CopyBuffer buffer = new CopyBuffer(8);
    BinaryFormat.of(type, stored).write(value, buffer);
    assertThat(buffer.size()).isPositive();
  }

  private static void refuses(Kind kind, StoredType stored, Object value, String reason) {
    CopyBuffer buffer = new CopyBuffer(8);
    FieldWriter writer = BinaryFormat.of(ColumnType.of(kind), stored);
    assertThatThrownBy(() -> writer.write(value, buffer))
        .isInstanceOf(MappingException.class)
        .hasMessage(reason);
    assertThat(buffer.size()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "10, 2, 99999999.99",
    "10, 2, -99999999.99",
    "10, 2, 1.5",
    "10, 2, 1.50000",
    "10, 2, 0",
    "10, 2, 0.000",
    "10, 2, 0E+20",
    "10, 2, 9E+7",
    "3, -2, 12300",
    "3, -2, 99900",
    "3, -2, 0",
    "2, 4, 0.0099",
    "2, 4, -0.0012",
    "1000, 1000, 1E-1000",
    "1000, -1000, 1E+1000"
  })
  void numberThatFitsIsKept(int precision, int scale, BigDecimal value) {
    accepts(Kind.NUMERIC, numeric(precision, scale), value);
  }

  @ParameterizedTest
  @CsvSource({
    "10, 2, 1.005, 8", "10, 2, 0.001, 8", "10, 2, 99999999.995, 8", "10, 2, 100000000, 8",
    "10, 2, -1E+8, 8", "3, -2, 12340, 5", "3, -2, 100000, 5", "2, 4, 0.0100, -2",
    "2, 4, 0.00991, -2"
  })
  void numberTheServerWouldRoundOrRefuseIsRefused(
      int precision, int scale, BigDecimal value, int before) {
    refuses(
        Kind.NUMERIC,
        numeric(precision, scale),
        value,
        "%s does not fit numeric(%d,%d); expected at most %d digits before the decimal point and %d after it: round it first"
            .formatted(value, precision, scale, before, scale));
  }

  @Test
  void longNumberIsNotPrinted() {
    refuses(
        Kind.NUMERIC,
        numeric(4, 2),
        new BigDecimal("1".repeat(5_000)),
        "a number of 5000 digits does not fit numeric(4,2); expected at most 2 digits before the decimal point and 2 after it: round it first");
  }

  @Test
  void timesKeepTheDigitsOfTheirColumn() {
    Instant instant = Instant.parse("1969-12-31T23:59:59.123Z");
    StoredType millis = new StoredType(Kind.TIMESTAMPTZ.oid(), 3);
    accepts(Kind.TIMESTAMPTZ, millis, instant);
    accepts(Kind.TIMESTAMPTZ, millis, Instant.MAX);
    accepts(Kind.TIMESTAMPTZ, millis, Instant.MIN);
    accepts(Kind.TIMESTAMPTZ, new StoredType(Kind.TIMESTAMPTZ.oid(), 6), instant.plusNanos(1_000));
    refuses(
        Kind.TIMESTAMPTZ,
        millis,
        instant.plusNanos(1_000),
        "1969-12-31T23:59:59.123001Z is finer than the column, which keeps 3 digits of a second; truncate or round it first");

    LocalDateTime local = LocalDateTime.of(2024, 2, 29, 12, 0);
    StoredType seconds = new StoredType(Kind.TIMESTAMP.oid(), 0);
    accepts(Kind.TIMESTAMP, seconds, local);
    accepts(Kind.TIMESTAMP, seconds, LocalDateTime.MAX);
    refuses(
        Kind.TIMESTAMP,
        seconds,
        local.plusNanos(500_000_000),
        "2024-02-29T12:00:00.500 is finer than the column, which keeps 0 digits of a second; truncate or round it first");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "abc", "ab ", "ä😀😀"})
  void textOfAsManyCharactersIsKept(String text) {
    accepts(Kind.TEXT, varchar(3), text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"abc ", "abcd", "ä😀😀 "})
  void longerTextIsRefusedThoughItEndInBlanks(String text) {
    refuses(
        Kind.TEXT,
        varchar(3),
        text,
        "a text of 4 characters; expected at most 3, the column's length");
  }

  @Test
  void nameIsNotCut() {
    StoredType name = new StoredType(NAME, -1);
    accepts(Kind.TEXT, name, "ä".repeat(31) + "a");
    refuses(
        Kind.TEXT,
        name,
        "ä".repeat(32),
        "a text of 64 bytes; expected at most 63, all that a name holds");
  }

  @Test
  void elementsOfArraysAreHeldToTheSame() {
    ColumnType type = ColumnType.arrayOf(Kind.TEXT);
    write(type, varchar(3), Arrays.asList("abc", null));
    FieldWriter writer = BinaryFormat.of(type, varchar(3));
    assertThatThrownBy(() -> writer.write(Arrays.asList(null, "abcd"), new CopyBuffer(8)))
        .isInstanceOf(MappingException.class)
        .hasMessage("element 1: a text of 4 characters; expected at most 3, the column's length");
  }

  @Test
  void valueOfAnotherClassIsCalledThat() {
    refuses(
        Kind.NUMERIC, numeric(4, 2), 1.5, "a value of class java.lang.Double; expected BigDecimal");
  }

  @Test
  void columnWithoutAModifierIsWrittenAsItIs() {
    FieldWriter writer = (value, out) -> {};
    for (Kind kind : Kind.values()) {
      assertThat(TypeModifier.guard(writer, kind, StoredType.of(kind))).isSameAs(writer);
    }
  }
}
