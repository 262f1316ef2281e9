package io.varve.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.MappingException;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Json;
import io.varve.model.Row;
import io.varve.model.Table;
import io.varve.model.TableBuilder;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

final class RowImagesTest {

  private static final Table<Row> TABLE = table();

  private static Table<Row> table() {
    TableBuilder builder =
        Table.builder("kinds").time("time", ColumnType.of(Kind.TIMESTAMPTZ)).chunk("1 day");
    for (Kind kind : Kind.values()) {
      builder.measure("v_" + kind.name().toLowerCase(Locale.ROOT), ColumnType.of(kind));
    }
    for (Kind kind : Kind.values()) {
      builder.measure("a_" + kind.name().toLowerCase(Locale.ROOT), ColumnType.arrayOf(kind));
    }
    return builder.build();
  }

  private static Arbitrary<?> values(Kind kind) {
    return switch (kind) {
      case BOOLEAN -> Arbitraries.of(true, false);
      case SMALLINT -> Arbitraries.shorts();
      case INTEGER -> Arbitraries.integers();
      case BIGINT -> Arbitraries.longs();
      case REAL -> Arbitraries.integers().map(Float::intBitsToFloat);
      case DOUBLE -> Arbitraries.longs().map(Double::longBitsToDouble);
      case NUMERIC ->
          Arbitraries.bigIntegers()
              .between(BigInteger.TWO.pow(200).negate(), BigInteger.TWO.pow(200))
              .flatMap(
                  unscaled ->
                      Arbitraries.integers()
                          .between(-400, 400)
                          .map(scale -> new BigDecimal(unscaled, scale)));
      case TEXT -> Arbitraries.chars().all().list().map(RowImagesTest::text);
      case UUID -> Arbitraries.longs().tuple2().map(pair -> new UUID(pair.get1(), pair.get2()));
      case JSONB -> Arbitraries.strings().map(Json::new);
      case BYTEA -> Arbitraries.bytes().array(byte[].class);
      case TIMESTAMPTZ ->
          Arbitraries.longs()
              .between(Instant.MIN.getEpochSecond(), Instant.MAX.getEpochSecond())
              .map(second -> Instant.ofEpochSecond(second, Math.floorMod(second, 1_000_000_000)));
      case TIMESTAMP ->
          Arbitraries.of(
              LocalDateTime.MIN,
              LocalDateTime.MAX,
              LocalDateTime.of(2024, 2, 29, 23, 59, 59, 999_999_999));
      case DATE ->
          Arbitraries.longs()
              .between(LocalDate.MIN.toEpochDay(), LocalDate.MAX.toEpochDay())
              .map(LocalDate::ofEpochDay);
    };
  }

  /** Half surrogates and NUL included. */
  private static String text(List<Character> characters) {
    StringBuilder text = new StringBuilder();
    characters.forEach(text::append);
    return text.toString();
  }

  @Provide
  Arbitrary<List<@Nullable Object>> rows() {
    List<Arbitrary<Object>> columns = new ArrayList<>();
    columns.add(values(Kind.TIMESTAMPTZ).map(Object.class::cast));
    for (Kind kind : Kind.values()) {
      columns.add(values(kind).map(Object.class::cast).injectNull(0.2));
    }
    for (Kind kind : Kind.values()) {
      columns.add(
          values(kind)
              .map(Object.class::cast)
              .injectNull(0.2)
              .list()
              .ofMaxSize(4)
              .map(Object.class::cast)
              .injectNull(0.2));
    }
    return Combinators.combine(columns).as(values -> (List<@Nullable Object>) values);
  }

  private static List<Row> through(List<Row> rows) {
    RowImages<Row> images = new RowImages<>(TABLE);
    CopyBuffer out = new CopyBuffer(16);
    rows.forEach(row -> images.write(row, out));
    return images.read(Arrays.copyOf(out.array(), out.size()), rows.size());
  }

  /** Bit for bit: NaNs with what they carry, and the scale of numbers. */
  private static Object exact(@Nullable Object value) {
    if (value instanceof Double number) {
      return Double.doubleToRawLongBits(number);
    } else if (value instanceof Float number) {
      return Float.floatToRawIntBits(number);
    } else if (value instanceof byte[] bytes) {
      return Arrays.toString(bytes);
    } else if (value instanceof List<?> list) {
      return list.stream().map(RowImagesTest::exact).toList();
    }
    return String.valueOf(value) + (value == null ? "" : value.getClass());
  }

  @Property(tries = 300)
  void rowsComeBackAsTheyWere(@ForAll("rows") List<@Nullable Object> values) {
    Row row = TABLE.newRow(values.toArray());
    Row back = through(List.of(row, row)).get(1);
    for (int i = 0; i < row.size(); i++) {
      assertThat(exact(back.value(i))).isEqualTo(exact(row.value(i)));
      if (row.value(i) instanceof String text) {
        assertThat(back.value(i)).isEqualTo(text);
      }
    }
  }

  @Example
  void whatAColumnWouldRefuseComesBackForItToRefuse() {
    @Nullable Object[] values = new Object[TABLE.columns().size()];
    values[0] = Instant.MAX;
    values[1] = "neither true nor false";
    Row row = TABLE.newRow(values);
    assertThat(through(List.of(row))).containsExactly(row);
  }

  @Example
  void whatNoColumnTakesIsRefusedAndLeavesNothing() {
    @Nullable Object[] values = new Object[TABLE.columns().size()];
    values[0] = Instant.EPOCH;
    values[3] = new Object();
    RowImages<Row> images = new RowImages<>(TABLE);
    CopyBuffer out = new CopyBuffer(16);
    assertThatThrownBy(() -> images.write(TABLE.newRow(values), out))
        .isInstanceOf(MappingException.class)
        .hasMessage(
            "column \"v_integer\" of kinds: a value of class java.lang.Object; expected one of a"
                + " column type");
    assertThat(out.size()).isZero();
  }
}
