package io.varve.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.ConstraintException;
import io.varve.DataException;
import io.varve.MappingException;
import io.varve.SchemaException;
import io.varve.Varve;
import io.varve.model.Dimension;
import io.varve.model.Json;
import io.varve.model.Measure;
import io.varve.model.Row;
import io.varve.model.Table;
import io.varve.model.Time;
import io.varve.model.TimeSeries;
import io.varve.query.NamedSql;
import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TestDatabase;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.Period;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** SQL with named parameters: values are bound, answers are rows or records. */
@ExtendWith(DatabaseExtension.class)
final class NamedSqlContract {

  private static final Instant NEW_YEAR = Instant.parse("2024-01-01T00:00:00Z");
  private static final String NASTY = "it's \"; DROP TABLE readings; -- :x ? \\ $$";

  private final TestDatabase database;
  private final Varve varve;

  NamedSqlContract(TestDatabase database) {
    this.database = database;
    this.varve = database.connect();
  }

  @TimeSeries(
      table = "readings",
      chunk = "1 day",
      key = {"device", "time"})
  record Reading(
      @Time Instant time,
      @Dimension String device,
      @Measure double temperature,
      @Measure @Nullable Json tags) {}

  @BeforeEach
  void writeTwoDays() throws SQLException {
    Sql.execute(database, "CREATE TYPE mood AS ENUM ('HAPPY', 'SAD')");
    varve.schema().create(Table.of(Reading.class));
    varve
        .table(Reading.class)
        .insertAll(
            IntStream.range(0, 48)
                .mapToObj(hour -> new Reading(at(hour), hour % 2 == 0 ? "a" : NASTY, hour, null))
                .toList());
  }

  private static Instant at(int hour) {
    return NEW_YEAR.plusSeconds(hour * 3600L);
  }

  @AfterEach
  void dropEverything() throws SQLException {
    try (varve) {
      Sql.dropHypertables(varve);
    }
    Sql.execute(database, "DROP TYPE mood");
  }

  @Test
  void recordsAreReadByTheirColumns() {
    List<Reading> read =
        varve
            .sql(
                """
                SELECT * FROM readings
                 WHERE device = :device AND time >= :from AND time < :to ORDER BY time
                """)
            .bind("device", "a")
            .bind("from", at(3))
            .bind("to", at(6))
            .list(Reading.class);
    assertThat(read).containsExactly(new Reading(at(4), "a", 4, null));
  }

  record Hottest(Optional<String> deviceName, long rows, @Nullable Double hottest) {}

  @Test
  void anyRecordTakesAnAnswer() {
    NamedSql sql =
        varve.sql(
            """
            SELECT device AS device_name, count(*) AS rows, max(temperature) AS hottest, 1 AS other
              FROM readings WHERE device = :device GROUP BY device
            """);
    assertThat(sql.bind("device", NASTY).first(Hottest.class))
        .contains(new Hottest(Optional.of(NASTY), 24, 47.0));
    assertThat(sql.bind("device", "nobody").first(Hottest.class)).isEmpty();
  }

  @Test
  void valuesAreNeverSql() {
    NamedSql sql = varve.sql("SELECT count(*) FROM readings WHERE device = :device");
    for (String value : List.of("a' OR '1' = '1", ":device", "?", "$1", "';", "\\", "$$")) {
      assertThat(sql.bind("device", value).list())
          .extracting(row -> row.value(0))
          .containsExactly(0L);
      assertThat(one("SELECT :x::text AS value", value)).isEqualTo(value);
    }
    assertThat(sql.bind("device", NASTY).first().orElseThrow().value("count")).isEqualTo(24L);
    assertThat(varve.from(Reading.class).count()).isEqualTo(48);
  }

  private @Nullable Object one(String sql, @Nullable Object value) {
    return varve.sql(sql).bind("x", value).first().orElseThrow().value(0);
  }

