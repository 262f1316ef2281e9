package io.varve.testkit.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.Varve;
import io.varve.ingest.TableWriter;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Json;
import io.varve.model.Row;
import io.varve.model.Table;
import io.varve.model.TableBuilder;
import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TestDatabase;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.TimeZone;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Random values of every type, written by the codec and read back past Varve: PostgreSQL's own send
 * functions for the bits of floats, the driver's readers for the rest.
 */
@ExtendWith(DatabaseExtension.class)
class CopyRoundTripIT {

  private static final int ROWS = 3_000;
  private static final Instant START = Instant.parse("2024-03-09T00:00:00Z");

  private static final List<Instant> EXTREMES =
      List.of(
          Instant.MAX,
          Instant.MIN,
          Instant.parse("-4713-11-24T00:00:00Z"),
          Instant.parse("-0001-12-31T23:59:59.999999Z"),
          Instant.parse("0000-02-29T00:00:00.000001Z"),
          Instant.parse("+10000-01-01T00:00:00Z"),
          Instant.parse("+294276-12-31T23:59:59.999999Z"));

  private final TestDatabase database;
  private final TimeZone zone = TimeZone.getDefault();
  private final Locale locale = Locale.getDefault();

  CopyRoundTripIT(TestDatabase database) {
    this.database = database;
  }

  @AfterEach
  void restoreDefaults() {
    TimeZone.setDefault(zone);
    Locale.setDefault(locale);
  }

  @ParameterizedTest
  @CsvSource({"UTC, 1", "America/New_York, 2", "Asia/Kolkata, 3", "Pacific/Apia, 4"})
  void everyValueComesBackWhateverTheZone(String jvmZone, long seed) throws SQLException {
    TimeZone.setDefault(TimeZone.getTimeZone(jvmZone));
    Random random = new Random(seed);
    Table<Row> table = table("samples_" + seed);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      rows.add(row(table, i, random));
    }

    try (Varve varve = database.connect()) {
      varve.schema().create(table);
      assertThat(varve.table(table).insertAll(rows).written()).isEqualTo(ROWS);
    }

