package io.varve.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TestDatabase;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The SQL functions about time: with {@code varve} on the search path, SQL written for TimescaleDB
 * runs unchanged and gives the same answers on every tier.
 */
@ExtendWith(DatabaseExtension.class)
@TestInstance(Lifecycle.PER_CLASS)
final class TimeFunctionContract {

  private final FunctionSession session;

  TimeFunctionContract(TestDatabase database) throws SQLException {
    this.session = FunctionSession.open(database);
  }

  @AfterAll
  void disconnect() throws SQLException {
    session.close();
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
    assertThat(session.value("select time_bucket(interval '%s', %s)".formatted(width, time)))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"10, 17, 10", "10, 20, 20", "10, -1, -10", "10, -10, -10", "7, 0, 0"})
  void timeBucketTruncatesIntegers(long width, long value, long expected) throws SQLException {
    assertThat(session.value("select time_bucket(%s::bigint, %s::bigint)".formatted(width, value)))
        .isEqualTo(String.valueOf(expected));
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
    assertThat(session.value("select time_bucket(%s)".formatted(arguments))).isEqualTo(expected);
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
    assumeTrue(session.isSince(2, 25), "releases before 2.25 answer otherwise");
    assertThat(session.value("select time_bucket(%s)".formatted(arguments))).isEqualTo(expected);
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
          """)
  void timeBucketRefusesAsTimescaleDoes(String call, String sqlState) {
    assertThat(session.refusal("select " + call)).isEqualTo(sqlState);
  }

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
    assertThat(session.value("select time_bucket(%s)".formatted(arguments))).isEqualTo(expected);
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
    assertThat(session.refusal("select time_bucket(%s)".formatted(arguments))).isEqualTo(sqlState);
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
    assertThat(session.value("select " + call)).isEqualTo(expected);
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
    assertThat(session.value(sql.formatted(arguments)))
        .isEqualTo(expected == null ? "null" : expected);
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
    assertThat(session.value("select array_agg(g) from gapfill(%s) as g".formatted(arguments)))
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
    assertThat(session.refusal("select gapfill(%s)".formatted(arguments))).isEqualTo(sqlState);
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
      assertThat(session.value(sql.formatted(width, zone, offset, month))).isEqualTo("null");
    }
  }

  private boolean takesUuids() throws SQLException {
    return !session.value("select to_regprocedure('time_bucket(interval, uuid)')").equals("null");
  }
}