  private @Nullable Object typeOf(Object value) {
    return one("SELECT pg_typeof(:x)::text", value);
  }

  private @Nullable Object back(Object value) {
    return one("SELECT :x AS value", value);
  }

  @Test
  void valuesHaveTheTypesOfTheirClassesAndComeBackTheSame() {
    List<Object> values =
        List.of(
            true,
            (short) -3,
            Integer.MIN_VALUE,
            Long.MAX_VALUE,
            Float.MIN_VALUE,
            Double.NEGATIVE_INFINITY,
            0.1,
            new BigDecimal("-1234567890123456789.10"),
            "text",
            new UUID(7, 8),
            Instant.parse("2024-02-29T23:59:59.999999Z"),
            Instant.parse("-4712-01-01T00:00:00Z"),
            Instant.MIN,
            LocalDateTime.of(2024, 3, 31, 2, 30, 0, 1000),
            LocalDate.of(2024, 2, 29),
            List.of(at(1), at(2)),
            Arrays.asList(1.5, null, Double.NaN));
    for (Object value : values) {
      assertThat(back(value)).isEqualTo(value);
    }
    List<String> texts = List.of("a,b", "\"", "\\", "NULL", "{}", "", NASTY);
    assertThat(one("SELECT :x::text[]", texts)).isEqualTo(texts);
    assertThat(back((byte) 3)).isEqualTo((short) 3);
    assertThat(back(BigInteger.TEN)).isEqualTo(BigDecimal.TEN);
    assertThat(back(new byte[] {0, -1, 39})).isEqualTo(new byte[] {0, -1, 39});
    assertThat(back(new Json("{\"a\": \"it's ?\"}"))).isEqualTo(new Json("{\"a\": \"it's ?\"}"));
    assertThat(back(new int[] {1, 2})).isEqualTo(List.of(1, 2));
    assertThat(typeOf(at(0))).isEqualTo("timestamp with time zone");
    assertThat(typeOf(List.of(new UUID(1, 1)))).isEqualTo("uuid[]");
  }

  @Test
  void durationsAreIntervalsWhateverTheSessionsStyle() {
    for (String style : List.of("postgres", "sql_standard", "iso_8601")) {
      String set = "SELECT set_config('intervalstyle', '%s', true), ".formatted(style);
      assertThat(
              varve
                  .sql(set + "extract(epoch FROM :x) AS epoch, extract(day FROM :y) AS day")
                  .bind("x", Duration.ofDays(400).plusNanos(1000).negated())
                  .bind("y", Period.of(0, -1, 3))
                  .first())
          .hasValueSatisfying(
              row -> {
                assertThat(row.value("epoch", BigDecimal.class))
                    .isEqualByComparingTo("-34560000.000001");
                assertThat(row.value("day", BigDecimal.class)).isEqualByComparingTo("3");
              });
    }
    Duration longest = Duration.ofSeconds(Long.MAX_VALUE / 1_000_000);
    assertThat(one("SELECT extract(epoch FROM :x)::bigint", longest))
        .isEqualTo(longest.getSeconds());
    assertThat(
            one(
                "SELECT count(*) FROM readings WHERE time < :t - :x"
                    .replace(":t", "'2024-01-02Z'::timestamptz"),
                Duration.ofHours(22)))
        .isEqualTo(2L);
  }

  /** The driver looks a type up by its name, and would find a table's. */
  @Test
  void typesAreTheServersOwnWhateverElseBearsTheirNames() throws SQLException {
    for (String name : List.of("interval", "jsonb", "uuid", "_interval")) {
      Sql.execute(database, "CREATE TABLE \"%s\" (a integer)".formatted(name));
    }
    try (Varve fresh = database.connect()) {
      NamedSql sql = fresh.sql("SELECT pg_typeof(:x)::text AS type");
      Map<Object, String> types =
          Map.of(
              Duration.ofHours(1),
              "interval",
              Period.ofDays(1),
              "interval",
              new Json("{}"),
              "jsonb",
              new UUID(1, 2),
              "uuid",
              List.of(Duration.ofHours(1)),
              "interval[]",
              List.of(new Json("{}")),
              "jsonb[]",
              List.of(new UUID(1, 2)),
              "uuid[]");
      types.forEach(
          (value, type) ->
              assertThat(sql.bind("x", value).first().orElseThrow().value("type")).isEqualTo(type));
    } finally {
      Sql.execute(database, "DROP TABLE \"interval\", \"jsonb\", \"uuid\", \"_interval\"");
    }
  }

