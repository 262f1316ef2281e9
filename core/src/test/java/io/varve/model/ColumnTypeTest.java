package io.varve.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.MappingException;
import io.varve.model.ColumnType.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ColumnTypeTest {

  @Test
  void everyKindHasANameThatIsUsable() {
    for (Kind kind : Kind.values()) {
      assertThat(ColumnType.of(kind).sql()).isEqualTo(kind.sql());
      assertThat(ColumnType.arrayOf(kind).sql()).isEqualTo(kind.sql() + "[]");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "numeric(10,2)",
        "NUMERIC( 10 , -2 )",
        "decimal (5)",
        "character varying(10)",
        "bpchar",
        "character(3)[]",
        "timestamp(3) with time zone",
        "timestamp (6) without time zone[]",
        "timestamptz(0)",
        "\"char\"",
        "mood",
        "stimmung_ä",
        "my_schema.mood[]",
        "\"My schema\".\"a \"\"mood\"\"; --\"[]",
        "public.citext",
        "int4[3][3]"
      })
  void typesOfPostgresAreTaken(String sql) {
    assertThat(new ColumnType(Kind.TEXT, false, sql).sql()).isEqualTo(sql);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", " ", "int)", "int, x int", "int; drop table t", "text default 'x'", "int primary key",
        "int -- x", "int /* x */", "\"open", "\"\"", "a.b.c.d", "numeric(10,2", "numeric((1))",
        "int\nnot null", "text collate \"C\"", "[]", "3d"
      })
  void anythingElseIsRefused(String sql) {
    assertThatThrownBy(() -> new ColumnType(Kind.TEXT, false, sql))
        .isInstanceOf(MappingException.class)
        .hasMessage(
            "\"%s\" is not usable as a type; expected its name in SQL, such as numeric(10,2) or my_schema.mood[]"
                .formatted(sql));
  }
}
