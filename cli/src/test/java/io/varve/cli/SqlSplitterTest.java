package io.varve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.cli.SqlSplitter.Statement;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqlSplitterTest {

  @Test
  void dividesAtSemicolons() {
    assertThat(texts("select 1; select 2 ;\n ; select 3"))
        .containsExactly("select 1", "select 2", "select 3");
    assertThat(texts("select atomic from t; select 2"))
        .containsExactly("select atomic from t", "select 2");
    assertThat(texts("begin; select atomic; end")).hasSize(3);
    assertThat(texts(" ;; -- nothing\n /* at all */ ")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select 'a;b'",
        "select 'it''s; fine'",
        "select E'a\\';b'",
        "select e'\\\\;' || 'x'",
        "select 'c:\\' || ';'",
        "select \"a;b\" from t",
        "select $$a;b$$",
        "select $tag$ $$;$$ ; $tag$",
        "select 1 -- not; here\n + 1",
        "select /* not; /* nor; */ here; */ 1",
        "create rule r as on insert to t do (select 1; select 2)",
        "create function f() returns int begin atomic select 1; select case when true then 1 end;"
            + " end",
        "select $1 from t where a$b = 1",
        "select case when a then 1 end"
      })
  void leavesASemicolonThatEndsNothing(String statement) {
    assertThat(texts(statement + "; select 2")).containsExactly(statement, "select 2");
  }

  @Test
  void knowsWhereAStatementBegins() {
    List<Statement> statements = SqlSplitter.split("select 1;\n\n  select\n2; delete from t");

    assertThat(statements).extracting(Statement::line).containsExactly(1, 3, 4);
    assertThat(statements).extracting(Statement::column).containsExactly(1, 3, 4);
    assertThat(statements)
        .extracting(Statement::keyword)
        .containsExactly("select", "select", "delete");
  }

  @Property
  void endsOnAnyText(
      @ForAll @StringLength(max = 60) @CharRange(from = ' ', to = '\u007f') String script) {
    for (Statement statement : SqlSplitter.split(script)) {
      assertThat(script).contains(statement.text());
    }
  }

  private static List<String> texts(String script) {
    return SqlSplitter.split(script).stream().map(Statement::text).toList();
  }
}
