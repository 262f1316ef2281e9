package io.varve.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.Tier;
import io.varve.Varve;
import io.varve.model.Measure;
import io.varve.model.Table;
import io.varve.model.Time;
import io.varve.model.TimeSeries;
import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TestDatabase;
import java.sql.SQLException;
import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The SQL functions about values: with {@code varve} on the search path, SQL written for
 * TimescaleDB runs unchanged and gives the same answers on every tier. Those about time are in
 * {@link TimeFunctionContract}.
 */
@ExtendWith(DatabaseExtension.class)
@TestInstance(Lifecycle.PER_CLASS)
final class FunctionContract {

  private final TestDatabase database;
  private final FunctionSession session;

  FunctionContract(TestDatabase database) throws SQLException {
    this.database = database;
    this.session = FunctionSession.open(database);
  }

  @AfterAll
  void disconnect() throws SQLException {
    session.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          first(value, at)                            | 10
          last(value, at)                             | 30
          last(name, at)                              | c
          first(value, at) filter (where value > 10)  | 20
          first(value, at) filter (where false)       | null
          """)
  void firstAndLastFollowTheTime(String aggregate, String expected) throws SQLException {
    String sql =
        """
        select %s from (values
          (20, 'b', timestamptz '2024-01-01 02:00+00'),
          (30, 'c', timestamptz '2024-01-01 03:00+00'),
          (10, 'a', timestamptz '2024-01-01 01:00+00'),
          (99, 'x', null)) as rows (value, name, at)
        """
            .formatted(aggregate);
    assertThat(session.value(sql)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          histogram(1, 0, 1, 0)                                                                   | 2201G
          histogram(1, 0, 1, -1)                                                                  | 2201G
          histogram(1, 0, 1, NULL)                                                                | 2201G
          histogram(1, 1, 1, 2)                                                                   | 2201G
          histogram(NULL, 5, 5, 2)                                                                | 2201G
          histogram('NaN', 0, 1, 2)                                                               | 2201G
          histogram(1, 'NaN', 1, 2)                                                               | 2201G
          histogram(1, 0, 'NaN', 2)                                                               | 2201G
          histogram(1, 0, 'infinity', 2)                                                          | 2201G
          histogram(1, 0, NULL, 2)                                                                | 2201G
          approximate_row_count('nobody')                                                         | 42P01
          """)
  void refusedAsTimescaleRefuses(String call, String sqlState) {
    assertThat(session.refusal("select " + call)).isEqualTo(sqlState);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          histogram(v, 0, 10, 5)                    | '{-1, 0, 1.9, 2, 5, 9.99, 10, 11}' | {1,2,1,1,0,1,2}
          histogram(v, 0, 10, 5)                    | '{}'                               | null
          histogram(v, 2, 1, 0)                     | '{}'                               | null
          # NULL counts as zero, wherever it is
          histogram(v, 0, 10, 5)                    | '{NULL, NULL, 5}'                  | {0,2,0,1,0,0,0}
          histogram(v, 1, 2, 2)                     | '{NULL}'                           | {1,0,0,0}
          histogram(v, NULL, 1, 2)                  | '{0.1}'                            | {0,1,0,0}
          histogram(v, -1, NULL, 2)                 | '{-0.1}'                           | {0,0,1,0}
          histogram(v, 0, 1, 2)                     | '{infinity, -infinity}'            | {1,0,0,1}
          # bounds may change, the number may not
          histogram(1, v, 10, 2)                    | '{1, 2}'                           | {1,1,0,0}
          histogram(distinct v, 0, 4, 2)            | '{0, 1, 1, 3}'                     | {0,2,1,0}
          histogram(v, 0, 4, 2) filter (where v > 1) | '{0, 1, 1, 3}'                    | {0,0,1,0}
          array_length(histogram(v, 0, 4, 100000), 1) | '{1, 2}'                         | 100002
          histogram(v::int, 0, 4, 2)                | '{1, 2, 5}'                        | {0,1,1,1}
          histogram(v::numeric, 0, 4, 2)            | '{1, 2, 5}'                        | {0,1,1,1}
          """)
  void histogramCountsBelowInsideAndAbove(String call, String values, String expected)
      throws SQLException {
    String sql = "select %s from unnest(%s::double precision[]) as v".formatted(call, values);
    assertThat(session.value(sql)).isEqualTo(expected);
  }

  /** Before PostgreSQL 16 width_bucket goes wrong there. */
  @Test
  void boundsFartherApartThanADoubleHoldsAreCountedOrRefused() throws SQLException {
    String sql =
        "select histogram(v, -1.7e308, 1.7e308, 4) from unnest('{0, 1e308, -1e308}'::float8[]) as v";
    if (session.value("select width_bucket(0, -1.7e308::float8, 1.7e308, 4)").equals("3")) {
      assertThat(session.value(sql)).isEqualTo("{0,1,0,1,1,0}");
    } else {
      assertThat(session.refusal(sql)).isEqualTo("22003");
    }
  }

  /** More rows in a slot than fit into one byte, or two. */
  @Test
  void histogramCountsMany() throws SQLException {
    assertThat(
            session.value(
                "select histogram(v, 0, 200000, 2) from generate_series(-255, 200255) as v"))
        .isEqualTo("{255,100000,100000,256}");
    assertThat(
            session.value(
                "select string_agg(h::text, ' ' order by g) from (select v % 2 as g,"
                    + " histogram(v, 0, 600, 1) as h from generate_series(0, 1023) as v group by g) x"))
        .isEqualTo("{0,300,212} {0,300,212}");
  }

  @Test
  void parallelWorkersPutTheirHistogramsTogether() throws SQLException {
    Sql.execute(
        database,
        "create table many as select v::double precision from generate_series(0, 99999) as v",
        "analyze many");
    session.execute(
        "set parallel_setup_cost = 0",
        "set parallel_tuple_cost = 0",
        "set min_parallel_table_scan_size = 0");
    String sql = "select histogram(v, 1000, 99000, 2) from many";
    assertThat(String.join("\n", session.list("explain " + sql))).contains("Partial Aggregate");
    assertThat(session.value(sql)).isEqualTo("{1000,49000,49000,1000}");
    session.execute(
        "reset parallel_setup_cost",
        "reset parallel_tuple_cost",
        "reset min_parallel_table_scan_size");
    Sql.execute(database, "drop table many");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          histogram(1, 2, 1, 2)
          histogram(1, NULL, -1, 2)
          histogram(1, 5, 4, 0)
          histogram(1, 0, 1, v)
          histogram(NULL, 0, 1, v)
          histogram(1, 0, 1, 2 - v)
          """)
  void histogramIsRefusedByACodeThatNamesTheArgument(String call) {
    assertThat(session.refusal("select %s from generate_series(1, 2) as v".formatted(call)))
        .isEqualTo(session.isSince(2, 25) ? "22023" : "XX000");
  }

