package io.varve.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.varve.MappingException;
import io.varve.SchemaException;
import io.varve.model.ColumnType.Kind;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class RecordTableTest {

  private static final Instant NOON = Instant.parse("2024-02-29T12:00:00Z");

  enum Mood {
    CALM,
    ANGRY {
      @Override
      public String toString() {
        return "very angry";
      }
    }
  }

  @TimeSeries(
      table = "weather.conditions",
      chunk = "1 day",
      key = {"device", "at"})
  private record Reading(
      @Time("at") Instant time,
      @Dimension String device,
      @Measure double temperature,
      @Measure @Nullable Double relativeHumidity) {}

  @Test
  void componentsInTheirOrderAreTheColumns() {
    Table<Reading> table = Table.of(Reading.class);

    assertThat(table.name()).isEqualTo(new QualifiedName("weather", "conditions"));
    assertThat(table.rowType()).isEqualTo(Reading.class);
    assertThat(table.columns())
        .extracting(Column::name, Column::type, Column::role, Column::nullable)
        .containsExactly(
            tuple("at", ColumnType.of(Kind.TIMESTAMPTZ), Role.TIME, false),
            tuple("device", ColumnType.of(Kind.TEXT), Role.DIMENSION, false),
            tuple("temperature", ColumnType.of(Kind.DOUBLE), Role.MEASURE, false),
            tuple("relative_humidity", ColumnType.of(Kind.DOUBLE), Role.MEASURE, true));
    assertThat(table.chunk()).isEqualTo(new ChunkInterval(86_400_000_000L));
    assertThat(table.key()).containsExactly("device", "at");
    assertThat(table.time().name()).isEqualTo("at");
    assertThat(table.dimensions()).extracting(Column::name).containsExactly("device");
    assertThat(table.measures())
        .extracting(Column::name)
        .containsExactly("temperature", "relative_humidity");
  }

  @Test
  void rowsArePassedThereAndBack() {
    Table<Reading> table = Table.of(Reading.class);
    Reading reading = new Reading(NOON, "d1", 21.5, null);

    assertThat(values(table, reading)).containsExactly(NOON, "d1", 21.5, null);
    assertThat(table.newRow(values(table, reading))).isEqualTo(reading);
  }

  @Test
  void aRecordIsReadOnce() {
    assertThat(Table.of(Reading.class)).isSameAs(Table.of(Reading.class));
  }

  @TimeSeries
  private record HTTPRequestLog(
      @Time Instant time, @Measure int statusCode, @Measure float co2Ppm) {}

  @Test
  void namesAreSnakeCaseUnlessGivenAndChunksSevenDays() {
    Table<HTTPRequestLog> table = Table.of(HTTPRequestLog.class);

    assertThat(table.name()).isEqualTo(new QualifiedName("public", "http_request_log"));
    assertThat(table.columns())
        .extracting(Column::name)
        .containsExactly("time", "status_code", "co2_ppm");
    assertThat(table.chunk()).isEqualTo(new ChunkInterval(7 * 86_400_000_000L));
    assertThat(table.key()).isEmpty();
  }

  @TimeSeries(table = "everything")
  private record Everything(
      @Time Instant time,
      @Dimension boolean flag,
      @Dimension Short small,
      @Dimension Mood mood,
      @Measure short smallint,
      @Measure int integer,
      @Measure long bigint,
      @Measure float real,
      @Measure double precision,
      @Measure Boolean maybe,
      @Measure Integer boxedInt,
      @Measure Long boxedLong,
      @Measure Float boxedFloat,
      @Measure BigDecimal amount,
      @Measure String text,
      @Measure UUID uuid,
      @Measure Json json,
      @Measure byte[] bytes,
      @Measure Instant instant,
      @Measure LocalDateTime local,
      @Measure LocalDate day,
      @Measure Optional<String> optional,
      @Measure Optional<Mood> optionalMood,
      @Measure OptionalInt optionalInt,
      @Measure OptionalLong optionalLong,
      @Measure OptionalDouble optionalDouble,
      @Measure boolean[] booleans,
      @Measure short[] shorts,
      @Measure int[] ints,
      @Measure long[] longs,
      @Measure float[] floats,
      @Measure double[] doubles,
      @Measure Double[] boxes,
      @Measure String[] strings,
      @Measure Mood[] moods,
      @Measure byte[][] blobs,
      @Measure List<BigDecimal> amounts,
      @Measure List<Mood> moodList,
      @Measure Optional<List<Instant>> instants) {}

  private static Everything full() {
    return new Everything(
        NOON,
        true,
        (short) 1,
        Mood.ANGRY,
        (short) 2,
        3,
        4,
        5.5f,
        6.5,
        false,
        7,
        8L,
        9.5f,
        new BigDecimal("10.50"),
        "text",
        new UUID(1, 2),
        new Json("{}"),
        new byte[] {1, 2},
        NOON,
        LocalDateTime.parse("2024-02-29T12:00"),
        LocalDate.parse("2024-02-29"),
        Optional.of("there"),
        Optional.of(Mood.CALM),
        OptionalInt.of(1),
        OptionalLong.of(2),
        OptionalDouble.of(3.5),
        new boolean[] {true, false},
        new short[] {1},
        new int[] {1, 2},
        new long[] {3},
        new float[] {4.5f},
        new double[] {5.5, 6.5},
        new Double[] {6.5, null},
        new String[] {"a", null},
        new Mood[] {Mood.CALM, null},
        new byte[][] {{1}, null},
        Arrays.asList(new BigDecimal("1.0"), null),
        List.of(Mood.ANGRY),
        Optional.of(List.of(NOON)));
  }

  private static Everything bare() {
    return new Everything(
        NOON,
        false,
        (short) 0,
        Mood.CALM,
        (short) 0,
        0,
        0,
        0,
        0,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        Optional.empty(),
        Optional.empty(),
        OptionalInt.empty(),
        OptionalLong.empty(),
        OptionalDouble.empty(),
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        Optional.empty());
  }

  @Test
  void everyJavaTypeHasItsColumnType() {
    assertThat(Table.of(Everything.class).columns())
        .extracting(column -> column.type().sql())
        .containsExactly(
            "timestamp with time zone",
            "boolean",
            "smallint",
            "text",
            "smallint",
            "integer",
            "bigint",
            "real",
            "double precision",
            "boolean",
            "integer",
            "bigint",
            "real",
            "numeric",
            "text",
            "uuid",
            "jsonb",
            "bytea",
            "timestamp with time zone",
            "timestamp without time zone",
            "date",
            "text",
            "text",
            "integer",
            "bigint",
            "double precision",
            "boolean[]",
            "smallint[]",
            "integer[]",
            "bigint[]",
            "real[]",
            "double precision[]",
            "double precision[]",
            "text[]",
            "text[]",
            "bytea[]",
            "numeric[]",
            "text[]",
            "timestamp with time zone[]");
  }

  @Test
  void onlyMeasuresThatAreNotPrimitiveMayBeNull() {
    assertThat(Table.of(Everything.class).columns())
        .filteredOn(column -> !column.nullable())
        .extracting(Column::name)
        .containsExactly(
            "time", "flag", "small", "mood", "smallint", "integer", "bigint", "real", "precision");
  }

  @Test
  void everyValueIsOfItsColumnsJavaTypeAndComesBack() {
    Table<Everything> table = Table.of(Everything.class);
    for (Everything row : List.of(full(), bare())) {
      @Nullable Object[] values = values(table, row);
      for (int i = 0; i < values.length; i++) {
        Column<Everything, ?> column = table.columns().get(i);
        assertThat(column.javaType()).isEqualTo(column.type().javaType());
      }
      assertThat(table.newRow(values)).usingRecursiveComparison().isEqualTo(row);
    }
  }

  @Test
  void enumsAreTextByName() {
    Table<Everything> table = Table.of(Everything.class);

    assertThat(table.column("mood").value(full())).isEqualTo("ANGRY");
    assertThat(table.column("moods").value(full())).isEqualTo(Arrays.asList("CALM", null));
  }

  @Test
  void rowsOfTheWrongShapeAreRefused() {
    Table<Reading> table = Table.of(Reading.class);

    assertThatThrownBy(() -> table.newRow(new Object[] {NOON}))
        .isInstanceOf(MappingException.class)
        .hasMessage("record Reading: a row of 1 values; expected 4");
    assertThatThrownBy(() -> table.newRow(new Object[] {NOON, "d1", null, null}))
        .isInstanceOf(MappingException.class)
        .hasMessage(
            "record Reading, component temperature: column \"temperature\" is null, which double"
                + " cannot hold; expected a box or Optional");
    assertThatThrownBy(() -> table.newRow(new Object[] {NOON, "d1", 1, null}))
        .isInstanceOf(MappingException.class)
        .hasMessage(
            "record Reading, component temperature: a value of java.lang.Integer; expected"
                + " java.lang.Double");
  }

  @Test
  void anUnknownConstantIsRefusedWithTheKnownOnes() {
    @Nullable Object[] values = values(Table.of(Everything.class), full());
    values[3] = "HAPPY";

    assertThatThrownBy(() -> Table.of(Everything.class).newRow(values))
        .isInstanceOf(MappingException.class)
        .hasMessage(
            "record Everything, component mood: \"HAPPY\" is none of its constants [CALM, ANGRY]");
  }

  @Test
  void aNullInAnArrayOfPrimitivesIsRefused() {
    Table<Everything> table = Table.of(Everything.class);
    @Nullable Object[] values = values(table, full());
    values[table.columns().indexOf(table.column("doubles"))] = Arrays.asList(1.0, null);

    assertThatThrownBy(() -> table.newRow(values))
        .isInstanceOf(MappingException.class)
        .hasMessage(
            "record Everything, component doubles: element 1 is null, which double[] cannot hold;"
                + " expected an array of boxes or a List");
  }

  @TimeSeries
  private record Picky(@Time Instant time, @Measure double kelvin) {
    Picky {
      if (kelvin < 0) {
        throw new IllegalArgumentException("below absolute zero");
      }
    }
  }

  @Test
  void whatTheConstructorRefusesIsReportedWithItsReason() {
    assertThatThrownBy(() -> Table.of(Picky.class).newRow(new Object[] {NOON, -1.0}))
        .isInstanceOf(MappingException.class)
        .hasMessage(
            "record Picky refused a row: java.lang.IllegalArgumentException: below absolute zero")
        .hasCauseInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anUnknownColumnIsRefusedWithTheKnownOnes() {
    assertThatThrownBy(() -> Table.of(Picky.class).column("celsius"))
        .isInstanceOf(SchemaException.class)
        .hasMessage("table picky has no column \"celsius\"; expected one of [time, kelvin]");
  }

  @TimeSeries
  private record Dates(@Time LocalDate day, @Measure int count) {}

  @TimeSeries(chunk = "2 weeks")
  private record Fortnights(@Time LocalDate day, @Measure int count) {}

  @TimeSeries
  private record Locals(@Time LocalDateTime time, @Measure int count) {}

  @TimeSeries(chunk = "100000")
  private record Blocks(@Time long height, @Measure int count) {}

  @Test
  void theTimeMayBeADateALocalTimeOrANumber() {
    assertThat(Table.of(Dates.class).chunk().units()).isEqualTo(7);
    assertThat(Table.of(Fortnights.class).chunk().units()).isEqualTo(14);
    assertThat(Table.of(Locals.class).chunk().units()).isEqualTo(7 * 86_400_000_000L);
    assertThat(Table.of(Blocks.class).chunk().units()).isEqualTo(100_000);
    assertThat(Table.of(Blocks.class).time().type()).isEqualTo(ColumnType.of(Kind.BIGINT));
  }

  @Nested
  class Refuses {

    record Bare(Instant time) {}

    @Test
    void aRecordWithoutAnnotation() {
      refused(Bare.class, "record Bare has no @TimeSeries; expected it on the record");
    }

    @TimeSeries
    record Timeless(@Measure int value) {}

    @Test
    void aRecordWithoutTime() {
      refused(Timeless.class, "record Timeless: no column is the time; expected exactly one @Time");
    }

    @TimeSeries
    record TwoTimes(@Time Instant start, @Time Instant end) {}

    @Test
    void twoTimes() {
      refused(
          TwoTimes.class,
          "record TwoTimes: several columns are the time, [start, end]; expected exactly one @Time");
    }

    @TimeSeries
    record Unmarked(@Time Instant time, int value) {}

    @Test
    void aComponentWithoutAnnotation() {
      refused(
          Unmarked.class,
          "record Unmarked, component value has no annotation; expected one of @Time, @Dimension"
              + " and @Measure");
    }

    @TimeSeries
    record Torn(@Time @Measure Instant time) {}

    @Test
    void aComponentWithSeveralAnnotations() {
      refused(
          Torn.class,
          "record Torn, component time has several annotations; expected one of @Time, @Dimension"
              + " and @Measure");
    }

    @TimeSeries
    record TextTime(@Time String time) {}

    @Test
    void aTimeOfAnotherType() {
      refused(
          TextTime.class,
          "record TextTime: time column \"time\" is of type text; expected timestamp with or"
              + " without time zone, date or bigint (Instant, LocalDateTime, LocalDate or long)");
    }

    @TimeSeries
    record MaybeTime(@Time Optional<Instant> time) {}

    @TimeSeries
    record BoxedTime(@Time Long time) {}

    @TimeSeries
    record MaybeDimension(@Time Instant time, @Dimension Optional<String> device) {}

    @Test
    void aTimeOrDimensionThatMayBeAbsent() {
      refused(
          MaybeTime.class,
          "record MaybeTime, component time is of type java.util.Optional<java.time.Instant>, but a"
              + " time is never null; expected the type without Optional");
      refused(
          BoxedTime.class,
          "record BoxedTime, component time is of type java.lang.Long, but a time is never null;"
              + " expected long");
      refused(
          MaybeDimension.class,
          "record MaybeDimension, component device is of type java.util.Optional<java.lang.String>,"
              + " but a dimension is never null; expected the type without Optional");
    }

    @TimeSeries
    record Offset(@Time Instant time, @Measure OffsetDateTime seen) {}

    @TimeSeries
    record Lasting(@Time Instant time, @Measure Duration elapsed) {}

    @TimeSeries
    record Huge(@Time Instant time, @Measure BigInteger value) {}

    @TimeSeries
    record Mapped(@Time Instant time, @Measure Map<String, String> tags) {}

    @TimeSeries
    record Raw(@Time Instant time, @Measure ArrayList<String> tags) {}

    @Test
    void typesThatNoColumnHolds() {
      refused(
          Offset.class,
          "record Offset, component seen is of type java.time.OffsetDateTime, which no column holds;"
              + " PostgreSQL does not keep the offset: use Instant");
      refused(
          Lasting.class,
          "record Lasting, component elapsed is of type java.time.Duration, which no column holds;"
              + " use a long with its unit in the name, such as durationMs");
      refused(
          Huge.class,
          "record Huge, component value is of type java.math.BigInteger, which no column holds; use"
              + " BigDecimal");
      refused(
          Mapped.class,
          "record Mapped, component tags is of type java.util.Map<java.lang.String,"
              + " java.lang.String>, which no column holds; expected boolean, short, int, long,"
              + " float, double or a box of it, BigDecimal, String, an enum, UUID, Json, byte[],"
              + " Instant, LocalDateTime or LocalDate, or an Optional, an array or a List of one of"
              + " them");
      assertThatThrownBy(() -> Table.of(Raw.class))
          .isInstanceOf(MappingException.class)
          .hasMessageStartingWith(
              "record Raw, component tags is of type java.util.ArrayList<java.lang.String>, which no"
                  + " column holds; expected boolean");
    }

    @TimeSeries
    record Matrix(@Time Instant time, @Measure double[][] values) {}

    @TimeSeries
    record Maybes(@Time Instant time, @Measure List<Optional<String>> values) {}

    @TimeSeries
    record Maybe2(@Time Instant time, @Measure Optional<OptionalInt> value) {}

    @Test
    void arraysAndOptionalsWithinEachOther() {
      refused(
          Matrix.class,
          "record Matrix, component values is an array of double[]; expected an array of single"
              + " values: an element may be null instead of an empty Optional, and an array has one"
              + " dimension");
      refused(
          Maybes.class,
          "record Maybes, component values is an array of java.util.Optional<java.lang.String>;"
              + " expected an array of single values: an element may be null instead of an empty"
              + " Optional, and an array has one dimension");
      refused(
          Maybe2.class,
          "record Maybe2, component value is an Optional of an Optional; expected one Optional");
    }

    @TimeSeries(key = "device")
    record KeyWithoutTime(@Time Instant time, @Dimension String device) {}

    @TimeSeries(key = {"sensor", "time"})
    record KeyOfNothing(@Time Instant time, @Dimension String device) {}

    @TimeSeries(key = {"time", "time"})
    record KeyTwice(@Time Instant time) {}

    @Test
    void keysThatCannotBe() {
      refused(
          KeyWithoutTime.class,
          "record KeyWithoutTime: key [device] lacks the time: uniqueness is kept chunk by chunk;"
              + " use key [device, time]");
      refused(
          KeyOfNothing.class,
          "record KeyOfNothing: key names a column \"sensor\" that is not there; expected some of"
              + " [time, device]");
      refused(KeyTwice.class, "record KeyTwice: key [time, time] names a column twice");
    }

    @TimeSeries
    record Twins(@Time Instant time, @Measure int aB, @Measure("a_b") int other) {}

    @TimeSeries
    record Reserved(@Time Instant time, @Measure int xmin) {}

    @TimeSeries
    record Wordy(@Time Instant time, @Measure("ααααααααααααααααααααααααααααααααx") int value) {}

    @TimeSeries(table = ".x")
    record NoSchema(@Time Instant time) {}

    @Test
    void namesThatCannotBe() {
      refused(Twins.class, "record Twins: two columns are named \"a_b\"; expected different names");
      refused(
          Reserved.class,
          "record Reserved: column name \"xmin\" belongs to PostgreSQL itself; expected another name");
      refused(
          Wordy.class,
          "record Wordy: column name \"ααααααααααααααααααααααααααααααααx\" is not usable: expected 1"
              + " to 63 bytes without NUL, found 65 bytes");
      refused(
          NoSchema.class,
          "record NoSchema: schema name \"\" is not usable: expected 1 to 63 bytes without NUL,"
              + " found 0 bytes");
    }

    @TimeSeries(chunk = "1 month")
    record Monthly(@Time Instant time) {}

    @TimeSeries
    record Unbounded(@Time long block) {}

    @Test
    void chunksThatCannotBe() {
      refused(
          Monthly.class,
          "record Monthly: chunk \"1 month\": a chunk has a fixed width, which months and years"
              + " have not; use days, such as \"30 days\"");
      refused(
          Unbounded.class,
          "record Unbounded: a bigint time has no default chunk; expected a width in the column's"
              + " own units, such as chunk = \"100000\"");
    }

    private void refused(Class<? extends Record> record, String message) {
      assertThatThrownBy(() -> Table.of(record))
          .isInstanceOf(MappingException.class)
          .hasMessage(message);
    }
  }

  private static <T> @Nullable Object[] values(Table<T> table, T row) {
    List<@Nullable Object> values = new ArrayList<>();
    for (Column<T, ?> column : table.columns()) {
      values.add(column.value(row));
    }
    return Collections.unmodifiableList(values).toArray();
  }
}
