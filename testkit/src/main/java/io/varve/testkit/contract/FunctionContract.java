package io.varve.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.varve.Tier;
import io.varve.Varve;
import io.varve.model.Measure;
import io.varve.model.Table;
import io.varve.model.Time;
import io.varve.model.TimeSeries;
import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The SQL functions: with {@code varve} on the search path, SQL written for TimescaleDB runs
 * unchanged and gives the same answers on every tier.
 */
@ExtendWith(DatabaseExtension.class)
@TestInstance(Lifecycle.PER_CLASS)
final class FunctionContract {

  private final TestDatabase database;
  private final Varve varve;
  private final Connection session;

  FunctionContract(TestDatabase database) throws SQLException {
    this.database = database;
    this.varve = database.connect();
    varve.toolkit().install();
    this.session = database.jdbc();
    try (Statement statement = session.createStatement()) {
      statement.execute("set timezone = 'UTC'");
      statement.execute("set search_path = varve, public");
    }
  }

  @AfterAll
  void disconnect() throws SQLException {
    session.close();
    varve.close();
  }

  /** Widths other than months count from Monday 2000-01-03, months from January. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          15 minutes | timestamptz '2024-03-10 07:59:59.999999+00' | 2024-03-10 07:45:00+00
          15 minutes | timestamptz '2024-03-10 08:00:00+00'        | 2024-03-10 08:00:00+00
          1 hour     | timestamptz '1969-12-31 23:59:59.999999+00' | 1969-12-31 23:00:00+00
          1 day      | timestamptz '2024-02-29 12:00:00+00'        | 2024-02-29 00:00:00+00
          7 days     | timestamptz '2000-01-02 23:59:59+00'        | 1999-12-27 00:00:00+00
          7 days     | timestamptz '2000-01-03 00:00:00+00'        | 2000-01-03 00:00:00+00
          90 minutes | timestamptz '2024-07-01 00:00:00+00'        | 2024-07-01 00:00:00+00
          1 month    | timestamptz '2024-02-29 23:59:59+00'        | 2024-02-01 00:00:00+00
          3 months   | timestamptz '2023-12-31 23:59:59+00'        | 2023-10-01 00:00:00+00
          1 year     | timestamptz '1999-06-15 00:00:00+00'        | 1999-01-01 00:00:00+00
          1 hour     | timestamptz 'infinity'                      | infinity
          1 hour     | timestamptz '-infinity'                     | -infinity
          15 minutes | timestamp '2024-03-10 02:34:56'             | 2024-03-10 02:30:00
          1 month    | timestamp '2024-02-29 23:59:59'             | 2024-02-01 00:00:00
          7 days     | date '2024-01-07'                           | 2024-01-01
          1 month    | date '2024-02-29'                           | 2024-02-01
          """)
  void timeBucketTruncates(String width, String time, String expected) throws SQLException {
    assertThat(inUtc("select time_bucket(interval '%s', %s)".formatted(width, time)))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"10, 17, 10", "10, 20, 20", "10, -1, -10", "10, -10, -10", "7, 0, 0"})
  void timeBucketTruncatesIntegers(long width, long value, long expected) throws SQLException {
    assertThat(inUtc("select time_bucket(%s::bigint, %s::bigint)".formatted(width, value)))
        .isEqualTo(String.valueOf(expected));
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
    assertThat(inUtc(sql)).isEqualTo(expected);
  }

  /** Offset off, to local time, to the bucket there, back, offset on. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          '1 day', timestamptz '2024-01-01 03:00Z', 'Asia/Kolkata'                                   | 2023-12-31 18:30:00+00
          '1 week', timestamptz '2024-01-07 20:00Z', 'Asia/Kolkata'                                  | 2024-01-07 18:30:00+00
          '1 month', timestamptz '2024-01-31 22:59Z', 'Europe/Berlin'                                | 2023-12-31 23:00:00+00
          '1 month', timestamptz '2024-01-31 23:00Z', 'Europe/Berlin'                                | 2024-01-31 23:00:00+00
          '1 year', timestamptz '1969-12-31 23:30Z', 'Europe/Berlin'                                 | 1969-12-31 23:00:00+00
          '6 hours', timestamptz '2024-01-07 20:00Z', '+02'                                          | 2024-01-07 20:00:00+00
          '1 day', timestamptz '2024-07-01 03:00Z', 'EST5EDT'                                        | 2024-06-30 04:00:00+00
          '1 day', timestamptz '2024-01-01 03:00Z', timezone => 'Asia/Kolkata', origin => timestamptz '2024-01-01 00:00Z' | 2024-01-01 00:00:00+00
          '7 days', timestamptz '2024-01-02 22:30Z', 'Europe/Berlin', origin => '2024-01-02 23:00Z'  | 2023-12-26 23:00:00+00
          '3 months', timestamptz '2024-06-15 03:00Z', 'Asia/Kolkata', '2024-02-01Z'::timestamptz    | 2024-04-30 18:30:00+00
          '1 day', timestamptz '2024-01-01 03:00Z', 'Asia/Kolkata', "offset" => '6 hours'            | 2024-01-01 00:30:00+00
          '1 day', timestamptz '2024-01-01 03:00Z', 'Asia/Kolkata', "offset" => '1 day 2 hours'      | 2023-12-31 20:30:00+00
          '1 month', timestamptz '2024-01-31 22:30Z', 'Europe/Berlin', "offset" => '-1 hour'         | 2024-01-31 22:00:00+00
          '1 day', timestamptz '2024-01-01 03:00Z', 'Asia/Kolkata', '2024-01-01 05:00Z', '-2 hours'  | 2024-01-01 03:00:00+00
          '1 day', timestamptz '2024-01-01 03:00Z', 'Asia/Kolkata', NULL, NULL                       | 2023-12-31 18:30:00+00
          '1 day', timestamptz '2024-03-31 12:00Z', 'Europe/Berlin'                                  | 2024-03-30 23:00:00+00
          '1 day', timestamptz '2024-10-27 22:59Z', 'Europe/Berlin'                                  | 2024-10-26 22:00:00+00
          '0 days', timestamptz 'infinity', 'Nowhere'                                                | infinity
          '1 day', timestamptz '-infinity', 'Europe/Berlin', "offset" => '1 hour'                    | -infinity
          '1 day', NULL::timestamptz, 'Nowhere'                                                      | null
          '1 day', timestamptz '2024-01-01Z', NULL::text                                             | null
          NULL, timestamptz '2024-01-01Z', 'Europe/Berlin'                                           | null
          bucket_width => '1 day', ts => timestamptz '2024-01-01 03:00Z', timezone => 'Asia/Kolkata' | 2023-12-31 18:30:00+00
          """)
  void timeBucketFollowsTheClocksOfATimeZone(String arguments, String expected)
      throws SQLException {
    assertThat(inUtc("select time_bucket(%s)".formatted(arguments))).isEqualTo(expected);
  }

  /**
   * Where clocks go back, the hour that comes twice. Earlier releases shift the first of the two
   * into the second, and move by the offset in local time.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          '1 hour', timestamptz '2024-11-03 05:30Z', 'America/New_York'       | 2024-11-03 05:00:00+00
          '1 hour', timestamptz '2024-11-03 06:30Z', 'America/New_York'       | 2024-11-03 06:00:00+00
          '15 minutes', timestamptz '2024-10-27 00:50Z', 'Europe/Berlin'      | 2024-10-27 00:45:00+00
          '7 minutes', timestamptz '2024-10-27 00:50Z', 'Europe/Berlin'       | 2024-10-27 00:50:00+00
          '1 hour', timestamptz '2024-04-06 14:45Z', 'Australia/Lord_Howe'    | 2024-04-06 14:00:00+00
          '1 day', timestamptz '2020-11-01 04:30Z', 'America/Havana'          | 2020-10-31 05:00:00+00
          '1 month', timestamptz '2020-11-01 04:30Z', 'America/Havana'        | 2020-10-01 05:00:00+00
          '1 day', timestamptz '2024-03-31 10:00Z', 'Europe/Berlin', "offset" => '6 hours' | 2024-03-31 05:00:00+00
          '1 day', timestamptz '2024-01-01 03:00Z', 'Asia/Kolkata', "offset" => '1 month'  | 2023-12-30 18:30:00+00
          """)
  void bucketsStartNoLaterThanTheirTimesWhenClocksGoBack(String arguments, String expected)
      throws SQLException {
    assumeTrue(isSince(2, 25), "releases before 2.25 answer otherwise");
    assertThat(inUtc("select time_bucket(%s)".formatted(arguments))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          time_bucket('1 day', timestamptz '2024-01-01Z', 'Nowhere')                              | 22023
          time_bucket('1 day', timestamptz '2024-01-01Z', '')                                     | 22023
          time_bucket('1 day', timestamptz '2024-01-01Z', 'Nowhere', origin => '2020-01-01Z')     | 22023
          time_bucket('0 days', timestamptz '2024-01-01Z', 'Europe/Berlin')                       | 22023
          time_bucket('-1 month', timestamptz '2024-01-01Z', 'Europe/Berlin')                     | 22023
          time_bucket('1 month 1 day', timestamptz '2024-01-01Z', 'Europe/Berlin')                | 0A000
          time_bucket('1 day', timestamptz '2024-01-01Z', origin => now(), "offset" => '1 hour')  | 42883
          time_bucket('1 day', timestamp '2024-01-01', 'Europe/Berlin')                           | 42725
          time_bucket('1 day', '2024-01-01')                                                      | 42725
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
    assertThat(refusal("select " + call)).isEqualTo(sqlState);
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
    assertThat(inUtc(sql)).isEqualTo(expected);
  }

  /** Before PostgreSQL 16 width_bucket goes wrong there. */
  @Test
  void boundsFartherApartThanADoubleHoldsAreCountedOrRefused() throws SQLException {
    String sql =
        "select histogram(v, -1.7e308, 1.7e308, 4) from unnest('{0, 1e308, -1e308}'::float8[]) as v";
    if (inUtc("select width_bucket(0, -1.7e308::float8, 1.7e308, 4)").equals("3")) {
      assertThat(inUtc(sql)).isEqualTo("{0,1,0,1,1,0}");
    } else {
      assertThat(refusal(sql)).isEqualTo("22003");
    }
  }

