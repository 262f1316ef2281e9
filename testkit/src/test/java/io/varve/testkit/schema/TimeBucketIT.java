package io.varve.testkit.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.Tier;
import io.varve.Varve;
import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TestDatabase;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * One table for the native function and for Varve's: with {@code varve} on the search path the bare
 * name is whichever the server has.
 */
@ExtendWith(DatabaseExtension.class)
@TestInstance(Lifecycle.PER_CLASS)
final class TimeBucketIT {

  private static final List<String> TIME_ZONES =
      List.of("UTC", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe");

  private final Session session;
  private final boolean isPlain;

  TimeBucketIT(TestDatabase database) throws SQLException {
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
      textBlock =
          """
          # on a boundary, before it, after it
          '15 min', timestamptz '2026-01-01 00:15:00Z'          | timestamptz '2026-01-01 00:15:00Z'
          '15 min', timestamptz '2026-01-01 00:14:59.999999Z'   | timestamptz '2026-01-01 00:00:00Z'
          '15 min', timestamptz '2026-01-01 00:15:00.000001Z'   | timestamptz '2026-01-01 00:15:00Z'
          # weeks start on Mondays, and 2000-01-03 is one
          '1 week', timestamptz '2026-01-04 23:59:59Z'          | timestamptz '2025-12-29 00:00:00Z'
          '7 days', timestamptz '2026-01-05 00:00:00Z'          | timestamptz '2026-01-05 00:00:00Z'
          '10 days', timestamptz '2000-01-03 00:00:00Z'         | timestamptz '2000-01-03 00:00:00Z'
          '10 days', timestamptz '2000-01-02 23:59:59Z'         | timestamptz '1999-12-24 00:00:00Z'
          # on a boundary before the origin
          '1 day', timestamptz '1999-12-31 00:00:00Z', timestamptz '2000-01-01 00:00:00Z' | timestamptz '1999-12-31 00:00:00Z'
          '1 hour', timestamp '1969-12-31 23:00:00'             | timestamp '1969-12-31 23:00:00'
          '7 days', date '1999-12-20'                           | date '1999-12-20'
          '1 day', timestamptz '1999-12-31 04:00:00Z', interval '4 hours' | timestamptz '1999-12-31 04:00:00Z'
          # before 2000, before 1970, before Christ: down, not towards zero
          '1 hour', timestamptz '1999-12-31 23:30:00Z'          | timestamptz '1999-12-31 23:00:00Z'
          '1 hour', timestamptz '1969-12-31 23:59:59.999999Z'   | timestamptz '1969-12-31 23:00:00Z'
          '7 days', timestamptz '0044-03-15 12:00:00Z BC'       | timestamptz '0044-03-11 00:00:00Z BC'
          '36 hours', timestamp '1969-12-31 23:59:59'           | timestamp '1969-12-30 12:00:00'
          # months and years: the calendar's, in UTC for timestamptz
          '1 month', timestamptz '2024-02-29 23:59:59Z'         | timestamptz '2024-02-01 00:00:00Z'
          '1 month', timestamptz '2024-03-01 00:00:00Z'         | timestamptz '2024-03-01 00:00:00Z'
          '3 months', timestamptz '2024-03-31 23:59:59Z'        | timestamptz '2024-01-01 00:00:00Z'
          '5 months', timestamptz '2000-06-30 00:00:00Z'        | timestamptz '2000-06-01 00:00:00Z'
          '5 months', timestamptz '1999-12-31 23:59:59Z'        | timestamptz '1999-08-01 00:00:00Z'
          '1 year', timestamp '1999-12-31 23:59:59'             | timestamp '1999-01-01'
          '10 years', timestamp '1969-07-20 20:17:00'           | timestamp '1960-01-01'
          '13 months', timestamp '2026-05-04'                   | timestamp '2026-01-01'
          '1 month', timestamp '0001-01-15 BC'                  | timestamp '0001-01-01 BC'
          # dates
          '1 day', date '2026-05-04'                            | date '2026-05-04'
          '48 hours', date '2000-01-04'                         | date '2000-01-03'
          '7 days', date '1999-12-31'                           | date '1999-12-27'
          '1 month', date '2024-02-29'                          | date '2024-02-01'
          '1 year', date '1969-12-31'                           | date '1969-01-01'
          # origins; of an origin of months only the month counts
          '7 days', timestamptz '2026-01-04 00:00:00Z', timestamptz '2026-01-03 00:00:00Z'    | timestamptz '2026-01-03 00:00:00Z'
          '1 hour', timestamptz '2026-01-04 00:20:00Z', timestamptz '2030-01-01 00:30:00Z'    | timestamptz '2026-01-03 23:30:00Z'
          '3 months', timestamptz '2024-03-10 12:00:00Z', timestamptz '2025-02-14 03:00:00Z'  | timestamptz '2024-02-01 00:00:00Z'
          '12 months', timestamp '2024-03-10', timestamp '2000-04-30'                         | timestamp '2023-04-01'
          '7 days', date '2000-01-05', date '2000-01-05'                                      | date '2000-01-05'
          '6 months', date '2024-03-10', date '1999-12-31'                                    | date '2023-12-01'
          # offsets
          '1 day', timestamptz '2026-01-01 03:00:00Z', interval '4 hours'           | timestamptz '2025-12-31 04:00:00Z'
          '1 day', timestamptz '2026-01-01 03:00:00Z', interval '-4 hours'          | timestamptz '2025-12-31 20:00:00Z'
          '7 days', timestamp '2026-01-05 00:00:00', interval '-1 day'              | timestamp '2026-01-04 00:00:00'
          '1 month', timestamp '2026-03-15', interval '14 days'                     | timestamp '2026-03-15'
          '1 month', timestamp '2026-03-31', interval '1 month'                     | timestamp '2026-03-01'
          '7 days', date '2000-01-05', interval '1 day'                             | date '2000-01-04'
          '10 days', timestamp '2000-01-03', "offset" => '1 day'                    | timestamp '1999-12-25'
          # numbers
          10, 17                                                | 10
          10, -1                                                | -10
          10, -10                                               | -10
          10, 7, 23                                             | 3
          10, -7, 23                                            | -7
          10, -7, -23                                           | -13
          10::smallint, (-32755)::smallint                      | (-32760)::smallint
          10::smallint, 32767::smallint, 5::smallint            | 32765::smallint
          1000000007::bigint, 9223372036854775807::bigint       | 9223372036563603804
          # infinities come back before the width is looked at
          '1 day', timestamptz 'infinity'                       | timestamptz 'infinity'
          '1 month', timestamptz '-infinity'                    | timestamptz '-infinity'
          '0 days', timestamp 'infinity'                        | timestamp 'infinity'
          '1 month 1 day', date '-infinity'                     | date '-infinity'
          '7 days', timestamptz 'infinity', interval '1 day'    | timestamptz 'infinity'
          '3 months', timestamp 'infinity', timestamp '2000-02-01' | timestamp 'infinity'
          # NULL anywhere is the answer, even with a width that is none
          NULL::interval, timestamptz '2026-01-01Z'             | NULL::timestamptz
          '0 days', NULL::timestamptz                           | NULL::timestamptz
          '1 day', timestamptz '2026-01-01Z', NULL::interval    | NULL::timestamptz
          '0 days', timestamp '2026-01-01', NULL::timestamp     | NULL::timestamp
          '1 month', timestamp '2026-01-01', NULL::timestamp    | NULL::timestamp
          '1 hour', NULL::date                                  | NULL::date
          0, NULL::int                                          | NULL::int
          NULL::bigint, 5::bigint                               | NULL::bigint
          0, 5, NULL::int                                       | NULL::int
          """)
  void bucketStartsAt(String arguments, String expected) throws SQLException {
    for (String zone : TIME_ZONES) {
      session.run("SET TimeZone = '" + zone + "'", "SET DateStyle = 'ISO, DMY'");
      String call = "time_bucket(" + arguments + ")";
      assertThat(session.isTrue(call + " IS NOT DISTINCT FROM " + expected))
          .as("%s in %s is %s", call, zone, session.text("SELECT " + call))
          .isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          '0 days', timestamptz '2026-01-01Z'                   | 22023
          '-1 hour', timestamptz '2026-01-01Z'                  | 22023
          '1 day -24 hours', timestamp '2026-01-01'             | 22023
          '-1 month', timestamptz '2026-01-01Z'                 | 22023
          '-1 month', date '2026-01-01'                         | 22023
          '1 month 1 day', timestamptz '2026-01-01Z'            | 0A000
          '2 months -30 days', timestamp '2026-01-01'           | 0A000
          '1 year 1 second', timestamp '2026-01-01'             | 0A000
          '1 month 1 hour', date '2026-01-01'                   | 0A000
          '-1 day', date '2026-01-01'                           | 0A000
          '0 days', date '2026-01-01'                           | 0A000
          '1 hour', date '2026-01-01'                           | 0A000
          '25 hours', date '2026-01-01'                         | 0A000
          '0 days', timestamptz '2026-01-01Z', interval '1 day' | 22023
          0, 5                                                  | 22023
          -1::smallint, 5::smallint                             | 22023
          0::bigint, 5::bigint, 1::bigint                       | 22023
          10::smallint, (-32768)::smallint                      | 22003
          10::smallint, (-32764)::smallint, 5::smallint         | 22003
          10::smallint, 32767::smallint, (-5)::smallint         | 22003
          10, -2147483648                                       | 22003
          10::bigint, (-9223372036854775808)::bigint            | 22003
          '10 days', timestamp '4714-11-24 BC'                   | 22008
          """)
  void refusedWith(String arguments, String sqlState) {
    assertThatThrownBy(() -> session.text("SELECT time_bucket(%s)::text".formatted(arguments)))
        .isInstanceOf(SQLException.class)
        .extracting(e -> ((SQLException) e).getSQLState())
        .isEqualTo(sqlState);
  }

  /** Since TimescaleDB 2.27; earlier releases took hours and negative offsets, too. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          '7 days', date '2026-01-01', interval '1 hour'
          '7 days', date '2026-01-01', interval '-1 day'
          '7 days', date '2026-01-01', interval '0'
          '1 month', date '2026-01-01', interval '1 month'
          """)
  void datesTakeOffsetsOfWholeDays(String arguments) {
    Assumptions.assumeTrue(isPlain, "the native function's rules depend on its release");
    assertThatThrownBy(() -> session.text("SELECT time_bucket(%s)".formatted(arguments)))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("is not one or more whole days")
        .extracting(e -> ((SQLException) e).getSQLState())
        .isEqualTo("0A000");
  }

  /** New York's clocks went forward on 2024-03-10: from 19:30 a day back is 23 hours. */
  @ParameterizedTest
  @CsvSource({"America/New_York, 2024-03-10 23:00:00Z", "UTC, 2024-03-10 00:00:00Z"})
  void offsetOfDaysIsCountedInTheTimeZoneOfTheSession(String zone, String expected)
      throws SQLException {
    session.run("SET TimeZone = '" + zone + "'");
    String call = "time_bucket('1 day', timestamptz '2024-03-10 23:30:00Z', interval '1 day')";
    assertThat(session.isTrue("%s = timestamptz '%s'".formatted(call, expected))).isTrue();
  }

  /** What servers do whose date_bin goes wrong before its origin. */
  @Test
  void countingFromTheFirstBoundaryGivesTheSameBuckets() throws SQLException {
    Assumptions.assumeTrue(isPlain, "the native function is another");
    String differing =
        """
        SELECT count(*) FROM (
          SELECT width, ts, origin, varve_internal.first_boundary(width, origin) AS first,
                 varve.time_bucket(width, ts, origin) AS bucket
            FROM generate_series(1, 2000) n
           CROSS JOIN LATERAL (
             SELECT n * n * interval '1 microsecond 7 seconds' + n % 3 * interval '1 day' AS width,
                    timestamp '2204-02-29 12:34:56.789' - n * interval '5 days' AS origin) o
           CROSS JOIN LATERAL (VALUES (origin - 5 * width), (origin - 5.5 * width),
             (timestamp '0044-03-15 BC')) AS t (ts)) x
         WHERE bucket <> date_bin(width, ts, first) OR bucket > ts OR bucket + width <= ts
            OR first >= timestamp '4714-11-24 BC' + width
        """;
    assertThat(session.text(differing)).isEqualTo("0");
  }

  @Test
  void constantWidthIsReducedToTheBuiltInFunction() throws SQLException {
    Assumptions.assumeTrue(isPlain, "native functions are not inlined");
    session.run("CREATE TEMP TABLE t AS SELECT now() AS ts");
    assertThat(session.texts("EXPLAIN VERBOSE SELECT time_bucket('1 hour', ts) FROM t"))
        .anySatisfy(line -> assertThat(line).contains("date_bin('01:00:00'::interval, ts,"));
    assertThat(session.texts("EXPLAIN VERBOSE SELECT time_bucket('1 month', ts) FROM t"))
        .anySatisfy(line -> assertThat(line).contains("date_trunc('month'"));
    assertThat(
            session.texts(
                "EXPLAIN VERBOSE SELECT time_bucket('1 day', ts, 'Europe/Berlin') FROM t"))
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains(
                        "date_bin('1 day'::interval, (ts AT TIME ZONE 'Europe/Berlin'::text),"));
    session.run("DROP TABLE t");
  }
}
