package io.varve.cli.csv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.cli.csv.ValueParser.Rounding;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Json;
import java.math.BigDecimal;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ValueParserTest {

  @Test
  void readsValuesOfEveryKind() {
    assertThat(parse(Kind.TEXT, " a ")).isEqualTo(" a ");
    assertThat(parse(Kind.BOOLEAN, " yes ")).isEqualTo(true);
    assertThat(parse(Kind.BOOLEAN, "0")).isEqualTo(false);
    assertThat(parse(Kind.SMALLINT, "-32768")).isEqualTo(Short.MIN_VALUE);
    assertThat(parse(Kind.INTEGER, "2147483647")).isEqualTo(Integer.MAX_VALUE);
    assertThat(parse(Kind.BIGINT, "+7")).isEqualTo(7L);
    assertThat(parse(Kind.REAL, "1.5")).isEqualTo(1.5f);
    assertThat(parse(Kind.DOUBLE, "-inf")).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(parse(Kind.DOUBLE, "nan")).isEqualTo(Double.NaN);
    assertThat(parse(Kind.NUMERIC, "1.50")).isEqualTo(new BigDecimal("1.50"));
    assertThat(parse(Kind.UUID, "6ba7b810-9dad-11d1-80b4-00c04fd430c8"))
        .isEqualTo(UUID.fromString("6ba7b810-9dad-11d1-80b4-00c04fd430c8"));
    assertThat(parse(Kind.JSONB, "[1]")).isEqualTo(new Json("[1]"));
    assertThat(parse(Kind.JSONB, "1")).isEqualTo(new Json("1"));
    assertThat((byte[]) parse(Kind.BYTEA, "\\x00ff")).containsExactly(0, -1);
  }

  @ParameterizedTest
  @CsvSource({
    "BOOLEAN, maybe, is not a boolean",
    "SMALLINT, 32768, is out of range for smallint",
    "INTEGER, 2147483648, is out of range for integer",
    "INTEGER, 1.5, 'is not a whole number, as integer needs'",
    "BIGINT, 9223372036854775808, is out of range for bigint",
    "BIGINT, x, is not a number",
    "REAL, 1e39, is out of range for real",
    "DOUBLE, 1e309, is out of range for double precision",
    "'DOUBLE', '1,5', is not a number",
    "NUMERIC, NaN, is not a finite number",
    "UUID, 1-1-1-1-1, is not a UUID",
    "UUID, 6ba7b810-9dad-11d1-80b4-0c04fd430c8a1, is not a UUID",
    "UUID, 6ba7b8109-dad-11d1-80b4-00c04fd430c8, is not a UUID",
    "UUID, 6ba7b81-09dad-11d1-80b4-00c04fd430c8, is not a UUID",
    "JSONB, '1,2', is not JSON",
    "JSONB, '1 2', is not JSON",
    "JSONB, '1],[2', is not JSON",
    "JSONB, '{', is not JSON",
    "BYTEA, \\x0, is not hexadecimal"
  })
  void saysWhyAValueDoesNotFit(Kind kind, String text, String reason) {
    assertThatThrownBy(() -> parse(kind, text)).isInstanceOf(Unfit.class).hasMessage(reason);
  }

  @Test
  void anEmptyQuotedFieldIsATextOrNothing() {
    assertThat(parse(Kind.TEXT, "")).isEqualTo("");
    assertThat(parse(Kind.DOUBLE, "")).isNull();
  }

  @Test
  void anInferredDoubleRefusesToRoundAndAChosenOneRounds() {
    String digits = "0.12345678901234567890";

    assertThat(parse(Kind.DOUBLE, digits)).isEqualTo(0.12345678901234568);
    assertThatThrownBy(
            () -> ValueParser.of(ColumnType.of(Kind.DOUBLE), Rounding.REFUSED).parse(digits))
        .isInstanceOf(Unfit.class)
        .hasMessage("has more digits than double precision keeps");
  }

  @Test
  void readsDecimalCommasWhereTheyAreTheMark() {
    ValueParser commas =
        ValueParser.of(ColumnType.of(Kind.DOUBLE), Rounding.REFUSED, DecimalMark.COMMA);

    assertThat(commas.parse(" 21,5 ")).isEqualTo(21.5);
    assertThat(commas.parse("7")).isEqualTo(7.0);
    assertThatThrownBy(() -> commas.parse("1.500"))
        .isInstanceOf(Unfit.class)
        .hasMessage("is not a number");
  }

  private static Object parse(Kind kind, String text) {
    return ValueParser.of(ColumnType.of(kind), Rounding.NEAREST).parse(text);
  }
}
