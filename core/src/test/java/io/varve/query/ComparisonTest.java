package io.varve.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.MappingException;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Json;
import io.varve.model.Row;
import io.varve.model.Table;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Types;
import java.time.DayOfWeek;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ComparisonTest {

  @Test
  void smallerNumbersAreWidenedWhereNothingIsLost() {
    assertThat(bind(Kind.BIGINT, 7)).isEqualTo(new Bind(7L, Types.BIGINT));
    assertThat(bind(Kind.BIGINT, (short) 7)).isEqualTo(new Bind(7L, Types.BIGINT));
    assertThat(bind(Kind.INTEGER, (byte) 7)).isEqualTo(new Bind(7L, Types.INTEGER));
    assertThat(bind(Kind.REAL, (short) 7)).isEqualTo(new Bind(7f, Types.REAL));
    assertThat(bind(Kind.DOUBLE, 7)).isEqualTo(new Bind(7.0, Types.DOUBLE));
    assertThat(bind(Kind.DOUBLE, 0.5f)).isEqualTo(new Bind(0.5, Types.DOUBLE));
    assertThat(bind(Kind.NUMERIC, 7L)).isEqualTo(new Bind(BigDecimal.valueOf(7), Types.NUMERIC));
    assertThat(bind(Kind.NUMERIC, BigInteger.TEN))
        .isEqualTo(new Bind(BigDecimal.valueOf(10), Types.NUMERIC));
  }

  @Test
  void numbersThatCouldLoseAreRefused() {
    assertThatThrownBy(() -> bind(Kind.INTEGER, 7L))
        .isInstanceOf(MappingException.class)
        .hasMessage(
            "table samples, column \"value\": it is compared with a value of class java.lang.Long;"
                + " expected java.lang.Integer or a smaller number's class");
    for (Kind kind : List.of(Kind.REAL, Kind.DOUBLE)) {
      assertThatThrownBy(() -> bind(kind, Long.MAX_VALUE)).isInstanceOf(MappingException.class);
    }
    assertThatThrownBy(() -> bind(Kind.REAL, 7)).isInstanceOf(MappingException.class);
    assertThatThrownBy(() -> bind(Kind.REAL, 0.1)).isInstanceOf(MappingException.class);
    assertThatThrownBy(() -> bind(Kind.NUMERIC, 0.1))
        .isInstanceOf(MappingException.class)
        .hasMessageEndingWith("expected java.math.BigDecimal or an integer's class");
  }

  @Test
  void enumConstantIsItsName() {
    assertThat(bind(Kind.TEXT, DayOfWeek.MONDAY)).isEqualTo(Bind.untyped("MONDAY"));
  }

  @Test
  void messageHoldsTheClassAndNotTheValue() {
    assertThatThrownBy(() -> bind(Kind.DOUBLE, "secret"))
        .isInstanceOf(MappingException.class)
        .hasMessageContaining("java.lang.String")
        .hasMessageNotContaining("secret");
    assertThatThrownBy(() -> bind(Kind.BYTEA, "text"))
        .isInstanceOf(MappingException.class)
        .hasMessageEndingWith("expected byte[]");
  }

  @Test
  void timeFinerThanAMicrosecondIsRefused() {
    assertThatThrownBy(
            () -> bind(Kind.TIMESTAMPTZ, Instant.parse("2024-01-01T00:00:00.000000001Z")))
        .isInstanceOf(MappingException.class)
        .hasMessage(
            "table samples, column \"value\": it is compared with 2024-01-01T00:00:00.000000001Z,"
                + " which timestamp with time zone cannot hold; expected a time within"
                + " PostgreSQL's calendar and no finer than a microsecond:"
                + " truncatedTo(ChronoUnit.MICROS)");
  }

  /** The driver would send a question mark, and find the rows of another text. */
  @Test
  void textThatPostgresCannotHoldIsRefused() {
    String message =
        "table samples, column \"value\": it is compared with text that is no UTF-8 or has a NUL;"
            + " expected text PostgreSQL can hold";
    for (String text : List.of("a\ud800b", "a\udc00", "a\0b")) {
      assertThatThrownBy(() -> bind(Kind.TEXT, text))
          .isInstanceOf(MappingException.class)
          .hasMessage(message);
      assertThatThrownBy(() -> bind(Kind.JSONB, new Json('"' + text + '"')))
          .isInstanceOf(MappingException.class)
          .hasMessage(message);
    }
  }

  @Test
  void arraysAreRefused() {
    Table<Row> table = table(ColumnType.arrayOf(Kind.TEXT));
    assertThatThrownBy(() -> comparison(table).with(List.of()))
        .isInstanceOf(MappingException.class)
        .hasMessage(
            "table samples, column \"value\": it is an array; expected a column of single values");
  }

  private static Bind bind(Kind kind, Object value) {
    Table<Row> table = table(ColumnType.of(kind));
    return comparison(table).with(value);
  }

  private static Comparison comparison(Table<Row> table) {
    Operand operand = Operand.of(table, "value");
    return new Comparison(operand.subject(), operand.type());
  }

  private static Table<Row> table(ColumnType type) {
    return Table.builder("samples")
        .time("time", ColumnType.of(Kind.TIMESTAMPTZ))
        .measure("value", type)
        .build();
  }
}
