package io.varve.query;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.MappingException;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** With what a column can be filled. */
final class FillSqlTest {

  @ParameterizedTest
  @CsvSource({
    "DOUBLE, double precision, 1e-399",
    "DOUBLE, double precision, -1e309",
    "REAL,   real,             1e-50",
    "REAL,   real,             1e39"
  })
  void numbersThatWouldBecomeZeroOrInfiniteAreRefused(Kind kind, String type, BigDecimal value) {
    assertThatThrownBy(() -> FillSql.requireFit(column(kind), Fill.value(value)))
        .isInstanceOf(MappingException.class)
        .hasMessage(
            "result column \"value\" is of type %s and cannot be filled with %s; expected a value that it can hold"
                .formatted(type, value));
  }

  @Test
  void zeroAndTheLeastNumbersAreTaken() {
    assertThatCode(
            () -> {
              FillSql.requireFit(column(Kind.DOUBLE), Fill.value(new BigDecimal("0.00")));
              FillSql.requireFit(column(Kind.DOUBLE), Fill.value(Double.MIN_VALUE));
              FillSql.requireFit(column(Kind.REAL), Fill.value(Float.MIN_VALUE));
              FillSql.requireFit(column(Kind.NUMERIC), Fill.value(new BigDecimal("1e-399")));
            })
        .doesNotThrowAnyException();
  }

  private static ResultColumn column(Kind kind) {
    return new ResultColumn("value", ColumnType.of(kind));
  }
}
