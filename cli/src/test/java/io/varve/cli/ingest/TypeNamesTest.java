package io.varve.cli.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.cli.shell.CommandException;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TypeNamesTest {

  @Test
  void readsPairs() {
    assertThat(TypeNames.parse("a=int, b = double precision,c=numeric(10, 2),d=text"))
        .containsExactly(
            java.util.Map.entry("a", ColumnType.of(Kind.INTEGER)),
            java.util.Map.entry("b", ColumnType.of(Kind.DOUBLE)),
            java.util.Map.entry("c", new ColumnType(Kind.NUMERIC, false, "numeric(10,2)")),
            java.util.Map.entry("d", ColumnType.of(Kind.TEXT)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "=int", "a=interval", "a=numeric(x)", "a=numeric(1);drop table t"})
  void refusesOtherTexts(String text) {
    assertThatThrownBy(() -> TypeNames.parse(text)).isInstanceOf(CommandException.class);
  }
}
