package io.varve.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.cli.shell.CommandException;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.query.Condition;
import io.varve.query.Condition.Compared;
import io.varve.query.Condition.Operator;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WhereConditionsTest {

  @ParameterizedTest
  @CsvSource({
    "state=ok,   EQUAL",
    "state!=ok,  NOT_EQUAL",
    "state<>ok,  NOT_EQUAL",
    "state<ok,   LESS",
    "state<=ok,  AT_MOST",
    "state>ok,   GREATER",
    "state >=ok, AT_LEAST",
    "state = ok,  EQUAL",
    "state != ok, NOT_EQUAL"
  })
  void readsEveryOperator(String text, Operator operator) {
    assertThat(read(text)).containsExactly(new Compared("state", operator, "ok"));
  }

  @Test
  void theFirstOperatorCounts() {
    assertThat(read("state=a=b<c>"))
        .containsExactly(new Compared("state", Operator.EQUAL, "a=b<c>"));
    assertThat(read("state= =b")).containsExactly(new Compared("state", Operator.EQUAL, " =b"));
    assertThat(read("state =  b ")).containsExactly(new Compared("state", Operator.EQUAL, " b "));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"state==ok", "state=>ok", "state=<ok", "state!==ok", "state<<ok", "state><"})
  void operatorsOfOtherLanguagesAreNoValues(String text) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(CommandException.class)
        .hasMessageStartingWith("--where " + text + ": the value begins like an operator: ");
  }

  private static List<Condition> read(String text) {
    return new WhereConditions("--where", column -> ColumnType.of(Kind.TEXT), ZoneOffset.UTC)
        .read(List.of(text));
  }
}
