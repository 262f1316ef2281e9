package io.varve.testkit;

import static io.varve.query.Aggregate.count;
import static io.varve.query.Aggregate.max;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.DataException;
import io.varve.Varve;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Row;
import io.varve.model.Table;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.Period;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TimeZone;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Times of every type, at the edges of the calendar and of the day, in any time zone. */
@ExtendWith(DatabaseExtension.class)
final class QueryTimeIT {

  /** As Java writes them. */
  private static final List<String> TIMES =
      List.of(
          "-4713-11-24T00:00:00",
          "-0043-03-15T12:34:56.789012",
          "0000-12-31T23:59:59.999999",
          "0001-01-01T00:00:00",
          "1582-10-04T12:00:00",
          "1582-10-10T12:00:00",
          "1883-11-18T17:00:00",
          "1937-07-01T00:19:32.000001",
          "1969-12-31T23:59:59.999999",
          "2024-02-29T23:59:59.999999",
          "2024-03-31T01:30:00",
          "2024-03-31T02:30:00",
          "2024-10-27T02:30:00",
          "9999-12-31T23:59:59.999999",
          "+10000-01-01T00:00:00",
          "+294246-12-31T23:59:59.999999");

  /** The same, as PostgreSQL writes them. */
  private static final List<String> WRITTEN =
      List.of(
          "4714-11-24 00:00:00 BC",
          "0044-03-15 12:34:56.789012 BC",
          "0001-12-31 23:59:59.999999 BC",
          "0001-01-01 00:00:00",
          "1582-10-04 12:00:00",
          "1582-10-10 12:00:00",
          "1883-11-18 17:00:00",
          "1937-07-01 00:19:32.000001",
          "1969-12-31 23:59:59.999999",
          "2024-02-29 23:59:59.999999",
          "2024-03-31 01:30:00",
          "2024-03-31 02:30:00",
          "2024-10-27 02:30:00",
          "9999-12-31 23:59:59.999999",
          "10000-01-01 00:00:00",
          "294246-12-31 23:59:59.999999");

  private final TestDatabase database;
  private final TimeZone before = TimeZone.getDefault();
  private final Locale locale = Locale.getDefault();

  QueryTimeIT(TestDatabase database) {
    this.database = database;
  }

  @BeforeEach
  void createTable() throws SQLException {
    execute(
        """
        create table times (number int primary key, instant timestamptz, local timestamp, day date,
          instants timestamptz[], locals timestamp[], days date[])
        """);
    for (int i = 0; i < WRITTEN.size(); i++) {
      execute(
          """
          insert into times select %d, t::timestamp at time zone 'UTC', t::timestamp, t::date,
            array[t::timestamp at time zone 'UTC', null], array[t::timestamp, 'infinity'],
            array[t::date, '-infinity'] from (select text '%s' as t) as x
          """
              .formatted(i, WRITTEN.get(i)));
    }
  }

  @AfterEach
  void restore() throws SQLException {
    TimeZone.setDefault(before);
    Locale.setDefault(locale);
    execute("drop table times");
  }

  private static final Table<Row> BY_INSTANT = timesBy("instant");
  private static final Table<Row> BY_LOCAL = timesBy("local");
  private static final Table<Row> BY_DAY = timesBy("day");

  private static Table<Row> timesBy(String time) {
    var table = Table.builder("times");
    List.of("instant", "local", "day")
        .forEach(
            column -> {
              ColumnType type =
                  ColumnType.of(
                      switch (column) {
                        case "instant" -> Kind.TIMESTAMPTZ;
                        case "local" -> Kind.TIMESTAMP;
                        default -> Kind.DATE;
                      });
              if (column.equals(time)) {
                table.time(column, type);
              } else {
                table.measure(column, type);
              }
            });
    return table
        .measure("instants", ColumnType.arrayOf(Kind.TIMESTAMPTZ))
        .measure("locals", ColumnType.arrayOf(Kind.TIMESTAMP))
        .measure("days", ColumnType.arrayOf(Kind.DATE))
        .build();
  }

  private static LocalDateTime local(String text) {
    return LocalDateTime.parse(text);
  }

