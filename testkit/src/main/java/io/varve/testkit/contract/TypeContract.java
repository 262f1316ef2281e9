package io.varve.testkit.contract;

import static io.varve.model.ColumnType.arrayOf;
import static io.varve.model.ColumnType.of;
import static org.assertj.core.api.Assertions.assertThat;

import io.varve.Varve;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Json;
import io.varve.model.Row;
import io.varve.model.Table;
import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TestDatabase;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every type: a value written is the value read, bit by bit, and PostgreSQL itself prints what was
 * meant, so that writer and reader cannot be wrong together.
 */
@ExtendWith({DatabaseExtension.class, VarveExtension.class})
final class TypeContract {

  private static final Instant START = Instant.parse("2024-01-01T00:00:00Z");

  /**
   * A value and how PostgreSQL prints it.
   *
   * @param value as Varve takes and gives it
   * @param text as the server prints it in UTC
   */
  private record Sample(Object value, String text) {}

  private static List<Sample> samples(Kind kind) {
    return switch (kind) {
      case BOOLEAN -> List.of(sample(true, "true"), sample(false, "false"));
      case SMALLINT -> List.of(sample(Short.MIN_VALUE, "-32768"), sample(Short.MAX_VALUE, "32767"));
      case INTEGER ->
          List.of(
              sample(Integer.MIN_VALUE, "-2147483648"), sample(Integer.MAX_VALUE, "2147483647"));
      case BIGINT ->
          List.of(
              sample(Long.MIN_VALUE, "-9223372036854775808"),
              sample(Long.MAX_VALUE, "9223372036854775807"),
              sample(0L, "0"));
      case REAL ->
          List.of(
              sample(0f, "0"),
              sample(-0f, "-0"),
              sample(0.1f, "0.1"),
              sample(Float.MIN_VALUE, "1e-45"),
              sample(Float.MIN_NORMAL, "1.1754944e-38"),
              sample(Float.MAX_VALUE, "3.4028235e+38"),
              sample(Float.NaN, "NaN"),
              sample(Float.POSITIVE_INFINITY, "Infinity"),
              sample(Float.NEGATIVE_INFINITY, "-Infinity"));
      case DOUBLE ->
          List.of(
              sample(0d, "0"),
              sample(-0d, "-0"),
              sample(0.1, "0.1"),
              sample(Double.MIN_VALUE, "5e-324"),
              sample(Double.MIN_NORMAL, "2.2250738585072014e-308"),
              sample(Double.MAX_VALUE, "1.7976931348623157e+308"),
              sample(Double.NaN, "NaN"),
              sample(Double.POSITIVE_INFINITY, "Infinity"),
              sample(Double.NEGATIVE_INFINITY, "-Infinity"));
      case NUMERIC ->
          List.of(
              numeric("0"),
              numeric("0.00"),
              numeric("-1.50"),
              numeric("9999"),
              numeric("10000"),
              numeric("0.0001"),
              numeric("0.00001"),
              numeric("100000000"),
              numeric("-123456789012345678901234567890.1234567890"),
              numeric("0.0000000000000000000000000001"));
      case TEXT ->
          List.of(
              sample("", ""),
              sample("\\N", "\\N"),
              sample("a\tb\nc\r\\\"'", "a\tb\nc\r\\\"'"),
              sample("ä€😀", "ä€😀"),
              sample("x".repeat(100_000), "x".repeat(100_000)));
      case UUID ->
          List.of(
              sample(new UUID(0, 0), "00000000-0000-0000-0000-000000000000"),
              sample(new UUID(-1, -1), "ffffffff-ffff-ffff-ffff-ffffffffffff"),
              sample(
                  new UUID(0x0123456789abcdefL, 0x8899aabbccddeeffL),
                  "01234567-89ab-cdef-8899-aabbccddeeff"));
      case JSONB ->
          List.of(json("{}"), json("null"), json("[1, \"ä\", {\"b\": 1.50}]"), json("\"text\""));
      case BYTEA ->
          List.of(
              sample(new byte[0], "\\x"),
              sample(new byte[] {0, 1, 127, -128, -1}, "\\x00017f80ff"));
      case TIMESTAMPTZ ->
          List.of(
              sample(Instant.EPOCH, "1970-01-01 00:00:00+00"),
              sample(Instant.parse("1969-12-31T23:59:59.999999Z"), "1969-12-31 23:59:59.999999+00"),
              sample(Instant.parse("1999-12-31T23:59:59.999999Z"), "1999-12-31 23:59:59.999999+00"),
              sample(Instant.parse("2024-03-10T07:30:00Z"), "2024-03-10 07:30:00+00"),
              sample(Instant.parse("-0043-03-15T12:00:00Z"), "0044-03-15 12:00:00+00 BC"),
              sample(
                  Instant.parse("+294276-12-31T23:59:59.999999Z"),
                  "294276-12-31 23:59:59.999999+00"),
              sample(Instant.MAX, "infinity"),
              sample(Instant.MIN, "-infinity"));
      case TIMESTAMP ->
          List.of(
              sample(LocalDateTime.parse("1970-01-01T00:00:00"), "1970-01-01 00:00:00"),
              sample(
                  LocalDateTime.parse("1969-12-31T23:59:59.999999"), "1969-12-31 23:59:59.999999"),
              sample(LocalDateTime.parse("2024-03-10T02:30:00"), "2024-03-10 02:30:00"),
              sample(LocalDateTime.parse("1582-10-10T00:00:00"), "1582-10-10 00:00:00"),
              sample(LocalDateTime.MAX, "infinity"),
              sample(LocalDateTime.MIN, "-infinity"));
      case DATE ->
          List.of(
              sample(LocalDate.EPOCH, "1970-01-01"),
              sample(LocalDate.parse("2024-02-29"), "2024-02-29"),
              sample(LocalDate.parse("1582-10-10"), "1582-10-10"),
              sample(LocalDate.parse("-0043-03-15"), "0044-03-15 BC"),
              sample(LocalDate.MAX, "infinity"),
              sample(LocalDate.MIN, "-infinity"));
    };
  }

