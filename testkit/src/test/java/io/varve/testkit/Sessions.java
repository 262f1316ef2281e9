package io.varve.testkit;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Sessions on a database beside those of Varve. */
final class Sessions {

  private Sessions() {}

  /** Runs a statement in a session of its own. */
  static void execute(TestDatabase database, String sql) throws SQLException {
    try (Connection connection = database.jdbc();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Waits until some session sleeps, in {@code pg_sleep}. */
  static void awaitSleeping(TestDatabase database) throws SQLException {
    try (Connection connection = database.jdbc();
        Statement statement = connection.createStatement()) {
      boolean sleeping = false;
      while (!sleeping) {
        try (ResultSet found =
            statement.executeQuery(
                """
                select count(*) from pg_stat_activity
                where datname = current_database() and wait_event = 'PgSleep'
                """)) {
          found.next();
          sleeping = found.getInt(1) > 0;
        }
        Thread.onSpinWait();
      }
    }
  }
}
