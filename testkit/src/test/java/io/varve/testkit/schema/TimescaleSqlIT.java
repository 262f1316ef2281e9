package io.varve.testkit.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.Varve;
import io.varve.model.Dimension;
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
 * A page of SQL as people write it for TimescaleDB, on a hypertable, in a session that has done
 * nothing but set its search path.
 */
@ExtendWith(DatabaseExtension.class)
@TestInstance(Lifecycle.PER_CLASS)
final class TimescaleSqlIT {

  @TimeSeries(table = "conditions", chunk = "7 days")
  record Reading(
      @Time Instant time, @Dimension String device, @Measure double cpu, @Measure Long id) {}

  private final TestDatabase database;
  private final Session session;

  TimescaleSqlIT(TestDatabase database) throws SQLException {
    this.database = database;
    try (Varve varve = database.connect()) {
      varve.toolkit().install();
      varve.schema().create(Table.of(Reading.class));
      Instant start = Instant.parse("2026-01-01T00:00:00Z");
      varve
          .table(Reading.class)
          .insertAll(
              IntStream.range(0, 960)
                  .mapToObj(
                      n ->
                          new Reading(
                              start.plusSeconds(n / 2 * 3600L),
                              n % 2 == 0 ? "a" : "b",
                              n % 100,
                              (long) n))
                  .toList());
    }
    session =
        Session.on(database)
            .run("SET search_path = varve, public", "SET TimeZone = 'UTC'", "ANALYZE conditions");
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
          SELECT count(*) FROM (SELECT time_bucket('15 minutes', time) AS b, device, avg(cpu) FROM conditions GROUP BY b, device) x | 960
          SELECT time_bucket(INTERVAL '1 day', time) AS one_day, device, count(*) FROM conditions GROUP BY one_day, device ORDER BY 1 DESC, 2 LIMIT 1 | 2026-01-20 00:00:00+00
          SELECT max(time_bucket('1 week', time)) FROM conditions | 2026-01-19 00:00:00+00
          SELECT count(DISTINCT time_bucket('1 month'::interval, time)) FROM conditions | 1
          SELECT min(time_bucket('5 minutes', time, '-2.5 minutes'::interval) + '2.5 minutes') FROM conditions | 2026-01-01 00:00:00+00
          SELECT min(time_bucket('1 week', time, timestamptz '2025-12-31')) FROM conditions | 2025-12-31 00:00:00+00
          SELECT min(time_bucket('1 week', time, origin => '2025-12-31'::timestamptz)) FROM conditions | 2025-12-31 00:00:00+00
          SELECT min(time_bucket('1 day', time, 'America/New_York')) FROM conditions | 2025-12-31 05:00:00+00
          SELECT time_bucket('1 day', min(time), timezone => 'America/New_York', "offset" => INTERVAL '2 hours') FROM conditions | 2025-12-31 07:00:00+00
          SELECT time_bucket('1 month', time::date) FROM conditions LIMIT 1 | 2026-01-01
          SELECT time_bucket('2 hours', time AT TIME ZONE 'UTC') FROM conditions ORDER BY time DESC LIMIT 1 | 2026-01-20 22:00:00
          SELECT time_bucket(100, id) FROM conditions WHERE id = 959 | 900
          SELECT count(*) FROM (SELECT time_bucket('1 day', time) FROM conditions GROUP BY time_bucket('1 day', time) HAVING avg(cpu) > 0) x | 20
          SELECT count(*) FROM conditions WHERE time_bucket('1 day', time) = '2026-01-02Z' | 48
          SELECT first(cpu, time) FROM conditions WHERE device = 'b' | 1
          SELECT last(id, time) FROM conditions WHERE device = 'a' | 958
          SELECT string_agg(x.l::text, ' ' ORDER BY device) FROM (SELECT device, last(cpu, time) AS l FROM conditions GROUP BY device) x | 58 59
          SELECT last(time, id) FROM conditions | 2026-01-20 23:00:00+00
          SELECT first(device, (cpu, id)) IS NOT NULL FROM conditions WHERE false | f
          SELECT last(cpu, time) FILTER (WHERE cpu < 10) FROM conditions WHERE device = 'a' | 8
          SELECT last(cpu, time) OVER (PARTITION BY device ORDER BY time) FROM conditions ORDER BY time, device LIMIT 1 | 0
          SELECT histogram(cpu, 0, 100, 4) FROM conditions | {0,250,250,235,225,0}
          SELECT histogram(cpu, 20.0, 60.0, 5) FROM conditions WHERE device = 'a' GROUP BY device | {100,40,40,40,40,40,180}
          SELECT approximate_row_count('conditions') | 960
          SELECT count(*) FROM gapfill('1 hour', timestamptz '2026-01-01Z', '2026-01-31Z') g LEFT JOIN (SELECT time_bucket('1 hour', time) AS g, avg(cpu) AS a FROM conditions GROUP BY 1) x USING (g) WHERE a IS NULL | 240
          """)
  void runsUnchanged(String sql, String expected) throws SQLException {
    assertThat(session.text(sql)).isEqualTo(expected);
  }

  /** They are bound when the view is made; its readers need no search path. */
  @Test
  void viewsKeepTheirFunctions() throws SQLException {
    session.run(
        "CREATE VIEW public.daily AS SELECT time_bucket('1 day', time, 'Europe/Berlin') AS day,"
            + " device, first(cpu, time) AS open, histogram(cpu, 0, 100, 2) AS h"
            + " FROM conditions GROUP BY 1, 2");
    try (Session reader = Session.on(database).run("SET search_path = public")) {
      assertThat(reader.text("SELECT count(*) FROM daily")).isEqualTo("42");
      assertThat(reader.text("SELECT open FROM daily WHERE device = 'b' ORDER BY day LIMIT 1"))
          .isEqualTo("1");
    }
  }
}