  private static Instant instant(String text) {
    return Instant.parse(text + "Z");
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTC", "Europe/Amsterdam", "America/New_York", "Asia/Kathmandu"})
  void timesAreReadAndFoundExactlyInAnyZone(String zone) {
    TimeZone.setDefault(TimeZone.getTimeZone(zone));
    try (Varve varve = database.connect()) {
      for (List<Row> rows :
          List.of(
              varve.from(BY_INSTANT).oldestFirst().list(),
              varve.from(BY_INSTANT).oldestFirst().limit(100).list())) {
        assertThat(rows).hasSameSizeAs(TIMES);
        for (int i = 0; i < rows.size(); i++) {
          Row row = rows.get(i);
          String text = TIMES.get(i);
          assertThat(row.value("instant")).isEqualTo(instant(text));
          assertThat(row.value("local")).isEqualTo(local(text));
          assertThat(row.value("day")).isEqualTo(local(text).toLocalDate());
          assertThat(row.value("instants")).isEqualTo(Arrays.asList(instant(text), null));
          assertThat(row.value("locals")).isEqualTo(List.of(local(text), LocalDateTime.MAX));
          assertThat(row.value("days"))
              .isEqualTo(List.of(local(text).toLocalDate(), LocalDate.MIN));
        }
      }
      for (String text : TIMES) {
        assertFound(varve, text);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ar-EG-u-nu-arab", "fa-IR-u-nu-arabext"})
  void timesAreFoundWhateverTheDigitsOfTheJvm(String tag) {
    Locale.setDefault(Locale.forLanguageTag(tag));
    try (Varve varve = database.connect()) {
      for (String text : TIMES) {
        assertFound(varve, text);
      }
    }
  }

  /** By equality, and by a range of a microsecond. */
  private static void assertFound(Varve varve, String text) {
    Instant time = instant(text);
    Instant next = time.plusNanos(1000);
    for (Table<Row> table : List.of(BY_INSTANT, BY_LOCAL)) {
      assertThat(varve.from(table).range(time, next).list())
          .as("%s in %s", text, table.time())
          .hasSize(1);
      assertThat(varve.from(table).since(time).count() + varve.from(table).before(time).count())
          .isEqualTo(TIMES.size());
      assertThat(varve.from(table).where("instant", time).count()).isEqualTo(1);
      assertThat(varve.from(table).where("local", local(text)).count()).isEqualTo(1);
    }
    assertThat(varve.from(BY_DAY).where("day", local(text).toLocalDate()).count())
        .isEqualTo(
            TIMES.stream()
                .filter(it -> local(it).toLocalDate().equals(local(text).toLocalDate()))
                .count());
  }

  @Test
  void nanosecondsOfABoundDecideExactly() {
    try (Varve varve = database.connect()) {
      Instant time = instant("2024-03-31T01:30:00");
      for (Table<Row> table : List.of(BY_INSTANT, BY_LOCAL)) {
        assertThat(varve.from(table).range(time, time.plusNanos(1)).count()).isEqualTo(1);
        assertThat(varve.from(table).range(time.plusNanos(1), time.plusNanos(1000)).count())
            .isZero();
        assertThat(varve.from(table).range(time.minusNanos(1), time).count()).isZero();
      }
    }
  }

  @Test
  void dateIsItsMidnightInUtc() {
    TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Auckland"));
    try (Varve varve = database.connect()) {
      Instant leapDay = instant("2024-02-29T00:00:00");
      Instant noon = instant("2024-02-29T12:00:00");
      Instant next = instant("2024-03-01T00:00:00");
      assertThat(varve.from(BY_DAY).range(leapDay, leapDay.plusNanos(1)).count()).isEqualTo(1);
      assertThat(varve.from(BY_DAY).range(leapDay, noon).count()).isEqualTo(1);
      assertThat(varve.from(BY_DAY).range(noon, next).count()).isZero();
      assertThat(varve.from(BY_DAY).range(leapDay.plusNanos(1), next).count()).isZero();
      assertThat(varve.from(BY_DAY).range(leapDay.minusNanos(1), leapDay).count()).isZero();
    }
  }

  @Test
  void infinitiesAreTheOutermostInstants() throws SQLException {
    execute(
        """
        insert into times values
          (100, 'infinity', 'infinity', 'infinity'), (101, '-infinity', '-infinity', '-infinity')
        """);
    try (Varve varve = database.connect()) {
      for (Table<Row> table : List.of(BY_INSTANT, BY_LOCAL, BY_DAY)) {
        int finite = TIMES.size();
        assertThat(varve.from(table).since(Instant.MIN).count()).isEqualTo(finite + 2);
        assertThat(varve.from(table).before(Instant.MAX).count()).isEqualTo(finite + 1);
        assertThat(varve.from(table).since(Instant.MAX).count()).isEqualTo(1);
        Instant beforeAll = Instant.parse("-9999-01-01T00:00:00Z");
        Instant afterAll = Instant.parse("+9999999-01-01T00:00:00Z");
        assertThat(varve.from(table).range(beforeAll, afterAll).count()).isEqualTo(finite);
        assertThat(varve.from(table).before(beforeAll).count()).isEqualTo(1);
        assertThat(varve.from(table).since(afterAll).count()).isEqualTo(1);
      }
      assertThat(varve.from(BY_INSTANT).newestFirst().first())
          .hasValueSatisfying(
              row -> {
                assertThat(row.value("instant")).isEqualTo(Instant.MAX);
                assertThat(row.value("local")).isEqualTo(LocalDateTime.MAX);
                assertThat(row.value("day")).isEqualTo(LocalDate.MAX);
              });
      assertThat(varve.from(BY_INSTANT).where("instant", Instant.MIN).count()).isEqualTo(1);
    }
  }

  @Test
  void bucketsAreOfTheTimesOwnClass() {
    Instant from = instant("2024-01-01T00:00:00");
    Instant to = instant("2025-01-01T00:00:00");
    try (Varve varve = database.connect()) {
      varve.toolkit().install();
      assertThat(
              varve
                  .from(BY_LOCAL)
                  .range(from, to)
                  .bucket(Duration.ofHours(2))
                  .select(count(), max("day"))
                  .list())
          .extracting(row -> row.value("bucket"), row -> row.value("count"))
          .containsExactly(
              tuple(local("2024-02-29T22:00:00"), 1L),
              tuple(local("2024-03-31T00:00:00"), 1L),
              tuple(local("2024-03-31T02:00:00"), 1L),
              tuple(local("2024-10-27T02:00:00"), 1L));
      assertThat(
              varve.from(BY_DAY).range(from, to).bucket(Period.ofMonths(1)).select(count()).list())
          .extracting(row -> row.value("bucket"), row -> row.value("count"))
          .containsExactly(
              tuple(LocalDate.of(2024, 2, 1), 1L),
              tuple(LocalDate.of(2024, 3, 1), 2L),
              tuple(LocalDate.of(2024, 10, 1), 1L));
      assertThat(
              varve.from(BY_DAY).range(from, to).bucket(Duration.ofDays(7)).select(count()).list())
          .extracting(row -> row.value("bucket"))
          .containsExactly(
              LocalDate.of(2024, 2, 26), LocalDate.of(2024, 3, 25), LocalDate.of(2024, 10, 21));
    }
  }

  private static org.assertj.core.groups.Tuple tuple(Object... values) {
    return new org.assertj.core.groups.Tuple(values);
  }

  @Test
  void valueJavaCannotHoldIsRefusedWithItsColumn() throws SQLException {
    execute(
        "create table odd (time timestamptz, price numeric, grid int[])",
        "insert into odd values ('2024-01-01+00', 'NaN', array[[1, 2], [3, 4]])");
    try (Varve varve = database.connect()) {
      Table<Row> prices =
          Table.builder("odd")
              .time("time", ColumnType.of(Kind.TIMESTAMPTZ))
              .measure("price", ColumnType.of(Kind.NUMERIC))
              .build();
      Table<Row> grids =
          Table.builder("odd")
              .time("time", ColumnType.of(Kind.TIMESTAMPTZ))
              .measure("grid", ColumnType.arrayOf(Kind.INTEGER))
              .build();
      assertThatThrownBy(() -> varve.from(prices).list())
          .isInstanceOf(DataException.class)
          .hasMessageStartingWith("reading odd, column \"price\": ")
          .hasMessageContaining("NaN");
      assertThatThrownBy(() -> varve.from(grids).useStream(Stream::count))
          .isInstanceOf(DataException.class)
          .hasMessage(
              "reading odd, column \"grid\": an array of several dimensions; expected one dimension");
    } finally {
      execute("drop table odd");
    }
  }

  private void execute(String... statements) throws SQLException {
    try (Connection connection = database.jdbc();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }
}