  private static Sample sample(Object value, String text) {
    return new Sample(value, text);
  }

  private static Sample numeric(String text) {
    return new Sample(new BigDecimal(text), text);
  }

  private static Sample json(String text) {
    return new Sample(new Json(text), text);
  }

  private final TestDatabase database;
  private final Varve varve;

  TypeContract(TestDatabase database, Varve varve) {
    this.database = database;
    this.varve = varve;
  }

  @ParameterizedTest
  @EnumSource
  void valueWrittenIsTheValueRead(Kind kind) throws SQLException {
    Table<Row> table =
        Table.builder("samples")
            .time("time", of(Kind.TIMESTAMPTZ))
            .measure("value", of(kind))
            .chunk("1 day")
            .build();
    List<Row> rows = new ArrayList<>();
    samples(kind).forEach(sample -> rows.add(row(rows.size(), sample.value())));
    rows.add(row(rows.size(), null));

    varve.schema().create(table);
    varve.table(table).insertAll(rows);

    assertSame(varve.from(table).oldestFirst().list(), rows);
    assertSame(varve.from("samples").oldestFirst().list(), rows);
    List<String> texts = new ArrayList<>(samples(kind).stream().map(Sample::text).toList());
    texts.add("null");
    assertThat(printed("select value::text from samples order by time")).isEqualTo(texts);
  }

  @ParameterizedTest
  @EnumSource
  void arrayWrittenIsTheArrayRead(Kind kind) throws SQLException {
    Table<Row> table =
        Table.builder("samples")
            .time("time", of(Kind.TIMESTAMPTZ))
            .measure("value", arrayOf(kind))
            .chunk("1 day")
            .build();
    List<@Nullable Object> elements = new ArrayList<>();
    samples(kind).forEach(sample -> elements.add(sample.value()));
    elements.add(null);
    List<Row> rows =
        List.of(row(0, elements), row(1, List.of()), row(2, null), row(3, elements.subList(0, 1)));

    varve.schema().create(table);
    varve.table(table).insertAll(rows);

    assertSame(varve.from(table).oldestFirst().list(), rows);
    List<String> texts = new ArrayList<>(samples(kind).stream().map(Sample::text).toList());
    texts.add("null");
    assertThat(
            printed(
                """
                select element::text
                from (select value from samples order by time limit 1) as first_row,
                  unnest(value) with ordinality as elements (element, position)
                order by position
                """))
        .isEqualTo(texts);
  }

  @ParameterizedTest
  @EnumSource
  void valueIsFoundByEquality(Kind kind) {
    Table<Row> table =
        Table.builder("samples")
            .time("time", of(Kind.TIMESTAMPTZ))
            .measure("value", of(kind))
            .chunk("1 day")
            .build();
    Object wanted = samples(kind).get(1).value();
    varve.schema().create(table);
    varve.table(table).insertAll(List.of(row(0, wanted), row(1, null)));
    assertSame(varve.from(table).where("value", wanted).list(), List.of(row(0, wanted)));
  }

  private static Row row(int index, @Nullable Object value) {
    return new Row(List.of("time", "value"), START.plusSeconds(index), value);
  }

  /** Arrays in lists have no equality of their own. */
  private static void assertSame(List<Row> found, List<Row> expected) {
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < found.size(); i++) {
      Object[] values = found.get(i).asMap().values().toArray();
      Object[] wanted = expected.get(i).asMap().values().toArray();
      assertThat(Arrays.deepEquals(comparable(values), comparable(wanted)))
          .as("row %d: found %s, expected %s", i, found.get(i), expected.get(i))
          .isTrue();
    }
  }

  private static @Nullable Object[] comparable(@Nullable Object[] values) {
    return Arrays.stream(values)
        .map(value -> value instanceof List<?> list ? list.toArray() : value)
        .toArray();
  }

  private List<String> printed(String sql) throws SQLException {
    try (Connection connection = database.jdbc();
        Statement statement = connection.createStatement()) {
      statement.execute("set timezone = 'UTC'");
      try (ResultSet result = statement.executeQuery(sql)) {
        List<String> values = new ArrayList<>();
        while (result.next()) {
          values.add(String.valueOf(result.getString(1)));
        }
        return values;
      }
    }
  }
}