    assertThat(stored(table)).isEqualTo(rows.stream().map(CopyRoundTripIT::expected).toList());
  }

  /** INSERT sends text and COPY bytes; PostgreSQL must not see a difference. */
  @Test
  void oneRowAndManyAreStoredAlikeWhateverTheDigits() throws SQLException {
    Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
    Random random = new Random(5);
    Table<Row> copied = table("copied");
    Table<Row> inserted = table("inserted");
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      rows.add(row(copied, i, random));
    }
    for (int i = 0; i < EXTREMES.size(); i++) {
      rows.add(extreme(copied, 200 + i, EXTREMES.get(i)));
    }

    try (Varve varve = database.connect()) {
      varve.schema().create(copied);
      varve.schema().create(inserted);
      varve.table(copied).insertAll(rows);
      TableWriter<Row> writer = varve.table(inserted);
      for (Row row : rows) {
        assertThat(writer.insert(row).written()).isEqualTo(1);
      }
    }

    String difference = "select count(*) from (table %s except all table %s) d";
    assertThat(count(difference.formatted("copied", "inserted"))).isZero();
    assertThat(count("select count(*) from inserted")).isEqualTo(rows.size());
  }

  private static Row extreme(Table<Row> table, int index, Instant time) {
    @Nullable Object[] values = new Object[table.columns().size()];
    values[0] = START.plusSeconds(index);
    set(table, values, Kind.TIMESTAMPTZ, time);
    set(table, values, Kind.TIMESTAMP, local(time));
    set(table, values, Kind.DATE, local(time).toLocalDate());
    set(table, values, Kind.REAL, -0f);
    set(table, values, Kind.DOUBLE, Double.MIN_VALUE);
    set(table, values, Kind.TEXT, "\\ \" ' { } , NULL \t\n ü");
    set(table, values, Kind.NUMERIC, new BigDecimal("-1E+100"));
    set(table, values, Kind.BYTEA, new byte[] {0, -1, 92});
    return table.newRow(values);
  }

  private static void set(Table<Row> table, @Nullable Object[] values, Kind kind, Object value) {
    int column = table.columns().indexOf(table.column(name(kind)));
    values[column] = value;
    values[column + 1] = Arrays.asList(value, null, value);
  }

  private static LocalDateTime local(Instant time) {
    if (time.equals(Instant.MAX) || time.equals(Instant.MIN)) {
      return time.equals(Instant.MAX) ? LocalDateTime.MAX : LocalDateTime.MIN;
    }
    return LocalDateTime.ofInstant(time, ZoneOffset.UTC);
  }

  private long count(String sql) throws SQLException {
    try (Connection connection = database.jdbc();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  private static Table<Row> table(String name) {
    TableBuilder builder = Table.builder(name).time("time", ColumnType.of(Kind.TIMESTAMPTZ));
    for (Kind kind : Kind.values()) {
      builder.measure(name(kind), ColumnType.of(kind));
      builder.measure(name(kind) + "s", ColumnType.arrayOf(kind));
    }
    return builder.chunk("12 hours").build();
  }

  private static String name(Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT) + "_value";
  }

  private static Row row(Table<Row> table, int index, Random random) {
    List<@Nullable Object> values = new ArrayList<>();
    values.add(START.plusSeconds(60L * index));
    for (Kind kind : Kind.values()) {
      values.add(random.nextInt(10) == 0 ? null : value(kind, random));
      values.add(random.nextInt(10) == 0 ? null : list(kind, random));
    }
    return table.newRow(values.toArray());
  }

  private static List<@Nullable Object> list(Kind kind, Random random) {
    List<@Nullable Object> list = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      list.add(random.nextInt(5) == 0 ? null : value(kind, random));
    }
    return list;
  }

  private static Object value(Kind kind, Random random) {
    return switch (kind) {
      case BOOLEAN -> random.nextBoolean();
      case SMALLINT -> (short) random.nextInt();
      case INTEGER -> random.nextInt();
      case BIGINT -> random.nextLong();
      case REAL -> Float.intBitsToFloat(random.nextInt());
      case DOUBLE -> Double.longBitsToDouble(random.nextLong());
      case NUMERIC ->
          new BigDecimal(
              new BigInteger(1 + random.nextInt(200), random)
                  .multiply(BigInteger.valueOf(random.nextBoolean() ? 1 : -1)),
              random.nextInt(60));
      case TEXT -> text(random);
      case UUID -> new UUID(random.nextLong(), random.nextLong());
      case JSONB -> new Json(Integer.toString(random.nextInt()));
      case BYTEA -> bytes(random);
      case TIMESTAMPTZ -> instant(random);
      case TIMESTAMP -> LocalDateTime.ofInstant(instant(random), ZoneOffset.UTC);
      case DATE -> LocalDate.ofInstant(instant(random), ZoneOffset.UTC);
    };
  }

  private static String text(Random random) {
    return random
        .ints(random.nextInt(20), 1, Character.MAX_CODE_POINT + 1)
        .filter(point -> point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static byte[] bytes(Random random) {
    byte[] bytes = new byte[random.nextInt(20)];
    random.nextBytes(bytes);
    return bytes;
  }

  /** Between the years 1 and 9999, in whose spelling server and driver agree. */
  private static Instant instant(Random random) {
    long seconds = random.nextLong(-62_135_596_800L, 253_402_300_800L);
    return Instant.ofEpochSecond(seconds, 1_000L * random.nextInt(1_000_000));
  }

  /** A row with each value in the form it is read back in. */
  private static List<@Nullable Object> expected(Row row) {
    List<@Nullable Object> expected = new ArrayList<>();
    int column = 1;
    for (Kind kind : Kind.values()) {
      Object value = row.value(column++);
      List<?> values = (List<?>) row.value(column++);
      expected.add(value == null ? null : comparable(kind, value));
      expected.add(
          values == null
              ? null
              : values.stream()
                  .map(element -> element == null ? null : comparable(kind, element))
                  .toList());
    }
    return expected;
  }

  private static Object comparable(Kind kind, Object value) {
    return switch (kind) {
      case REAL -> "%08x".formatted(Float.floatToRawIntBits((Float) value));
      case DOUBLE -> "%016x".formatted(Double.doubleToRawLongBits((Double) value));
      case BYTEA -> HexFormat.of().formatHex((byte[]) value);
      case JSONB -> value.toString();
      case SMALLINT -> ((Short) value).intValue();
      default -> value;
    };
  }

  private List<List<@Nullable Object>> stored(Table<Row> table) throws SQLException {
    List<List<@Nullable Object>> stored = new ArrayList<>();
    try (Connection connection = database.jdbc();
        Statement statement = connection.createStatement()) {
      statement.execute("set timezone = 'Australia/Lord_Howe'");
      for (int i = 0; i < ROWS; i++) {
        stored.add(new ArrayList<>());
      }
      for (Kind kind : Kind.values()) {
        read(statement, table, kind, stored);
      }
    }
    return stored;
  }

  /** One line per element; a value of its own counts as element 0. */
  private static void read(
      Statement statement, Table<Row> table, Kind kind, List<List<@Nullable Object>> stored)
      throws SQLException {
    String sql =
        """
        select extract(epoch from time - timestamptz '%3$s')::int / 60 as row_number,
               coalesce(position, 0) as position, %2$s as value, %1$ss is null as no_array
        from %4$s
        left join lateral (
          select 0 as position, %1$s as element
          union all
          select position, element from unnest(%1$ss) with ordinality as u (element, position)) e on true
        order by 1, 2
        """
            .formatted(name(kind), sent(kind), START, table.name().sql());
    try (ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        List<@Nullable Object> row = stored.get(rows.getInt("row_number"));
        Object value = javaValue(rows, kind);
        if (rows.getInt("position") == 0) {
          row.add(value);
          row.add(rows.getBoolean("no_array") ? null : new ArrayList<>());
        } else {
          elements(row).add(value);
        }
      }
    }
  }

  @SuppressWarnings("unchecked")
  private static List<@Nullable Object> elements(List<@Nullable Object> row) {
    return (List<@Nullable Object>) java.util.Objects.requireNonNull(row.get(row.size() - 1));
  }

  private static String sent(Kind kind) {
    return switch (kind) {
      case REAL -> "encode(float4send(element), 'hex')";
      case DOUBLE -> "encode(float8send(element), 'hex')";
      case BYTEA -> "encode(element, 'hex')";
      case JSONB -> "element::text";
      default -> "element";
    };
  }

  private static @Nullable Object javaValue(ResultSet rows, Kind kind) throws SQLException {
    return switch (kind) {
      case TIMESTAMPTZ -> {
        OffsetDateTime time = rows.getObject("value", OffsetDateTime.class);
        yield time == null ? null : time.toInstant();
      }
      case TIMESTAMP -> rows.getObject("value", LocalDateTime.class);
      case DATE -> rows.getObject("value", LocalDate.class);
      default -> rows.getObject("value");
    };
  }
}
