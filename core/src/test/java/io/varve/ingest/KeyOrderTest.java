package io.varve.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Row;
import io.varve.model.Table;
import io.varve.schema.StoredType;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyOrderTest {

  private static final int CHARACTER = 1042;

  private static final StoredType TIME = StoredType.of(Kind.TIMESTAMPTZ);
  private static final StoredType TEXT = StoredType.of(Kind.TEXT);

  private static KeyOrder order(Kind kind, StoredType stored) {
    Table<Row> table =
        Table.builder("readings")
            .dimension("device", ColumnType.of(kind))
            .time("time", ColumnType.of(Kind.TIMESTAMPTZ))
            .key("device", "time")
            .build();
    return KeyOrder.of(table, List.of(stored, TIME));
  }

  @Test
  void theTimeComesFirst() {
    assertThat(order(Kind.INTEGER, StoredType.of(Kind.INTEGER)).positions()).containsExactly(1, 0);
  }

  @Test
  void textsAreOrderedByTheirBytes() {
    KeyOrder order = order(Kind.TEXT, TEXT);
    assertThat(order.columns()).isEqualTo("\"time\", \"device\"");
    assertThat(order.byColumns()).isEqualTo("\"time\", \"device\" USING OPERATOR(pg_catalog.~<~)");
    assertThat(order.arrays()).isEqualTo("r.c2, r.c1");
    assertThat(order.byArrays()).isEqualTo("r.c2, r.c1 USING OPERATOR(pg_catalog.~<~)");
    assertThat(order.isExact()).isTrue();
    assertThat(order.holdsInArrays()).isTrue();
  }

  @Test
  void theColumnDecidesWhereItsCollationIgnoresDifferences() {
    KeyOrder order = order(Kind.TEXT, new StoredType(Kind.TEXT.oid(), -1, false));
    assertThat(order.byColumns()).isEqualTo("\"time\", \"device\"");
    assertThat(order.isExact()).isFalse();
    assertThat(order.holdsInArrays()).isFalse();
  }

  @Test
  void theColumnDecidesWhereItIgnoresBlanks() {
    assertThat(order(Kind.TEXT, new StoredType(CHARACTER, 8)).holdsInArrays()).isFalse();
  }

  @Test
  void numbersAreComparedAlikeEverywhereButNotByTheirBytes() {
    KeyOrder order = order(Kind.DOUBLE, StoredType.of(Kind.DOUBLE));
    assertThat(order.isExact()).isFalse();
    assertThat(order.holdsInArrays()).isTrue();
  }
}
