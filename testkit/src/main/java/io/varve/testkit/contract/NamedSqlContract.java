package io.varve.testkit.contract;

import static io.varve.testkit.contract.Readings.NASTY;
import static io.varve.testkit.contract.Readings.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.MappingException;
import io.varve.SchemaException;
import io.varve.Varve;
import io.varve.model.Json;
import io.varve.query.NamedSql;
import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TestDatabase;
import io.varve.testkit.contract.Readings.Reading;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.Period;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** SQL with named parameters: what a parameter is, and how its value is bound. */
@ExtendWith({DatabaseExtension.class, VarveExtension.class})
final class NamedSqlContract {

  private final TestDatabase database;
  private final Varve varve;
  private final Readings readings;

  NamedSqlContract(TestDatabase database, Varve varve) {
    this.database = database;
    this.varve = varve;
    this.readings = Readings.write(varve);
  }

  @Test
  void valuesAreNeverSql() {
    NamedSql sql = varve.sql("SELECT count(*) FROM readings WHERE device = :device");
    for (String value : List.of("a' OR '1' = '1", ":device", "?", "$1", "';", "\\", "$$")) {
      assertThat(sql.bind("device", value).list())
          .extracting(row -> row.value(0))
          .containsExactly(0L);
      assertThat(readings.one("SELECT :x::text AS value", value)).isEqualTo(value);
    }
    assertThat(sql.bind("device", NASTY).first().orElseThrow().value("count")).isEqualTo(24L);
    assertThat(varve.from(Reading.class).count()).isEqualTo(48);
  }

  private @Nullable Object typeOf(Object value) {
    return readings.one("SELECT pg_typeof(:x)::text", value);
  }

  private @Nullable Object back(Object value) {
    return readings.one("SELECT :x AS value", value);
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
    assertThat(readings.one("SELECT :x::text[]", texts)).isEqualTo(texts);
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
    assertThat(readings.one("SELECT extract(epoch FROM :x)::bigint", longest))
        .isEqualTo(longest.getSeconds());
    assertThat(
            readings.one(
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
  void textIsComparedWithWhateverStandsThere() throws SQLException {
    Sql.execute(database, "CREATE TYPE mood AS ENUM ('HAPPY', 'SAD')");
    try {
      assertThat(readings.one("SELECT 'SAD'::mood = :x", Mood.SAD)).isEqualTo(true);
      assertThat(readings.one("SELECT 'SAD'::mood = ANY(:x)", List.of(Mood.HAPPY)))
          .isEqualTo(false);
      assertThat(readings.one("SELECT :x::mood", Mood.SAD)).isEqualTo("SAD");
      assertThat(readings.one("SELECT ARRAY[:x, 'HAPPY']::mood[]", "SAD"))
          .isEqualTo(List.of("SAD", "HAPPY"));
      assertThat(readings.one("SELECT '{\"a\": 1}'::jsonb ? :x", "a")).isEqualTo(true);
      assertThat(readings.one("SELECT '{\"a\": 1}'::jsonb ?| :x", List.of("b", "a")))
          .isEqualTo(true);
      assertThat(readings.one("SELECT '{\"a\": 1}'::jsonb ?& :x", List.of("b", "a")))
          .isEqualTo(false);
      assertThat(readings.one("SELECT '{\"a\": 1}'::jsonb @? '$.a' AND '?' = :x", "?"))
          .isEqualTo(true);
    } finally {
      Sql.execute(database, "DROP TYPE mood");
    }
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
    assertThat(readings.one("SELECT count(*) FROM readings WHERE temperature = :x", null))
        .isEqualTo(0L);
    assertThat(readings.one("SELECT coalesce(:x, 5)", null)).isEqualTo(5);
    assertThat(readings.one("SELECT :x AS value", null)).isNull();
    assertThat(readings.one("SELECT :x IS NOT NULL AS value", null)).isEqualTo(false);
  }

  @Test
  void typeTheServerCannotTellIsAskedForAsACast() {
    assertThatThrownBy(() -> readings.one("SELECT to_jsonb(:x)", "a"))
        .isInstanceOf(SchemaException.class)
        .hasMessageStartingWith("running \"SELECT to_jsonb(:x)\": ");
    assertThatThrownBy(() -> readings.one("SELECT concat(:x)", null))
        .isInstanceOf(SchemaException.class)
        .hasMessageEndingWith("such as :name::text");
    assertThat(readings.one("SELECT to_jsonb(:x::text)", "a")).isEqualTo(new Json("\"a\""));
  }

  @Test
  void arraysAreForAny() {
    NamedSql any = varve.sql("SELECT count(*) FROM readings WHERE device = ANY(:devices)");
    assertThat(any.bind("devices", List.of("a", NASTY)).first().orElseThrow().value(0))
        .isEqualTo(48L);
    assertThat(any.bind("devices", new String[] {"a"}).first().orElseThrow().value(0))
        .isEqualTo(24L);
    assertThat(any.bind("devices", List.of()).first().orElseThrow().value(0)).isEqualTo(0L);
    assertThat(
            readings.one(
                "SELECT count(*) FROM readings WHERE temperature <> ALL(:x)", new double[0]))
        .isEqualTo(48L);
    assertThatThrownBy(() -> varve.sql("SELECT 1 WHERE 1 IN (:ids)").bind("ids", List.of(1, 2)))
        .isInstanceOf(MappingException.class)
        .hasMessage(
            "running \"SELECT 1 WHERE 1 IN (:ids)\", :ids: IN (:ids) takes no array; expected ="
                + " ANY(:ids), or <> ALL(:ids) for NOT IN");
    assertThat(readings.one("SELECT 1 IN (:x, 2)", 1)).isEqualTo(true);
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
