package io.varve.cli.csv;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.model.ColumnType.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InferenceTest {

  @ParameterizedTest
  @CsvSource({
    "true|False|T, BOOLEAN",
    "1|0|1, BIGINT",
    "-9223372036854775808|9223372036854775807, BIGINT",
    "9223372036854775808|1, NUMERIC",
    "1|2.5, DOUBLE",
    "1e3|-2.5E-7|.5|5., DOUBLE",
    "0.1|0.30000000000000004, DOUBLE",
    "0.10000000000000001|1, DOUBLE",
    "0.12345678901234567890|1, NUMERIC",
    "1e400|1, NUMERIC",
    "NaN|1.5, DOUBLE",
    "NaN|NaN, DOUBLE",
    "1|NaN, DOUBLE",
    "007|008, TEXT",
    "1_000|2, TEXT",
    "0x1f|0x20, TEXT",
    "6ba7b810-9dad-11d1-80b4-00c04fd430c8|6BA7B811-9DAD-11D1-80B4-00C04FD430C8, UUID",
    "'{\"a\": [1, 2]}|[]', JSONB",
    "'{\"a\": |[]', TEXT",
    "2014-02-14 14:30|2014-02-15, TIMESTAMPTZ",
    "2014-02-14|2014-02-15, DATE",
    "2014-02-14T00:00:00Z|2014-02-15T00:00:00Z, TIMESTAMPTZ",
    "03/04/2014|04/05/2014, TEXT",
    "hello|world, TEXT",
    "' 1 | 2 ', BIGINT"
  })
  void takesTheNarrowestTypeThatKeepsEveryValue(String values, Kind kind) {
    assertThat(infer(values.split("\\|")).type().kind()).isEqualTo(kind);
  }

  @Test
  void aColumnWithoutValuesIsText() {
    assertThat(infer().type().kind()).isEqualTo(Kind.TEXT);
  }

  @Test
  void blankTextsMeanNothingUnlessItIsText() {
    assertThat(infer("1", "", "", "2").type().kind()).isEqualTo(Kind.BIGINT);
    assertThat(infer("true", " ").type().kind()).isEqualTo(Kind.BOOLEAN);
    assertThat(infer("2024-01-01", "", "").type().kind()).isEqualTo(Kind.DATE);
    assertThat(infer("1", "", "", "2").misfits()).isZero();
    assertThat(infer("", "").type().kind()).isEqualTo(Kind.TEXT);
  }

  @Test
  void readsDecimalCommasWhereTheyAreTheMark() {
    ColumnSample commas = new ColumnSample("c", List.of("21,5", "-3,25e2", "4"), 0);

    assertThat(Inference.of(commas, DecimalMark.COMMA).type().kind()).isEqualTo(Kind.DOUBLE);
    assertThat(Inference.of(commas, DecimalMark.POINT).type().kind()).isEqualTo(Kind.TEXT);
  }

  @Test
  void countsTheFewThatDoNotFit() {
    Inference inference = infer("21.5", "22.0", "ERR", "22.5", "23.0");

    assertThat(inference.type().kind()).isEqualTo(Kind.DOUBLE);
    assertThat(inference.misfits()).isEqualTo(1);
  }

  @Test
  void manyThatDoNotFitMakeItText() {
    assertThat(infer("1", "a", "2", "b", "3").type().kind()).isEqualTo(Kind.TEXT);
  }

  private static Inference infer(String... values) {
    return Inference.of(new ColumnSample("c", List.of(values), 0), DecimalMark.POINT);
  }
}