  enum Mood {
    HAPPY,
    SAD
  }

  @Test
  void textIsComparedWithWhateverStandsThere() {
    assertThat(one("SELECT 'SAD'::mood = :x", Mood.SAD)).isEqualTo(true);
    assertThat(one("SELECT 'SAD'::mood = ANY(:x)", List.of(Mood.HAPPY))).isEqualTo(false);
    assertThat(one("SELECT :x::mood", Mood.SAD)).isEqualTo("SAD");
    assertThat(one("SELECT ARRAY[:x, 'HAPPY']::mood[]", "SAD")).isEqualTo(List.of("SAD", "HAPPY"));
    assertThat(one("SELECT '{\"a\": 1}'::jsonb ? :x", "a")).isEqualTo(true);
    assertThat(one("SELECT '{\"a\": 1}'::jsonb ?| :x", List.of("b", "a"))).isEqualTo(true);
    assertThat(one("SELECT '{\"a\": 1}'::jsonb ?& :x", List.of("b", "a"))).isEqualTo(false);
    assertThat(one("SELECT '{\"a\": 1}'::jsonb @? '$.a' AND '?' = :x", "?")).isEqualTo(true);
  }

  @Test
  void nullIsNullEverywhere() {
    NamedSql optional =
        varve.sql("SELECT count(*) FROM readings WHERE :t IS NULL OR temperature = :t");
    assertThat(optional.bind("t", null).first().orElseThrow().value(0)).isEqualTo(48L);
    assertThat(optional.bind("t", 7.0).first().orElseThrow().value(0)).isEqualTo(1L);
    NamedSql text = varve.sql("SELECT count(*) FROM readings WHERE (:d IS NULL OR device = :d)");
    assertThat(text.bind("d", null).first().orElseThrow().value(0)).isEqualTo(48L);
    assertThat(text.bind("d", "a").first().orElseThrow().value(0)).isEqualTo(24L);
    assertThat(one("SELECT count(*) FROM readings WHERE temperature = :x", null)).isEqualTo(0L);
    assertThat(one("SELECT coalesce(:x, 5)", null)).isEqualTo(5);
    assertThat(one("SELECT :x AS value", null)).isNull();
    assertThat(one("SELECT :x IS NOT NULL AS value", null)).isEqualTo(false);
  }

  @Test
  void typeTheServerCannotTellIsAskedForAsACast() {
    assertThatThrownBy(() -> one("SELECT to_jsonb(:x)", "a"))
        .isInstanceOf(SchemaException.class)
        .hasMessageStartingWith("running \"SELECT to_jsonb(:x)\": ");
    assertThatThrownBy(() -> one("SELECT concat(:x)", null))
        .isInstanceOf(SchemaException.class)
        .hasMessageEndingWith("such as :name::text");
    assertThat(one("SELECT to_jsonb(:x::text)", "a")).isEqualTo(new Json("\"a\""));
  }

