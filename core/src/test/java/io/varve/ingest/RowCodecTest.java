package io.varve.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.MappingException;
import io.varve.model.Column;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Dimension;
import io.varve.model.Json;
import io.varve.model.Measure;
import io.varve.model.Row;
import io.varve.model.Table;
import io.varve.model.Time;
import io.varve.model.TimeSeries;
import io.varve.schema.StoredType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RowCodecTest {

  private static final Instant NOON = Instant.parse("2024-02-29T12:00:00.123456Z");
  private static final Instant FIRST = Instant.parse("-4713-11-24T00:00:00Z");
  private static final Instant LAST = Instant.parse("+294276-12-31T23:59:59.999999Z");

  // ---- every value comes back, bit by bit ----

  private record Value(ColumnType type, @Nullable Object value) {}

  @Property(tries = 4000)
  void everyValueComesBack(@ForAll("values") Value value) {
    assertThat(bits(roundTrip(value.type(), value.value()))).isEqualTo(bits(value.value()));
  }

  @Provide
  Arbitrary<Value> values() {
    return Arbitraries.of(Kind.values())
        .flatMap(
            kind ->
                Arbitraries.oneOf(
                    of(kind).injectNull(0.05).map(value -> new Value(ColumnType.of(kind), value)),
                    of(kind)
                        .injectNull(0.1)
                        .list()
                        .ofMaxSize(20)
                        .map(list -> new Value(ColumnType.arrayOf(kind), list))));
  }

  private static Arbitrary<?> of(Kind kind) {
    return switch (kind) {
      case BOOLEAN -> Arbitraries.of(true, false);
      case SMALLINT -> Arbitraries.shorts();
      case INTEGER -> Arbitraries.integers();
      case BIGINT -> Arbitraries.longs();
      case REAL -> Arbitraries.integers().map(Float::intBitsToFloat);
      case DOUBLE -> Arbitraries.longs().map(Double::longBitsToDouble);
      case NUMERIC -> numbers();
      case TEXT -> texts();
      case UUID -> Arbitraries.longs().tuple2().map(pair -> new UUID(pair.get1(), pair.get2()));
      case JSONB -> texts().map(Json::new);
      case BYTEA -> Arbitraries.bytes().array(byte[].class).ofMaxSize(200);
      case TIMESTAMPTZ -> instants();
      case TIMESTAMP -> instants().map(RowCodecTest::local);
      case DATE ->
          Arbitraries.longs()
              .between(-2_451_545, 2_145_031_948)
              .map(days -> LocalDate.of(2000, 1, 1).plusDays(days))
              .edgeCases(edges -> edges.add(LocalDate.MIN, LocalDate.MAX, LocalDate.EPOCH));
    };
  }

  private static Arbitrary<BigDecimal> numbers() {
    Arbitrary<BigInteger> unscaled =
        Arbitraries.oneOf(
            Arbitraries.bigIntegers(),
            Arbitraries.strings().numeric().ofMinLength(1).ofMaxLength(60).map(BigInteger::new));
    return net.jqwik.api.Combinators.combine(
            unscaled, Arbitraries.integers().between(0, 40), Arbitraries.of(1, -1))
        .as((digits, scale, sign) -> new BigDecimal(digits, scale).multiply(new BigDecimal(sign)));
  }

  private static Arbitrary<String> texts() {
    return Arbitraries.integers()
        .between(1, Character.MAX_CODE_POINT)
        .filter(point -> point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE)
        .list()
        .ofMaxSize(50)
        .map(points -> points.stream().map(Character::toString).reduce("", String::concat));
  }

  private static Arbitrary<Instant> instants() {
    return Arbitraries.longs()
        .between(FIRST.getEpochSecond(), LAST.getEpochSecond())
        .flatMap(
            second ->
                Arbitraries.integers()
                    .between(0, 999_999)
                    .map(micro -> Instant.ofEpochSecond(second, 1_000L * micro)))
        .edgeCases(edges -> edges.add(Instant.MIN, Instant.MAX, FIRST, LAST, Instant.EPOCH));
  }

  private static LocalDateTime local(Instant instant) {
    if (instant.equals(Instant.MAX) || instant.equals(Instant.MIN)) {
      return instant.equals(Instant.MAX) ? LocalDateTime.MAX : LocalDateTime.MIN;
    }
    return LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
  }

  /** Something that is equal only if the value is the same to the last bit. */
  private static @Nullable Object bits(@Nullable Object value) {
    if (value instanceof Float real) {
      return Float.floatToRawIntBits(real);
    } else if (value instanceof Double real) {
      return Double.doubleToRawLongBits(real);
    } else if (value instanceof byte[] bytes) {
      return Arrays.toString(bytes);
    } else if (value instanceof List<?> list) {
      return list.stream().map(RowCodecTest::bits).toList().toString();
    }
    return value;
  }

  @Test
  void extremesOfEveryPrimitiveComeBack() {
    for (Primitives row :
        List.of(
            new Primitives(
                NOON, true, Short.MIN_VALUE, Integer.MIN_VALUE, Long.MIN_VALUE, -0f, -0.0),
            new Primitives(
                NOON,
                false,
                Short.MAX_VALUE,
                Integer.MAX_VALUE,
                Long.MAX_VALUE,
                Float.MIN_VALUE,
                Double.MIN_VALUE),
            new Primitives(
                NOON, false, (short) 0, 0, 0, Float.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY),
            new Primitives(
                NOON,
                false,
                (short) -1,
                -1,
                -1,
                Float.intBitsToFloat(0x7fa00001),
                Double.longBitsToDouble(0xfff4000000000001L)))) {
      List<@Nullable Object> read = roundTrip(Table.of(Primitives.class), row);

      assertThat(bits(read))
          .isEqualTo(
              bits(
                  List.of(
                      row.time(),
                      row.bool(),
                      row.small(),
                      row.number(),
                      row.big(),
                      row.narrow(),
                      row.wide())));
    }
  }

  @TimeSeries
  private record Primitives(
      @Time Instant time,
      @Dimension boolean bool,
      @Measure short small,
      @Measure int number,
      @Measure long big,
      @Measure float narrow,
      @Measure double wide) {}

  enum Mood {
    CALM
  }

  @TimeSeries
  private record Converted(
      @Time Instant time,
      @Dimension Mood mood,
      @Measure Optional<Double> maybe,
      @Measure double[] values,
      @Measure List<Mood> moods) {}

  @Test
  void enumsOptionalsAndArraysAreWrittenAsTheirColumns() {
    Converted full =
        new Converted(NOON, Mood.CALM, Optional.of(1.5), new double[] {2.5}, List.of(Mood.CALM));
    Converted bare = new Converted(NOON, Mood.CALM, Optional.empty(), new double[0], List.of());

    assertThat(roundTrip(Table.of(Converted.class), full))
        .containsExactly(NOON, "CALM", 1.5, List.of(2.5), List.of("CALM"));
    assertThat(roundTrip(Table.of(Converted.class), bare))
        .containsExactly(NOON, "CALM", null, List.of(), List.of());
  }

  @Test
  void aScaleIsKeptUnlessNegative() {
    assertThat(roundTrip(Kind.NUMERIC, new BigDecimal("1.50"))).isEqualTo(new BigDecimal("1.50"));
    assertThat(roundTrip(Kind.NUMERIC, new BigDecimal("0.0000")))
        .isEqualTo(new BigDecimal("0.0000"));
    assertThat(roundTrip(Kind.NUMERIC, new BigDecimal("-12E+7")))
        .isEqualTo(new BigDecimal("-120000000"));
    assertThat(roundTrip(Kind.NUMERIC, new BigDecimal("0E+7"))).isEqualTo(BigDecimal.ZERO);
  }

  @Test
  void numbersAreHeldUpToTheLimits() {
    BigDecimal widest = new BigDecimal("9".repeat(131_072));
    BigDecimal finest = new BigDecimal("1e-16383");

    assertThat(roundTrip(Kind.NUMERIC, widest)).isEqualTo(widest);
    assertThat(roundTrip(Kind.NUMERIC, finest)).isEqualTo(finest);
    refused(
        Kind.NUMERIC,
        new BigDecimal("1e131072"),
        "a number with 131073 digits before the decimal point; expected at most 131072");
    refused(
        Kind.NUMERIC,
        new BigDecimal("1e-16384"),
        "a number with 16384 digits after the decimal point; expected at most 16383");
  }

  // ---- integers ----

  @Test
  void anyIntegerThatFitsIsTaken() {
    assertThat(roundTrip(Kind.SMALLINT, -32_768L)).isEqualTo((short) -32_768);
    assertThat(roundTrip(Kind.INTEGER, (short) 7)).isEqualTo(7);
    assertThat(roundTrip(Kind.BIGINT, 7)).isEqualTo(7L);
  }

  @Test
  void integersOutOfRangeAreRefused() {
    refused(
        Kind.SMALLINT, 32_768, "32768 is out of the range of smallint; expected -32768 to 32767");
    refused(
        Kind.INTEGER,
        -2_147_483_649L,
        "-2147483649 is out of the range of integer; expected -2147483648 to 2147483647");
  }

  @Test
  void valuesOfAnotherClassAreRefused() {
    refused(Kind.DOUBLE, 1, "a value of class java.lang.Integer; expected Double");
    refused(Kind.BIGINT, 1.0, "a value of class java.lang.Double; expected Long");
    refused(Kind.JSONB, "{}", "a value of class java.lang.String; expected Json");
    refused(Kind.TIMESTAMPTZ, "now", "a value of class java.lang.String; expected Instant");
    refused(ColumnType.arrayOf(Kind.TEXT), "a", "a value of class java.lang.String; expected List");
    refused(
        ColumnType.arrayOf(Kind.TEXT),
        List.of("a", 2),
        "element 1: a value of class java.lang.Integer; expected String");
  }

  // ---- text ----

  @Test
  void textThatUtf8OrPostgresCannotHoldIsRefused() {
    refused(
        Kind.TEXT,
        "ab\0",
        "the text has a NUL character at position 2, which PostgreSQL cannot hold");
    refused(
        Kind.TEXT,
        "a\ud800",
        "the text has half a surrogate pair (U+D800) at position 1, which is no character");
    refused(
        Kind.TEXT,
        "\udc00a",
        "the text has half a surrogate pair (U+DC00) at position 0, which is no character");
    refused(
        Kind.JSONB,
        new Json("\"\ud800\""),
        "the text has half a surrogate pair (U+D800) at position 1, which is no character");
  }

  // ---- times ----

  @Test
  void timesFinerThanAMicrosecondAreRefused() {
    refused(
        Kind.TIMESTAMPTZ,
        Instant.parse("2024-01-01T00:00:00.123456789Z"),
        "2024-01-01T00:00:00.123456789Z is finer than a microsecond, PostgreSQL's precision;"
            + " truncate it first: truncatedTo(ChronoUnit.MICROS)");
    refused(
        Kind.TIMESTAMP,
        LocalDateTime.parse("2024-01-01T00:00:00.000000001"),
        "2024-01-01T00:00:00.000000001 is finer than a microsecond, PostgreSQL's precision;"
            + " truncate it first: truncatedTo(ChronoUnit.MICROS)");
  }

  @Test
  void timesOutOfRangeAreRefused() {
    refused(
        Kind.TIMESTAMPTZ,
        LAST.plus(1, ChronoUnit.MICROS),
        "+294277-01-01T00:00:00Z is out of range; expected -4713-11-24 to +294276-12-31, or MIN or"
            + " MAX for infinity");
    refused(
        Kind.TIMESTAMP,
        LocalDateTime.parse("-4713-11-23T23:59:59.999999"),
        "-4713-11-23T23:59:59.999999 is out of range; expected -4713-11-24 to +294276-12-31, or MIN"
            + " or MAX for infinity");
    refused(
        Kind.DATE,
        LocalDate.parse("+5874898-01-01"),
        "+5874898-01-01 is out of range; expected -4713-11-24 to +5874897-12-31, or MIN or MAX for"
            + " infinity");
  }

  @TimeSeries
  private record At(@Time Instant time) {}

  @TimeSeries
  private record On(@Time LocalDate day) {}

  @TimeSeries
  private record Locally(@Time LocalDateTime time) {}

  @TimeSeries(chunk = "10")
  private record Numbered(@Time long height) {}

  @Test
  void theTimeOfARowIsCountedFrom1970() {
    assertThat(codec(Table.of(At.class)).time(new At(NOON)))
        .isEqualTo(ChronoUnit.MICROS.between(Instant.EPOCH, NOON));
    assertThat(
            codec(Table.of(Locally.class))
                .time(new Locally(LocalDateTime.parse("1970-01-01T00:00"))))
        .isZero();
    assertThat(codec(Table.of(On.class)).time(new On(LocalDate.parse("1969-12-31")))).isEqualTo(-1);
    assertThat(codec(Table.of(Numbered.class)).time(new Numbered(Long.MIN_VALUE)))
        .isEqualTo(Long.MIN_VALUE);
  }

  @Test
  void theTimeItselfComesBack() {
    assertThat(roundTrip(Table.of(At.class), new At(FIRST))).containsExactly(FIRST);
    assertThat(
            roundTrip(
                Table.of(Locally.class),
                new Locally(LocalDateTime.parse("1999-12-31T23:59:59.999999"))))
        .containsExactly(LocalDateTime.parse("1999-12-31T23:59:59.999999"));
    assertThat(roundTrip(Table.of(On.class), new On(LocalDate.parse("+5874897-12-30"))))
        .containsExactly(LocalDate.parse("+5874897-12-30"));
    assertThat(roundTrip(Table.of(Numbered.class), new Numbered(Long.MAX_VALUE - 1)))
        .containsExactly(Long.MAX_VALUE - 1);
  }

  @Test
  void aTimeNoChunkCanHoldIsRefused() {
    RowCodec<At> at = codec(Table.of(At.class));

    assertThatThrownBy(() -> at.time(new At(Instant.MAX)))
        .isInstanceOf(MappingException.class)
        .hasMessage("column \"time\" of at: the time is infinite, which no chunk can hold");
    assertThatThrownBy(() -> at.time(new At(LAST)))
        .isInstanceOf(MappingException.class)
        .hasMessage(
            "column \"time\" of at: the time is too late for a chunk; expected it before"
                + " +294247-01-10T04:00:54.775807Z");
    assertThatThrownBy(() -> codec(Table.of(Numbered.class)).time(new Numbered(Long.MAX_VALUE)))
        .isInstanceOf(MappingException.class)
        .hasMessage(
            "column \"height\" of numbered: the time 9223372036854775807 is the last of its type,"
                + " which no chunk can hold");
    assertThatThrownBy(
            () -> codec(Table.of(On.class)).time(new On(LocalDate.parse("+5874897-12-31"))))
        .isInstanceOf(MappingException.class)
        .hasMessage(
            "column \"day\" of on: the time +5874897-12-31 is the last of its type, which no chunk"
                + " can hold");
    assertThatThrownBy(() -> codec(Table.of(On.class)).time(new On(LocalDate.MIN)))
        .isInstanceOf(MappingException.class)
        .hasMessage("column \"day\" of on: the time is infinite, which no chunk can hold");
  }

  // ---- rows ----

  @TimeSeries(table = "weather.conditions")
  private record Reading(
      @Time @Nullable Instant time,
      @Dimension @Nullable String device,
      @Measure @Nullable Double temperature) {}

  @Test
  void nullIsRefusedWhereTheColumnHasNone() {
    RowCodec<Reading> codec = codec(Table.of(Reading.class));

    assertThatThrownBy(() -> codec.encode(new Reading(NOON, null, 1.0), new CopyBuffer(64)))
        .isInstanceOf(MappingException.class)
        .hasMessage("column \"device\" of weather.conditions: null; expected a value");
    assertThatThrownBy(() -> codec.time(new Reading(null, "d", 1.0)))
        .isInstanceOf(MappingException.class)
        .hasMessage("column \"time\" of weather.conditions: null; expected a value");
  }

  @Test
  void aRefusedRowLeavesNoBytes() {
    Table<Reading> table = Table.of(Reading.class);
    CopyBuffer buffer = new CopyBuffer(16);
    codec(table).encode(new Reading(NOON, "d1", 1.0), buffer);
    assertThatThrownBy(
            () -> codec(table).encode(new Reading(NOON, "long ".repeat(100) + '\0', 2.0), buffer))
        .isInstanceOf(MappingException.class);
    codec(table).encode(new Reading(NOON, "d2", null), buffer);

    TupleReader reader = new TupleReader(buffer);
    assertThat(reader.next(table)).containsExactly(NOON, "d1", 1.0);
    assertThat(reader.next(table)).containsExactly(NOON, "d2", null);
    assertThat(reader.hasNext()).isFalse();
  }

  @TimeSeries
  private record Broken(@Time Instant time, @Measure double value) {
    @Override
    public double value() {
      throw new UnsupportedOperationException("not today");
    }
  }

  @Test
  void anAccessorThatThrowsIsNamed() {
    RowCodec<Broken> codec = codec(Table.of(Broken.class));

    assertThatThrownBy(() -> codec.encode(new Broken(NOON, 1), new CopyBuffer(16)))
        .isInstanceOf(MappingException.class)
        .hasMessage(
            "column \"value\" of broken: reading it failed:"
                + " java.lang.UnsupportedOperationException: not today")
        .hasCauseInstanceOf(UnsupportedOperationException.class);
  }

  private static @Nullable Object roundTrip(Kind kind, @Nullable Object value) {
    return roundTrip(ColumnType.of(kind), value);
  }

  private static @Nullable Object roundTrip(ColumnType type, @Nullable Object value) {
    Table<Row> table = tableOf(type);
    return roundTrip(table, table.newRow(new Object[] {NOON, value})).get(1);
  }

  private static <T> List<@Nullable Object> roundTrip(Table<T> table, T row) {
    CopyBuffer buffer = new CopyBuffer(8);
    codec(table).encode(row, buffer);
    TupleReader reader = new TupleReader(buffer);
    List<@Nullable Object> values = reader.next(table);
    assertThat(reader.hasNext()).isFalse();
    return values;
  }

  private static void refused(Kind kind, Object value, String reason) {
    refused(ColumnType.of(kind), value, reason);
  }

  private static void refused(ColumnType type, Object value, String reason) {
    Table<Row> table = tableOf(type);
    CopyBuffer buffer = new CopyBuffer(8);

    assertThatThrownBy(() -> codec(table).encode(table.newRow(new Object[] {NOON, value}), buffer))
        .isInstanceOf(MappingException.class)
        .hasMessage("column \"value\" of t: " + reason);
    assertThat(buffer.size()).isZero();
  }

  private static Table<Row> tableOf(ColumnType type) {
    return Table.builder("t")
        .time("time", ColumnType.of(Kind.TIMESTAMPTZ))
        .measure("value", type)
        .build();
  }

  private static <T> RowCodec<T> codec(Table<T> table) {
    List<StoredType> types = new ArrayList<>();
    for (Column<T, ?> column : table.columns()) {
      types.add(StoredType.of(column.type().kind()));
    }
    return new RowCodec<>(table, types);
  }
}