  @Test
  void rowsAreCountedAsTheyWereLastAnalysed() throws SQLException {
    Sql.execute(
        database,
        "create table plain_rows as select generate_series(1, 1000) as i",
        "create table parts (i int) partition by range (i)",
        "create table part1 partition of parts for values from (0) to (500)",
        "create table part2 partition of parts for values from (500) to (5000) partition by range (i)",
        "create table part21 partition of part2 for values from (500) to (5000)",
        "insert into parts select generate_series(1, 1000)",
        "create table parent as select 1 as i",
        "create table child () inherits (parent)",
        "insert into child select generate_series(1, 9)");
    Varve varve = session.varve();
    varve.schema().create(Table.of(Reading.class));
    Instant start = Instant.parse("2024-01-01T00:00:00Z");
    varve
        .table(Reading.class)
        .insertAll(
            IntStream.range(0, 500)
                .mapToObj(n -> new Reading(start.plusSeconds(n * 3600L), n))
                .toList());
    String counts =
        "select string_agg(approximate_row_count(t::regclass)::text, ' ' order by n) from unnest("
            + "array['plain_rows', 'parts', 'part2', 'parent', 'row_counts', 'pg_tables'])"
            + " with ordinality as x (t, n)";
    assertThat(session.value(counts)).isEqualTo("0 0 0 0 0 0");
    Sql.execute(database, "analyze plain_rows, parts, parent, child, row_counts");
    assertThat(session.value(counts)).isEqualTo("1000 1000 501 10 500 0");
    assertThat(session.value("select approximate_row_count(null)")).isEqualTo("null");
    assertThat(session.value("select approximate_row_count(0::oid::regclass)")).isEqualTo("0");
    varve.schema().drop(Table.of(Reading.class).name());
    Sql.execute(database, "drop table plain_rows, parts, parent, child");
  }

  @TimeSeries(table = "row_counts", chunk = "1 day")
  record Reading(@Time Instant time, @Measure double value) {}

  @Test
  void locfCarriesTheLastValueOrIsTimescales() throws SQLException {
    String carried =
        """
        select string_agg(coalesce(carried::text, '-'), ' ' order by device, bucket) from (
          select device, bucket, locf(value) over (partition by device order by bucket) as carried
            from (values ('a', 1, null), ('a', 2, 1.5), ('a', 3, null), ('a', 4, 2.5), ('b', 2, null),
                         ('b', 3, 7)) as rows (device, bucket, value)) x
        """;
    if (session.varve().capabilities().tier() == Tier.PLAIN) {
      assertThat(session.value(carried)).isEqualTo("- 1.5 1.5 2.5 - 7");
      assertThat(
              session.value(
                  "select locf(v order by n) from (values (1, 'x'), (2, null)) as t (n, v)"))
          .isEqualTo("x");
    } else {
      // The native function is no aggregate.
      assertThat(session.refusal(carried)).isEqualTo("42809");
    }
  }
}