  @Test
  void arraysAreForAny() {
    NamedSql any = varve.sql("SELECT count(*) FROM readings WHERE device = ANY(:devices)");
    assertThat(any.bind("devices", List.of("a", NASTY)).first().orElseThrow().value(0))
        .isEqualTo(48L);
    assertThat(any.bind("devices", new String[] {"a"}).first().orElseThrow().value(0))
        .isEqualTo(24L);
    assertThat(any.bind("devices", List.of()).first().orElseThrow().value(0)).isEqualTo(0L);
    assertThat(one("SELECT count(*) FROM readings WHERE temperature <> ALL(:x)", new double[0]))
        .isEqualTo(48L);
    assertThatThrownBy(() -> varve.sql("SELECT 1 WHERE 1 IN (:ids)").bind("ids", List.of(1, 2)))
        .isInstanceOf(MappingException.class)
        .hasMessage(
            "running \"SELECT 1 WHERE 1 IN (:ids)\", :ids: IN (:ids) takes no array; expected ="
                + " ANY(:ids), or <> ALL(:ids) for NOT IN");
    assertThat(one("SELECT 1 IN (:x, 2)", 1)).isEqualTo(true);
  }

  @Test
  void colonsOfSqlsOwnStay() {
    assertThat(
            varve
                .sql(
                    """
                    SELECT ':a' AS a, E'\\':b' AS b, $$:c$$ AS c, 1::text AS d, "e:e" AS e,
                           (ARRAY[1, 2, 3])[2:3] AS f, (ARRAY[1, 2, 3])[:n] AS g,
                           make_interval(hours => :n) > '1 hour' AS h /* :i /* */ ? */
                      FROM (SELECT 5 AS "e:e") AS one -- :j ?
                    """)
                .bind("n", 3)
                .first()
                .orElseThrow()
                .asMap())
        .containsEntry("a", ":a")
        .containsEntry("b", "':b")
        .containsEntry("c", ":c")
        .containsEntry("d", "1")
        .containsEntry("e", 5)
        .containsEntry("f", List.of(2, 3))
        .containsEntry("g", 3)
        .containsEntry("h", true);
  }

  @Test
  void wrongBindsAreRefusedByName() {
    NamedSql sql = varve.sql("SELECT :a, :b");
    assertThatThrownBy(() -> sql.bind("c", 1))
        .isInstanceOf(MappingException.class)
        .hasMessage(
            "running \"SELECT :a, :b\", :c: the statement has no such parameter; expected one of"
                + " :a, :b");
    assertThatThrownBy(() -> sql.bind("a", 1).bind("a", 1))
        .isInstanceOf(MappingException.class)
        .hasMessageContaining(":a: it has a value already");
    assertThatThrownBy(() -> sql.bind("a", 1).list())
        .isInstanceOf(MappingException.class)
        .hasMessageContaining("no value for :b");
    assertThatThrownBy(() -> varve.sql("SELECT 1").bind("a", 1))
        .isInstanceOf(MappingException.class)
        .hasMessageContaining("expected none");
  }

  @Test
  void bindingMakesANewStatement() {
    NamedSql sql = varve.sql("SELECT :a::int AS a");
    NamedSql one = sql.bind("a", 1);
    assertThat(sql.bind("a", 2).first().orElseThrow().value("a")).isEqualTo(2);
    assertThat(one.first().orElseThrow().value("a")).isEqualTo(1);
  }

  record Wrong(int rows) {}

  record Missing(long rows, double nothing) {}

  @Test
  void recordsThatDoNotFitAreRefusedByName() {
    NamedSql sql = varve.sql("SELECT count(*) AS rows FROM readings");
    assertThatThrownBy(() -> sql.list(Wrong.class))
        .isInstanceOf(MappingException.class)
        .hasMessageEndingWith(
            "record Wrong, component rows is of type int; expected java.lang.Long for column"
                + " \"rows\" of type bigint, or a cast to integer");
    assertThatThrownBy(() -> sql.list(Missing.class))
        .isInstanceOf(MappingException.class)
        .hasMessageEndingWith(
            "record Missing, component nothing: no columns \"nothing\"; expected one among [rows]");
    assertThatThrownBy(() -> varve.sql("SELECT null::bigint AS rows").list(Missing.class))
        .isInstanceOf(MappingException.class);
    assertThatThrownBy(() -> varve.sql("SELECT 1 AS a, 2 AS a").list())
        .isInstanceOf(MappingException.class)
        .hasMessageContaining("two columns \"a\"");
    assertThatThrownBy(() -> varve.sql("SELECT '1 h'::interval AS a").list())
        .isInstanceOf(MappingException.class)
        .hasMessageContaining("column \"a\": it is of type interval")
        .hasMessageContaining("::text");
  }

