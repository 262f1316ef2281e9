package io.varve.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.MappingException;
import io.varve.model.Json;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What can be bound, with which type, and what is refused. */
final class ArgumentReaderTest {

  static Stream<Arguments> values() {
    UUID uuid = new UUID(1, 2);
    return Stream.of(
        Arguments.of("it's :x; --", null, "it's :x; --"),
        Arguments.of(TimeUnit.DAYS, null, "DAYS"),
        Arguments.of(null, null, null),
        Arguments.of(true, "bool", "true"),
        Arguments.of((byte) 1, "int2", "1"),
        Arguments.of((short) 1, "int2", "1"),
        Arguments.of(1, "int4", "1"),
        Arguments.of(1L, "int8", "1"),
        Arguments.of(1.5f, "float4", "1.5"),
        Arguments.of(Double.NaN, "float8", "NaN"),
        Arguments.of(new BigDecimal("1.50"), "numeric", "1.50"),
        Arguments.of(BigInteger.TEN.pow(30), "numeric", "1" + "0".repeat(30)),
        Arguments.of(uuid, "uuid", uuid.toString()),
        Arguments.of(new Json("{}"), "jsonb", "{}"),
        Arguments.of(new byte[] {0, -1}, "bytea", "\\x00ff"),
        Arguments.of(
            Instant.parse("2024-02-29T12:00:00.000001Z"),
            "timestamptz",
            "2024-02-29 12:00:00.000001+00"),
        Arguments.of(Instant.MAX, "timestamptz", "infinity"),
        Arguments.of(LocalDateTime.of(2024, 1, 1, 0, 0), "timestamp", "2024-01-01 00:00:00"),
        Arguments.of(LocalDate.of(0, 1, 1), "date", "0001-01-01 BC"),
        Arguments.of(Duration.ofMinutes(90), "pg_catalog.interval", "1:30:00.000000"),
        Arguments.of(Duration.ofNanos(-1000), "pg_catalog.interval", "-0:00:00.000001"),
        Arguments.of(Period.of(1, -2, 3), "pg_catalog.interval", "+1 years -2 mons +3 days"),
        Arguments.of(List.of(1, 2), "int4[]", "{\"1\",\"2\"}"),
        Arguments.of(new long[] {1}, "int8[]", "{\"1\"}"),
        Arguments.of(new Double[] {null}, null, "{NULL}"),
        Arguments.of(List.of(), null, "{}"),
        Arguments.of(new int[0], null, "{}"),
        Arguments.of(Set.of("a\"b\\c,"), null, "{\"a\\\"b\\\\c,\"}"),
        Arguments.of(Arrays.asList("NULL", null, ""), null, "{\"NULL\",NULL,\"\"}"),
        Arguments.of(List.of(new byte[] {1}), "bytea[]", "{\"\\\\x01\"}"));
  }

  @ParameterizedTest
  @MethodSource("values")
  void valuesAreWrittenAsPostgresReadsThem(
      @Nullable Object value, @Nullable String type, @Nullable String text) {
    Argument argument = new ArgumentReader(":x").read(value);
    assertThat(argument.type()).isEqualTo(type);
    assertThat(argument.text()).isEqualTo(text);
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        Arguments.of(Instant.ofEpochSecond(0, 1), "1970-01-01T00:00:00.000000001Z"),
        Arguments.of(Instant.parse("+400000-01-01T00:00:00Z"), "PostgreSQL's calendar"),
        Arguments.of(Duration.ofNanos(1), "whole microseconds"),
        Arguments.of(Duration.ofSeconds(Long.MAX_VALUE), "292,271 years"),
        Arguments.of(OffsetDateTime.of(2024, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC), "use toInstant()"),
        Arguments.of(new Object(), "java.lang.Object"),
        Arguments.of('c', "java.lang.Character"),
        Arguments.of(List.of(List.of(1)), "expected null, a boolean"),
        Arguments.of(List.of(1, 2L), "an array of [int4, int8]"),
        Arguments.of(List.of(1, "a"), "an array of [int4, text]"),
        Arguments.of("\ud800", "no UTF-8"),
        Arguments.of("a\0b", "a NUL"));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void whatPostgresWouldChangeIsRefused(Object value, String message) {
    assertThatThrownBy(() -> new ArgumentReader("running \"x\", :x").read(value))
        .isInstanceOf(MappingException.class)
        .hasMessageStartingWith("running \"x\", :x: ")
        .hasMessageContaining(message);
  }

  @Test
  void laterChangesOfAValueAreNotSeen() {
    int[] array = {1};
    Argument argument = new ArgumentReader(":x").read(array);
    array[0] = 2;
    assertThat(argument.text()).isEqualTo("{\"1\"}");
  }
}
