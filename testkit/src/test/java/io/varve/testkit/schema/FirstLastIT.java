package io.varve.testkit.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.Tier;
import io.varve.Varve;
import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TestDatabase;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Like {@link TimeBucketIT}: the same for the native aggregates and for Varve's. */
@ExtendWith(DatabaseExtension.class)
@TestInstance(Lifecycle.PER_CLASS)
final class FirstLastIT {

  private final Session session;
  private final boolean isPlain;

  FirstLastIT(TestDatabase database) throws SQLException {
    try (Varve varve = database.connect()) {
      varve.toolkit().install();
      isPlain = varve.capabilities().tier() == Tier.PLAIN;
    }
    session = Session.on(database).run("SET search_path = varve, public");
  }

  @AfterAll
  void close() throws SQLException {
    session.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      nullValues = "none",
      textBlock =
          """
          (1, timestamptz '2026-01-02'), (2, '2026-01-01'), (3, '2026-01-03') | 2 | 3
          # rows without a key do not count
          (1, NULL), (2, timestamp '2026-01-01'), (3, NULL)                   | 2 | 2
          (1, NULL::date), (2, NULL)                                          | NULL | NULL
          # the winner's NULL is the answer
          (NULL, date '2026-01-03'), (2, '2026-01-02'), (NULL, '2026-01-01')  | NULL | NULL
          # of equal keys the first seen wins
          (1, 5), (2, 5)                                                      | 1 | 1
          (1, timestamptz '2026-01-01'), (2, '2026-01-01')                    | 1 | 1
          # keys of every kind
          (1, 10), (2, 9)                                                     | 2 | 1
          (1, '10'::text), (2, '9')                                           | 1 | 2
          (1, 1.5), (2, -0.5)                                                 | 2 | 1
          (1, 'NaN'::float8), (2, 'infinity')                                 | 2 | 1
          (1, timestamptz '-infinity'), (2, 'infinity')                       | 1 | 2
          (1, date '5874897-12-31'), (2, '4714-11-24 BC')                     | 2 | 1
          (1, 7::oid), (2, 8::oid)                                            | 1 | 2
          (1, false), (2, true)                                               | 1 | 2
          """)
  void valueOfTheLeastAndOfTheGreatestKey(String rows, String first, String last)
      throws SQLException {
    String from = " FROM (VALUES %s) AS t (v, k)".formatted(rows);
    assertThat(session.text("SELECT first(v, k) IS NOT DISTINCT FROM %s%s".formatted(first, from)))
        .isEqualTo("t");
    assertThat(session.text("SELECT last(v, k) IS NOT DISTINCT FROM %s%s".formatted(last, from)))
        .isEqualTo("t");
  }

  @Test
  void noRowsHaveNoValue() throws SQLException {
    assertThat(session.text("SELECT last(v, v) FROM generate_series(1, 0) v")).isNull();
  }

  @Test
  void groupsAreApart() throws SQLException {
    assertThat(
            session.texts(
                """
                SELECT g || ':' || first(v, v) || ':' || last(v, v)
                  FROM generate_series(1, 9) v, LATERAL (SELECT v % 2) x (g) GROUP BY g ORDER BY g
                """))
        .containsExactly("0:2:8", "1:1:9");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.0 / 3",
        "(1.0 / 3)::float8",
        "(1.0 / 3)::float4",
        "'NaN'::float8",
        "'-0'::float8",
        "'it''s \"quoted\" \\ {braces}'::text",
        "'a  '::char(5)",
        "''::text",
        "'x'::varchar",
        "timestamptz '2026-10-25 02:30:00.123456+01'",
        "interval '-1 month 3 days -04:05:06.7'",
        "date '0044-03-15 BC'",
        "'\\x00ff'::bytea",
        "true",
        "9223372036854775807",
        "ARRAY[1, NULL, 3]",
        "ARRAY['a,b', NULL, 'null']",
        "'{\"a\": [1, 2.50]}'::jsonb",
        "'00000000-0000-0000-0000-000000000001'::uuid",
        "inet '10.0.0.1/8'",
        "interval '1 year -2 days'"
      })
  void valueComesBackAsItWasInAnySession(String value) throws SQLException {
    for (String key : new String[] {"k", "extract(epoch FROM k)"}) {
      session.run(
          """
          CREATE OR REPLACE FUNCTION pg_temp.comes_back() RETURNS boolean LANGUAGE sql
          SET DateStyle = 'SQL, DMY' SET IntervalStyle = 'sql_standard' SET extra_float_digits = -10
          SET TimeZone = 'Europe/London' AS $$
          SELECT last(v, %1$s) IS NOT DISTINCT FROM %2$s
                 AND pg_typeof(last(v, %1$s)) = pg_typeof(%2$s)
            FROM (SELECT %2$s, timestamptz '2026-01-01') AS t (v, k)
          $$
          """
              .formatted(key, value));
      assertThat(session.isTrue("pg_temp.comes_back()")).as("%s by %s", value, key).isTrue();
    }
  }

  @Test
  void keyThatCannotBeComparedIsRefused() {
    Assumptions.assumeTrue(isPlain, "the native aggregates use a code of their own");
    assertThatThrownBy(
            () ->
                session.text(
                    "SELECT last(v, k) FROM (VALUES (1, point(1, 2)), (2, point(3, 4))) AS t (v, k)"))
        .isInstanceOf(SQLException.class)
        .extracting(e -> ((SQLException) e).getSQLState())
        .isEqualTo("42883");
  }

  @Test
  void parallelWorkersAgree() throws SQLException {
    Assumptions.assumeTrue(isPlain, "the native aggregates decide themselves");
    session.run(
        "CREATE TABLE numbers AS SELECT timestamptz '2026-01-01' + i * interval '1 s' AS k, i AS v"
            + " FROM generate_series(1, 200000) i ORDER BY random()",
        "ANALYZE numbers",
        "SET parallel_setup_cost = 0",
        "SET parallel_tuple_cost = 0",
        "SET min_parallel_table_scan_size = 0");
    assertThat(session.texts("EXPLAIN SELECT last(v, k) FROM numbers"))
        .anySatisfy(line -> assertThat(line).contains("Partial Aggregate"));
    assertThat(session.text("SELECT first(v, k) || ' ' || last(v, k) FROM numbers"))
        .isEqualTo("1 200000");
    session.run("DROP TABLE numbers");
  }
}