  @Test
  void nothingIsWrittenWhereTheAnswerIsRefused() {
    varve.sql("CREATE TABLE notes (note text, length interval, number bigint)").execute();
    String insert = "INSERT INTO notes VALUES ('x', '1 h', %s) RETURNING ";
    NamedSql noSuchColumn = varve.sql(insert.formatted("1") + "number AS rows");
    assertThatThrownBy(() -> noSuchColumn.list(Missing.class)).hasMessageContaining("\"nothing\"");
    assertThatThrownBy(() -> noSuchColumn.first(Missing.class))
        .isInstanceOf(MappingException.class);
    NamedSql noSuchClass = varve.sql(insert.formatted("1") + "length");
    assertThatThrownBy(noSuchClass::list).hasMessageContaining("of type interval");
    NamedSql nullNumber = varve.sql(insert.formatted("NULL") + "number");
    assertThatThrownBy(() -> nullNumber.list(Numbered.class)).hasMessageContaining("null");
    NamedSql inWith =
        varve.sql("WITH w AS (" + insert.formatted("1") + "length) SELECT length FROM w");
    assertThatThrownBy(inWith::first).isInstanceOf(MappingException.class);
    assertThat(varve.sql("SELECT * FROM notes").execute()).isZero();
    assertThat(noSuchColumn.list()).hasSize(1);
    assertThat(varve.sql("DROP TABLE notes").execute()).isZero();
  }

  record Numbered(long number) {}

  record Sums(BigDecimal sum, double average, long count) {}

  @Test
  void smallerNumbersAreWidened() {
    assertThat(
            varve.sql("SELECT 1 AS sum, 2::real AS average, 3::smallint AS count").list(Sums.class))
        .containsExactly(new Sums(BigDecimal.ONE, 2, 3));
  }

  @Test
  void statementsWithoutAnAnswerTellHowManyRowsTheyWrote() {
    NamedSql delete = varve.sql("DELETE FROM readings WHERE device = :device");
    assertThat(delete.bind("device", "a").execute()).isEqualTo(24);
    assertThat(delete.bind("device", "a").execute()).isZero();
    assertThat(varve.sql("CREATE TABLE notes (note text CHECK (note <> ''));").execute()).isZero();
    NamedSql insert = varve.sql("INSERT INTO notes VALUES (:note), (:note) RETURNING note");
    assertThat(insert.bind("note", NASTY).execute()).isEqualTo(2);
    assertThat(insert.bind("note", "?").list()).containsExactly(note("?"), note("?"));
    assertThatThrownBy(() -> insert.bind("note", "").list())
        .isInstanceOf(ConstraintException.class)
        .hasMessageStartingWith("running \"INSERT INTO notes");
    assertThatThrownBy(() -> varve.sql("DELETE FROM notes").list())
        .isInstanceOf(MappingException.class)
        .hasMessageContaining("expected execute()");
    assertThat(insert.bind("note", "x").first()).contains(note("x"));
    assertThat(varve.sql("SELECT * FROM notes").list()).hasSize(6);
    assertThat(varve.sql("DROP TABLE notes").execute()).isZero();
  }

  private static Row note(String note) {
    return new Row(List.of("note"), note);
  }

  @Test
  void errorsOfTheServerAreVarves() {
    assertThatThrownBy(() -> one("SELECT 1 / :x", 0)).isInstanceOf(DataException.class);
    assertThatThrownBy(() -> one("SELECT nothing FROM readings WHERE device = :x", "a"))
        .isInstanceOf(SchemaException.class)
        .hasMessageContaining("nothing");
    assertThatThrownBy(() -> varve.sql("SELECT x.time FROM readings").list())
        .isInstanceOf(SchemaException.class)
        .hasMessageEndingWith("\"x\"");
  }

