package io.varve.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.Capability;
import io.varve.Support;
import io.varve.Varve;
import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The SQL functions: with {@code varve} on the search path, SQL written for TimescaleDB runs
 * unchanged and gives the same answers on every tier.
 */
@ExtendWith(DatabaseExtension.class)
final class FunctionContract {

  private final TestDatabase database;
  private final Varve varve;

  FunctionContract(TestDatabase database) {
    this.database = database;
    this.varve = database.connect();
    varve.toolkit().install();
  }

  @AfterEach
  void disconnect() {
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

  @Test
  void histogramCountsBelowInsideAndAboveOrIsNotThere() throws SQLException {
    String sql =
        """
        select histogram(value, 0.0, 10.0, 5)
        from unnest(array[-1, 0, 1.9, 2, 5, 9.99, 10, 11]::double precision[]) as value
        """;
    if (varve.capabilities().support(Capability.HISTOGRAM) == Support.ABSENT) {
      assertThatThrownBy(() -> inUtc(sql))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("function histogram");
    } else {
      assertThat(inUtc(sql)).isEqualTo("{1,2,1,1,0,1,2}");
    }
  }

  private String inUtc(String sql) throws SQLException {
    try (Connection connection = database.jdbc();
        Statement statement = connection.createStatement()) {
      statement.execute("set timezone = 'UTC'");
      statement.execute("set search_path = varve, public");
      try (ResultSet result = statement.executeQuery(sql)) {
        assertThat(result.next()).isTrue();
        return String.valueOf(result.getString(1));
      }
    }
  }
}