  /** More rows in a slot than fit into one byte, or two. */
  @Test
  void histogramCountsMany() throws SQLException {
    assertThat(inUtc("select histogram(v, 0, 200000, 2) from generate_series(-255, 200255) as v"))
        .isEqualTo("{255,100000,100000,256}");
    assertThat(
            inUtc(
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
    try (Statement statement = session.createStatement()) {
      statement.execute("set parallel_setup_cost = 0");
      statement.execute("set parallel_tuple_cost = 0");
      statement.execute("set min_parallel_table_scan_size = 0");
      String sql = "select histogram(v, 1000, 99000, 2) from many";
      try (ResultSet plan = statement.executeQuery("explain " + sql)) {
        StringBuilder lines = new StringBuilder();
        while (plan.next()) {
          lines.append(plan.getString(1));
        }
        assertThat(lines).contains("Partial Aggregate");
      }
      assertThat(inUtc(sql)).isEqualTo("{1000,49000,49000,1000}");
      statement.execute("reset parallel_setup_cost");
      statement.execute("reset parallel_tuple_cost");
      statement.execute("reset min_parallel_table_scan_size");
    }
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
    assertThat(refusal("select %s from generate_series(1, 2) as v".formatted(call)))
        .isEqualTo(isSince(2, 25) ? "22023" : "XX000");
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
    assertThat(inUtc(counts)).isEqualTo("0 0 0 0 0 0");
    Sql.execute(database, "analyze plain_rows, parts, parent, child, row_counts");
    assertThat(inUtc(counts)).isEqualTo("1000 1000 501 10 500 0");
    assertThat(inUtc("select approximate_row_count(null)")).isEqualTo("null");
    assertThat(inUtc("select approximate_row_count(0::oid::regclass)")).isEqualTo("0");
    varve.schema().drop(Table.of(Reading.class).name());
    Sql.execute(database, "drop table plain_rows, parts, parent, child");
  }

  @TimeSeries(table = "row_counts", chunk = "1 day")
  record Reading(@Time Instant time, @Measure double value) {}

  /** Since TimescaleDB 2.24, and on plain PostgreSQL. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          '1 hour', uuid '019b7744-6be8-7fff-bfff-ffffffffffff'                                      | 2026-01-01 01:00:00+00
          '1 millisecond', uuid '019b7744-6be8-7fff-8000-000000000000'                               | 2026-01-01 01:55:31.432+00
          '1 microsecond', uuid 'ffffffff-ffff-7000-8000-000000000000'                               | 10889-08-02 05:31:50.655+00
          '1 day', uuid '00000000-0000-7000-8000-000000000000'                                       | 1970-01-01 00:00:00+00
          '1 month', uuid '019b7744-6be8-7000-8000-000000000000'                                     | 2026-01-01 00:00:00+00
          '7 days', uuid '019b7744-6be8-7000-8000-000000000000', origin => timestamptz '2026-01-01Z' | 2026-01-01 00:00:00+00
          '1 day', uuid '019b7744-6be8-7000-8000-000000000000', "offset" => interval '2 hours'       | 2025-12-31 02:00:00+00
          '1 day', uuid '019b7744-6be8-7000-8000-000000000000', 'America/New_York'                   | 2025-12-31 05:00:00+00
          '1 day', uuid '019b7744-6be8-7000-8000-000000000000', timezone => 'America/New_York', origin => timestamptz '2026-01-01 01:00Z' | 2026-01-01 01:00:00+00
          '1 day', NULL::uuid                                                                        | null
          '1 day', uuid '00000000-0000-4000-8000-000000000000', NULL::timestamptz                    | null
          '1 day', uuid '00000000-0000-4000-8000-000000000000', NULL::text                           | null
          """)
  void uuidsOfVersionSevenHoldTheirTime(String arguments, String expected) throws SQLException {
    assumeTrue(takesUuids(), "the server's time_bucket does not take UUIDs");
    assertThat(inUtc("select time_bucket(%s)".formatted(arguments))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          '1 day', uuid '019b7744-6be8-4000-8000-000000000000'                     | 22023
          '1 day', uuid '019b7744-6be8-7000-c000-000000000000'                     | 22023
          '1 month 1 day', uuid '019b7744-6be8-4000-8000-000000000000', 'Nowhere'  | 22023
          '1 day', uuid '019b7744-6be8-7000-8000-000000000000', 'Nowhere'          | 22023
          '1 month 1 day', uuid '019b7744-6be8-7000-8000-000000000000'             | 0A000
          """)
  void otherUuidsAreRefused(String arguments, String sqlState) throws SQLException {
    assumeTrue(takesUuids(), "the server's time_bucket does not take UUIDs");
    assertThat(refusal("select time_bucket(%s)".formatted(arguments))).isEqualTo(sqlState);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          uuid_version(uuid '019b7744-6be8-7fff-8000-000000000000')          | 7
          uuid_version(uuid '019b7744-6be8-4fff-b000-000000000000')          | 4
          uuid_version(uuid '019b7744-6be8-7fff-4000-000000000000')          | null
          uuid_timestamp(uuid '019b7744-6be8-7fff-8000-000000000000')        | 2026-01-01 01:55:31.432+00
          uuid_timestamp(uuid '019b7744-6be8-4fff-8000-000000000000')        | null
          uuid_timestamp_micros(uuid '019b7744-6be8-7000-8000-000000000000') | 2026-01-01 01:55:31.432+00
          uuid_timestamp_micros(uuid '019b7744-6be8-77ff-8000-000000000000') | 2026-01-01 01:55:31.4325+00
          uuid_timestamp_micros(uuid '019b7744-6be8-7fff-8000-000000000000') | 2026-01-01 01:55:31.433+00
          """)
  void partsOfUuids(String call, String expected) throws SQLException {
    assumeTrue(takesUuids(), "the server has no such functions");
    assertThat(inUtc("select " + call)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          '6 hours', timestamptz '2026-01-01 01:00Z', timestamptz '2026-01-01 18:00Z'             | 01-01 00:00, 01-01 06:00, 01-01 12:00
          '1 month', timestamptz '2026-01-31Z', timestamptz '2026-03-01 00:00:00.000001Z'         | 01-01 00:00, 02-01 00:00, 03-01 00:00
          '7 days', timestamptz '2026-01-05Z', timestamptz '2026-01-12Z'                          | 01-05 00:00
          '1 day', timestamptz '2026-01-05Z', timestamptz '2026-01-05Z'                           |
          '1 day', timestamptz '2026-01-05Z', NULL                                                |
          NULL, timestamptz '2026-01-05Z', timestamptz '2026-01-06Z'                              |
          '1 day', timestamptz '2026-01-05Z', timestamptz '2026-01-06Z', "offset" => '6 hours'    | 01-04 06:00, 01-05 06:00
          '1 day', timestamptz '2026-01-05Z', timestamptz '2026-01-06Z', origin => '2026-01-01 01:00Z' | 01-04 01:00, 01-05 01:00
          '1 month', timestamptz '2026-01-10Z', timestamptz '2026-03-01Z', "offset" => '14 days'  | 12-15 00:00, 01-15 00:00, 02-15 00:00
          '1 month', timestamptz '2026-01-31Z', timestamptz '2026-04-01Z', "offset" => '30 days'  | 01-31 00:00, 03-03 00:00, 03-31 00:00
          # the clocks go forward: a day of 23 hours, an hour that is not there
          '1 day', timestamptz '2026-03-28 12:00Z', timestamptz '2026-03-30Z', 'Europe/Berlin'    | 03-27 23:00, 03-28 23:00, 03-29 22:00
          '1 hour', timestamptz '2026-03-29 00:10Z', timestamptz '2026-03-29 03:00Z', 'Europe/Berlin' | 03-29 00:00, 03-29 01:00, 03-29 02:00
          '6 hours', timestamptz '2026-10-25Z', timestamptz '2026-10-25 23:00Z', 'Europe/Berlin'  | 10-24 22:00, 10-25 05:00, 10-25 11:00, 10-25 17:00
          '1 month', timestamptz '2026-03-01Z', timestamptz '2026-05-01Z', 'Europe/Berlin'        | 02-28 23:00, 03-31 22:00, 04-30 22:00
          '1 day', timestamp '2026-01-05 01:00', timestamp '2026-01-07'                           | 01-05 00:00, 01-06 00:00
          '3 months', timestamp '2026-01-05', timestamp '2026-09-01', "offset" => '1 month'       | 11-01 00:00, 02-01 00:00, 05-01 00:00, 08-01 00:00
          '1 day', timestamp '2026-01-29', timestamp '2026-02-02', timestamp '2026-01-01 12:00'   | 01-28 12:00, 01-29 12:00, 01-30 12:00, 01-31 12:00, 02-01 12:00
          '7 days', date '2026-03-28', date '2026-04-14', "offset" => '1 day'                     | 03-24 00:00, 03-31 00:00, 04-07 00:00
          '1 month', date '2026-01-31', date '2026-03-01'                                         | 01-01 00:00, 02-01 00:00
          """)
  void gapfillGivesTheBucketsOfARange(String arguments, String expected) throws SQLException {
    String sql =
        "select string_agg(to_char(g, 'MM-DD HH24:MI'), ', ' order by n)"
            + " from gapfill(%s) with ordinality as x (g, n)";
    assertThat(inUtc(sql.formatted(arguments))).isEqualTo(expected == null ? "null" : expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          10, 5, 31                                                  | {0,10,20,30}
          10, -5, 20::bigint, 3                                      | {-7,3,13}
          10::smallint, 32760::smallint, 32767::smallint             | {32760}
          10, 2147483640, 2147483647                                 | {2147483640}
          10, 5, 5                                                   | null
          10, NULL::int, 5                                           | null
          """)
  void gapfillOfNumbers(String arguments, String expected) throws SQLException {
    assertThat(inUtc("select array_agg(g) from gapfill(%s) as g".formatted(arguments)))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          '1 hour', now(), 'infinity'                           | 22023
          '1 hour', timestamp '-infinity', timestamp '2026-01-01' | 22023
          '0 days', now(), now() + interval '1 day'             | 22023
          '1 month 1 day', now(), now() + interval '1 day'      | 0A000
          '1 hour', date '2026-01-01', date '2026-01-02'        | 0A000
          '1 day', now(), now() + interval '1 day', 'Nowhere'   | 22023
          0, 1, 2                                               | 22023
          """)
  void gapfillIsRefused(String arguments, String sqlState) {
    assertThat(refusal("select gapfill(%s)".formatted(arguments))).isEqualTo(sqlState);
  }

  /** Whatever the rules of the server's release are where clocks change. */
  @ParameterizedTest
  @CsvSource({
    "Europe/Berlin, 1 hour, 0",
    "Europe/Berlin, 45 minutes, 0",
    "America/Havana, 1 day, 0",
    "America/Havana, 1 month, 0",
    "Australia/Lord_Howe, 20 minutes, 10 minutes",
    "Africa/Casablanca, 5 hours, 1 day",
    "America/New_York, 2 days, -7 hours"
  })
  void gapfillMissesNoBucketOfATimeZone(String zone, String width, String offset)
      throws SQLException {
    String sql =
        """
        select string_agg(coalesce(b, g)::text, ' ') from (
          select distinct time_bucket('%1$s', t, '%2$s', "offset" => '%3$s') as b
            from generate_series(timestamptz '2020-%4$s-01Z', '2020-%4$s-01Z'::timestamptz + interval '50 days',
                                 interval '7 minutes') as t) x
          full join gapfill('%1$s', timestamptz '2020-%4$s-01Z',
                            '2020-%4$s-01Z'::timestamptz + interval '50 days', '%2$s',
                            "offset" => '%3$s') as g on b = g
         where b is null or g is null
        """;
    for (String month : new String[] {"03", "10"}) {
      assertThat(inUtc(sql.formatted(width, zone, offset, month))).isEqualTo("null");
    }
  }

  @Test
  void locfCarriesTheLastValueOrIsTimescales() throws SQLException {
    String carried =
        """
        select string_agg(coalesce(carried::text, '-'), ' ' order by device, bucket) from (
          select device, bucket, locf(value) over (partition by device order by bucket) as carried
            from (values ('a', 1, null), ('a', 2, 1.5), ('a', 3, null), ('a', 4, 2.5), ('b', 2, null),
                         ('b', 3, 7)) as rows (device, bucket, value)) x
        """;
    if (varve.capabilities().tier() == Tier.PLAIN) {
      assertThat(inUtc(carried)).isEqualTo("- 1.5 1.5 2.5 - 7");
      assertThat(inUtc("select locf(v order by n) from (values (1, 'x'), (2, null)) as t (n, v)"))
          .isEqualTo("x");
    } else {
      // The native function is no aggregate.
      assertThat(refusal(carried)).isEqualTo("42809");
    }
  }

  private boolean takesUuids() throws SQLException {
    return !inUtc("select to_regprocedure('time_bucket(interval, uuid)')").equals("null");
  }

  /** Whether the server answers as this release of TimescaleDB does; Varve's own functions do. */
  private boolean isSince(int major, int minor) {
    return varve
        .capabilities()
        .timescaleVersion()
        .map(version -> version.split("[.-]"))
        .map(parts -> Integer.parseInt(parts[0]) * 1000 + Integer.parseInt(parts[1]))
        .map(version -> version >= major * 1000 + minor)
        .orElse(true);
  }

  private @Nullable String refusal(String sql) {
    try {
      return "no refusal but " + inUtc(sql);
    } catch (SQLException e) {
      return e.getSQLState();
    }
  }

  private String inUtc(String sql) throws SQLException {
    try (Statement statement = session.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      assertThat(result.next()).isTrue();
      return String.valueOf(result.getString(1));
    }
  }
}