  @Test
  void streamsReadRowByRow() {
    NamedSql sql = varve.sql("SELECT * FROM readings WHERE device = :device ORDER BY time");
    NamedSql a = sql.bind("device", "a");
    List<Double> temperatures =
        a.useStream(Reading.class, rows -> rows.map(Reading::temperature).toList());
    assertThat(temperatures).hasSize(24).startsWith(0.0, 2.0);
    assertThat(a.<Long>useStream(Stream::count)).isEqualTo(24);
    for (int round = 0; round < 30; round++) {
      try (Stream<Row> rows = a.stream()) {
        Iterator<Row> iterator = rows.iterator();
        assertThat(iterator.next().value("device")).isEqualTo("a");
      }
    }
    assertThatThrownBy(() -> varve.sql("DELETE FROM readings RETURNING time").stream())
        .isInstanceOf(MappingException.class)
        .hasMessageContaining("a stream only reads");
    assertThatThrownBy(() -> varve.sql("SELEC 1").stream())
        .isInstanceOf(SchemaException.class)
        .hasMessageContaining("syntax error at or near \"SELEC\"");
    NamedSql writing =
        varve.sql(
            """
            WITH gone AS (DELETE FROM readings WHERE device = :device RETURNING device)
            SELECT count(*) AS n FROM gone
            """);
    assertThatThrownBy(() -> writing.bind("device", "a").stream())
        .isInstanceOf(MappingException.class)
        .hasMessageContaining("a stream only reads");
    assertThat(varve.from(Reading.class).count()).isEqualTo(48);
    assertThat(writing.bind("device", "a").first().orElseThrow().value("n")).isEqualTo(24L);
    assertThat(varve.from(Reading.class).count()).isEqualTo(24);
  }

  @Test
  void typesBesidesTheModelsAreReadInListsAndStreams() {
    NamedSql sql =
        varve.sql(
            """
            SELECT 26::oid AS o, 'n'::name AS n, '{"a": 1}'::json AS j, 'v'::varchar(3) AS v,
                   'c'::char(3) AS c, 'SAD'::mood AS m, ARRAY['SAD'::mood] AS ms, :x AS x
            """);
    Row expected =
        new Row(
            List.of("o", "n", "j", "v", "c", "m", "ms", "x"),
            26L,
            "n",
            new Json("{\"a\": 1}"),
            "v",
            "c  ",
            "SAD",
            List.of("SAD"),
            "x");
    assertThat(sql.bind("x", "x").list()).containsExactly(expected);
    List<Row> streamed = sql.bind("x", "x").useStream(Stream::toList);
    assertThat(streamed).containsExactly(expected);
    assertThat(varve.sql("VACUUM readings").execute()).isZero();
    assertThat(varve.sql("SELECT pg_advisory_unlock_all()").list()).hasSize(1);
  }

  @Test
  void streamOfManyRowsOfNarrowColumnsIsComplete() {
    assertThat(
            varve
                .sql("SELECT i, i::text AS text FROM generate_series(1, :n) AS i")
                .bind("n", 12_345)
                .<Long>useStream(rows -> rows.mapToLong(row -> (int) row.value(0)).sum()))
        .isEqualTo(12_345L * 12_346 / 2);
  }

  @Test
  void everyRunIsPlannedWithItsValues() {
    NamedSql sql =
        varve
            .sql("EXPLAIN SELECT * FROM readings WHERE time >= :from AND time < :to")
            .bind("from", at(25))
            .bind("to", at(26));
    for (int run = 0; run < 8; run++) {
      assertThat(sql.list()).noneMatch(row -> row.toString().contains("$1"));
    }
  }
}
