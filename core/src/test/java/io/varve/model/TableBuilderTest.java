package io.varve.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.MappingException;
import io.varve.model.ColumnType.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TableBuilderTest {

  private static final ColumnType TIMESTAMPTZ = ColumnType.of(Kind.TIMESTAMPTZ);
  private static final ColumnType DOUBLE = ColumnType.of(Kind.DOUBLE);

  private final Table<Row> table =
      Table.builder("weather.conditions")
          .time("time", TIMESTAMPTZ)
          .dimension("device", ColumnType.of(Kind.TEXT))
          .measure("temperature", DOUBLE)
          .column(
              "humidity", new ColumnType(Kind.NUMERIC, false, "numeric(5,2)"), Role.MEASURE, false)
          .chunk("12 hours")
          .key("device", "time")
          .build();

  @Test
  void describesWhatARecordCould() {
    assertThat(table.name()).isEqualTo(new QualifiedName("weather", "conditions"));
    assertThat(table.rowType()).isEqualTo(Row.class);
    assertThat(table.chunk().units()).isEqualTo(43_200_000_000L);
    assertThat(table.key()).containsExactly("device", "time");
    assertThat(table.columns())
        .extracting(Column::name)
        .containsExactly("time", "device", "temperature", "humidity");
    assertThat(table.columns())
        .extracting(Column::nullable)
        .containsExactly(false, false, true, false);
    assertThat(table.column("humidity").type().sql()).isEqualTo("numeric(5,2)");
  }

  @Test
  void rowsKeepTheirValuesByPosition() {
    Row row = table.newRow(new Object[] {Instant.EPOCH, "d1", 21.5, null});

    assertThat(row.names()).containsExactly("time", "device", "temperature", "humidity");
    assertThat(table.column("device").value(row)).isEqualTo("d1");
    assertThat(table.column("humidity").value(row)).isNull();
  }

  @Test
  void rowsWithTheSameNamesInAnyOrderAreUnderstood() {
    Row row = new Row(List.of("humidity", "device", "temperature", "time"), 1, "d1", 2, 3);

    assertThat(table.columns())
        .extracting(column -> column.accessor().get(row))
        .containsExactly(3, "d1", 2, 1);
  }

  @Test
  void rowsWithOtherNamesAreRefused() {
    Row missing = new Row(List.of("time", "device", "temperature"), 1, 2, 3);
    Row other = new Row(List.of("time", "device", "temperature", "pressure"), 1, 2, 3, 4);

    assertThatThrownBy(() -> table.time().accessor().get(missing))
        .isInstanceOf(MappingException.class)
        .hasMessage(
            "table weather.conditions: a row with the columns [time, device, temperature]; expected"
                + " [time, device, temperature, humidity]");
    assertThatThrownBy(() -> table.time().accessor().get(other))
        .isInstanceOf(MappingException.class)
        .hasMessage(
            "table weather.conditions: a row with the columns [time, device, temperature,"
                + " pressure]; expected [time, device, temperature, humidity]");
  }

  @Test
  void rowsOfTheWrongLengthAreRefused() {
    assertThatThrownBy(() -> table.newRow(new Object[] {1}))
        .isInstanceOf(MappingException.class)
        .hasMessage(
            "table weather.conditions: a row of 1 values; expected 4: [time, device, temperature,"
                + " humidity]");
  }

  @Test
  void oddNamesAreKept() {
    QualifiedName name = new QualifiedName("Größe \"x\"", "a.b c");

    assertThat(Table.builder(name).time("\"when\" ", TIMESTAMPTZ).build().name()).isEqualTo(name);
  }

  @Test
  void tablesThatCannotBeAreRefused() {
    assertThatThrownBy(() -> Table.builder("t").measure("v", DOUBLE).build())
        .isInstanceOf(MappingException.class)
        .hasMessage("table t: no column is the time; expected exactly one @Time");
    assertThatThrownBy(() -> Table.builder("t").time("t", DOUBLE).build())
        .isInstanceOf(MappingException.class)
        .hasMessage(
            "table t: time column \"t\" is of type double precision; expected timestamp with or"
                + " without time zone, date or bigint (Instant, LocalDateTime, LocalDate or long)");
    assertThatThrownBy(
            () -> Table.builder("t").time("t", ColumnType.arrayOf(Kind.TIMESTAMPTZ)).build())
        .isInstanceOf(MappingException.class)
        .hasMessageStartingWith(
            "table t: time column \"t\" is of type timestamp with time zone[]; expected");
    assertThatThrownBy(() -> Table.builder("t").time("t", TIMESTAMPTZ).measure("t", DOUBLE).build())
        .isInstanceOf(MappingException.class)
        .hasMessage("table t: two columns are named \"t\"; expected different names");
    assertThatThrownBy(() -> Table.builder("t").time("t", ColumnType.of(Kind.BIGINT)).build())
        .isInstanceOf(MappingException.class)
        .hasMessageStartingWith("table t: a bigint time has no default chunk");
  }

  @Test
  void rowKeepsWhatItWasMadeOf() {
    List<String> names = new ArrayList<>(List.of("time", "value"));
    Object[] values = {1L, 2.0};
    Row row = new Row(names, values);
    names.set(1, "other");
    values[1] = 3.0;

    assertThat(row).isEqualTo(new Row(List.of("time", "value"), 1L, 2.0));
  }

  @Test
  void timeThatIsRoundedIsRefused() {
    for (String rounded : List.of("timestamptz(0)", "timestamp (3) with time zone")) {
      TableBuilder builder =
          Table.builder("t").time("at", new ColumnType(Kind.TIMESTAMPTZ, false, rounded));
      assertThatThrownBy(builder::build)
          .isInstanceOf(MappingException.class)
          .hasMessage(
              "table t: time column \"at\" is of type %s, which rounds times, perhaps into the next chunk; expected full precision: timestamp with time zone"
                  .formatted(rounded));
    }
    ColumnType full = new ColumnType(Kind.TIMESTAMP, false, "timestamp(6)");
    assertThat(Table.builder("t").time("at", full).build().time().type()).isEqualTo(full);
  }

  @Test
  void valueOfAnotherClassThanAskedForIsNamed() {
    Row row = new Row(List.of("count", "none"), 7L, null);
    assertThat(row.value("count", Long.class)).isEqualTo(7L);
    assertThat(row.value("none", Integer.class)).isNull();
    assertThatThrownBy(() -> row.value("count", Integer.class))
        .isInstanceOf(ClassCastException.class)
        .hasMessage(
            "column \"count\" is read as java.lang.Integer; its values are of class java.lang.Long");
  }
}
