package io.varve.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.Varve;
import io.varve.jdbc.QualifiedName;
import io.varve.model.Chunk;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Row;
import io.varve.model.Table;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(DatabaseExtension.class)
class HypertableIT {

  private static final Table<Row> CONDITIONS =
      Table.builder("conditions")
          .time("ts", ColumnType.of(Kind.TIMESTAMPTZ))
          .dimension("device", ColumnType.of(Kind.TEXT))
          .measure("temperature", ColumnType.of(Kind.DOUBLE))
          .chunk("1 day")
          .build();

  @Test
  void createIsIdempotent(TestDatabase database) {
    try (Varve varve = database.connect()) {
      assertThat(varve.schema().create(CONDITIONS)).isTrue();
      assertThat(varve.schema().create(CONDITIONS)).isFalse();
      assertThat(varve.schema().createChunks(QualifiedName.parse("conditions"), 0, 86_400_000_001L))
          .isEqualTo(2);
      assertThat(varve.schema().chunks(QualifiedName.parse("conditions")))
          .extracting(Chunk::startText)
          .containsExactly("1970-01-01 00:00:00+00", "1970-01-02 00:00:00+00");
      assertThat(varve.schema().inspect(QualifiedName.parse("conditions")).toString())
          .isEqualTo("Table[conditions]");
      assertThat(varve.schema().hypertables()).hasSize(1);
    }
  }
}
