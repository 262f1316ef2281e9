package io.varve.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.model.QualifiedName;
import io.varve.model.Role;
import io.varve.model.Table;
import io.varve.model.TableBuilder;
import org.junit.jupiter.api.Test;

final class TableDefinitionTest {

  private static TableBuilder conditions() {
    return Table.builder(new QualifiedName("plant", "say \"hi\""))
        .time("ts", ColumnType.of(Kind.TIMESTAMPTZ))
        .dimension("device", ColumnType.of(Kind.TEXT))
        .measure("a \"b\"", new ColumnType(Kind.NUMERIC, false, "numeric(10,2)"));
  }

  @Test
  void columnsAreQuotedAndNotNullWhereTheModelSaysSo() {
    TableDefinition definition = new TableDefinition(conditions().build());
    assertThat(definition.columns())
        .isEqualTo(
            "(\"ts\" timestamp with time zone NOT NULL, \"device\" text NOT NULL,"
                + " \"a \"\"b\"\"\" numeric(10,2))");
    assertThat(definition.index())
        .hasValue("CREATE INDEX ON \"plant\".\"say \"\"hi\"\"\" (\"device\", \"ts\" DESC)");
  }

  @Test
  void keyWithoutNullsIsThePrimaryKeyAndIndexEnough() {
    TableDefinition definition = new TableDefinition(conditions().key("device", "ts").build());
    assertThat(definition.columns()).endsWith(", PRIMARY KEY (\"device\", \"ts\"))");
    assertThat(definition.index()).isEmpty();
  }

  @Test
  void keyThatMayBeNullCountsNullsAsEqual() {
    TableDefinition definition =
        new TableDefinition(
            conditions()
                .column("site", ColumnType.of(Kind.UUID), Role.DIMENSION, true)
                .key("site", "device", "ts")
                .build());
    assertThat(definition.columns())
        .endsWith(", UNIQUE NULLS NOT DISTINCT (\"site\", \"device\", \"ts\"))");
    assertThat(definition.index()).isEmpty();
  }

  @Test
  void keyThatStartsWithTheTimeLeavesTheSeriesToTheIndex() {
    assertThat(new TableDefinition(conditions().key("ts", "device").build()).index()).isPresent();
  }
}
