package io.varve.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.varve.AccessException;
import io.varve.CapacityException;
import io.varve.ConnectionException;
import io.varve.DeadlineException;
import io.varve.InDoubtException;
import io.varve.Preset;
import io.varve.Setting;
import io.varve.Varve;
import io.varve.VarveBuilder;
import io.varve.health.Health;
import io.varve.jdbc.Database;
import io.varve.jdbc.Identifiers;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Row;
import io.varve.model.Table;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.TimeZone;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Connections to a real server: what sessions are like, and what refusals say. */
@ExtendWith(DatabaseExtension.class)
final class ConnectionIT {

  private final TestDatabase database;
  private final String name;

  ConnectionIT(TestDatabase database) {
    this.database = database;
    String path = database.url().replaceFirst("\\?.*", "");
    this.name = path.substring(path.lastIndexOf('/') + 1);
  }

  @Test
  void sessionsRunInUtcWhateverTheZoneOfTheJvm() throws SQLException {
    TimeZone zone = TimeZone.getDefault();
    TimeZone.setDefault(TimeZone.getTimeZone("Asia/Kathmandu"));
    try (Varve varve = database.connect();
        Connection connection = varve.dataSource().getConnection()) {
      assertThat(value(connection, "show timezone")).isEqualTo("UTC");
      assertThat(value(connection, "select timestamptz 'epoch'"))
          .isEqualTo("1970-01-01 00:00:00+00");
    } finally {
      TimeZone.setDefault(zone);
    }
  }

  @Test
  void settingsReachTheSession() throws SQLException {
    try (Varve varve =
            builder(Preset.TEST)
                .set(Setting.APPLICATION_NAME, "meter")
                .set(Setting.STATEMENT_TIMEOUT, "12345 ms")
                .set(Setting.LOCK_TIMEOUT, "0")
                .connect();
        Connection connection = varve.dataSource().getConnection()) {
      assertThat(value(connection, "show application_name")).isEqualTo("meter");
      assertThat(value(connection, "show statement_timeout")).isEqualTo("12345ms");
      assertThat(value(connection, "show lock_timeout")).isEqualTo("0");
    }
  }

  @Test
  void connectingTakesOneConnection() throws SQLException {
    try (Varve varve =
            builder(Preset.DEVELOPMENT).set(Setting.APPLICATION_NAME, "only one").connect();
        Connection connection = varve.dataSource().getConnection()) {
      assertThat(
              value(
                  connection,
                  "select count(*) from pg_stat_activity where application_name = 'only one'"))
          .isEqualTo("1");
    }
  }

  @Test
  void statementOutOfTimeIsADeadline() {
    try (Varve varve = builder(Preset.TEST).set(Setting.STATEMENT_TIMEOUT, "50 ms").connect()) {
      Database sessions = sessions(varve);
      assertThatThrownBy(
              () ->
                  sessions.call("sleeping", connection -> value(connection, "select pg_sleep(60)")))
          .isInstanceOf(DeadlineException.class)
          .hasMessage(
              "sleeping: canceling statement due to statement timeout; raise statement-timeout, or"
                  + " ask for less at a time");
    }
  }

  @Test
  void callersWaitForAConnectionOnlySoLong() throws SQLException {
    try (Varve varve =
            builder(Preset.TEST)
                .set(Setting.POOL_SIZE, "1")
                .set(Setting.ACQUIRE_TIMEOUT, "250 ms")
                .connect();
        Connection only = varve.dataSource().getConnection()) {
      assertThat(only.isValid(1)).isTrue();
      Health health = varve.health();
      assertThat(health.status()).isEqualTo(Health.Status.DOWN);
      assertThat(health.problem())
          .contains(
              "checking health: no connection became free in time; hand connections back sooner, or"
                  + " raise pool-size or acquire-timeout");
    }
  }

  @Test
  void interruptedWaitForAConnectionIsADeadlineAndIsRestored() throws SQLException {
    try (Varve varve = builder(Preset.TEST).set(Setting.POOL_SIZE, "1").connect();
        Connection only = varve.dataSource().getConnection()) {
      assertThat(only.isValid(1)).isTrue();
      Table<Row> table =
          Table.builder("readings").time("time", ColumnType.of(Kind.TIMESTAMPTZ)).build();
      Row row = table.newRow(new Object[] {Instant.EPOCH});
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> varve.table(table).insert(row))
          .isInstanceOf(DeadlineException.class)
          .hasMessageStartingWith("inserting into readings: ")
          .hasMessageEndingWith("; the waiting thread was interrupted");
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void connectionThatWasCutIsReplaced() throws SQLException {
    try (Varve varve = builder(Preset.TEST).set(Setting.POOL_SIZE, "1").connect();
        Connection other = database.jdbc()) {
      Database sessions = sessions(varve);
      assertThatThrownBy(
              () ->
                  sessions.transaction(
                      "writing",
                      connection -> {
                        String pid = value(connection, "select pg_backend_pid()");
                        assertThat(value(other, "select pg_terminate_backend(" + pid + ", 10000)"))
                            .isEqualTo("t");
                        return value(connection, "select 1");
                      }))
          .isInstanceOf(ConnectionException.class)
          .hasMessageStartingWith("writing: ");
      assertThat(varve.health().status()).isEqualTo(Health.Status.UP);
    }
  }

  @Test
  void connectionLostInTheMiddleOfACommitIsInDoubt() {
    try (Varve varve = database.connect()) {
      Database sessions = sessions(varve);
      sessions.call("preparing", connection -> execute(connection, CUT_AT_COMMIT));
      assertThatThrownBy(
              () ->
                  sessions.transaction(
                      "writing",
                      connection -> execute(connection, "insert into cut_at_commit values (1)")))
          .isInstanceOf(InDoubtException.class)
          .hasMessageStartingWith("writing: lost while committing: ")
          .hasMessageEndingWith(
              "; what was sent may or may not have been done: check before repeating it");
    }
  }

  private static final String CUT_AT_COMMIT =
      """
      create table cut_at_commit (x int);
      create function cut_at_commit() returns trigger language plpgsql as
        'begin perform pg_terminate_backend(pg_backend_pid()); return null; end';
      create constraint trigger cut after insert on cut_at_commit
        deferrable initially deferred for each row execute function cut_at_commit();
      """;

  @Test
  void connectionToAServerThatTakesNoWritesIsNotKept() throws SQLException {
    try (Varve varve = builder(Preset.TEST).set(Setting.POOL_SIZE, "1").connect()) {
      Database sessions = sessions(varve);
      String before = sessions.call("asking", ConnectionIT::pid);
      assertThatThrownBy(
              () ->
                  sessions.call(
                      "writing",
                      connection -> {
                        execute(connection, "set default_transaction_read_only = on");
                        return execute(connection, "create table never ()");
                      }))
          .isInstanceOf(ConnectionException.class)
          .hasMessage(
              "writing: cannot execute CREATE TABLE in a read-only transaction; the session takes no"
                  + " writes: connect to the primary if this server is a standby; else look at"
                  + " default_transaction_read_only");
      assertThat(sessions.<String>call("asking", ConnectionIT::pid)).isNotEqualTo(before);
    }
  }

  @Test
  void sourceThatStartsTransactionsByItselfWorks() throws Exception {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(database.url());
    config.setUsername(database.user());
    config.setPassword(database.password());
    config.setAutoCommit(false);
    try (HikariDataSource source = new HikariDataSource(config);
        Varve varve = Varve.of(source)) {
      Database sessions = sessions(varve);
      sessions.call("creating", connection -> execute(connection, "create table kept (x int)"));
      try (Connection other = database.jdbc()) {
        assertThat(value(other, "select to_regclass('kept')")).isEqualTo("kept");
      }
    }
  }

  @Test
  void wrongPasswordIsRefused() {
    assertThatThrownBy(builder(Preset.TEST).set(Setting.PASSWORD, "wrong")::connect)
        .isInstanceOf(AccessException.class)
        .hasMessage(
            "connecting to %s as %s: password authentication failed for user \"%s\"; check the"
                + " password",
            address(), database.user(), database.user());
  }

  @Test
  void missingDatabaseIsNamed() {
    assertThatThrownBy(builder(Preset.TEST).set(Setting.DATABASE, "no_such_database")::connect)
        .isInstanceOf(AccessException.class)
        .hasMessageEndingWith(
            "database \"no_such_database\" does not exist; create it, or name an existing one");
  }

  @Test
  void fullDatabaseSaysSo() throws SQLException {
    try (Connection owner = database.jdbc()) {
      execute(owner, "alter database %s connection limit 0".formatted(Identifiers.quote(name)));
      try {
        assertThatThrownBy(builder(Preset.TEST)::connect)
            .isInstanceOf(CapacityException.class)
            .hasMessageEndingWith(
                "too many connections for database \"%s\"; close idle connections, lower pool-size,"
                    + " or raise the server's max_connections",
                name);
      } finally {
        execute(owner, "alter database %s connection limit -1".formatted(Identifiers.quote(name)));
      }
    }
  }

  @Test
  void missingPrivilegeToCreateSchemasIsExplained() throws SQLException {
    String user = Identifiers.quote(database.user());
    try (Varve varve = database.connect();
        Connection owner = database.jdbc()) {
      execute(
          owner, "revoke create on database %s from %s".formatted(Identifiers.quote(name), user));
      try {
        assertThatThrownBy(
                () ->
                    sessions(varve)
                        .call(
                            "installing the toolkit",
                            connection -> execute(connection, "create schema refused")))
            .isInstanceOf(AccessException.class)
            .hasMessage(
                "installing the toolkit: permission denied for database %s; let the owner GRANT the"
                    + " privilege to this user; Varve's own schemas need CREATE on the database",
                name);
      } finally {
        execute(
            owner, "grant create on database %s to %s".formatted(Identifiers.quote(name), user));
      }
    }
  }

  @Test
  void rowsStayOutOfMessages() {
    try (Varve varve = database.connect()) {
      Database sessions = sessions(varve);
      sessions.call(
          "preparing", connection -> execute(connection, "create table k (x text unique)"));
      sessions.call(
          "writing", connection -> execute(connection, "insert into k values ('canary')"));
      assertThatThrownBy(
              () ->
                  sessions.call(
                      "writing",
                      connection -> execute(connection, "insert into k values ('canary')")))
          .hasMessage(
              "writing: duplicate key value violates unique constraint \"k_x_key\" (table \"k\","
                  + " constraint \"k_x_key\")")
          .hasStackTraceContaining("PSQLException")
          .satisfies(error -> assertThat(error.getCause()).hasMessageNotContaining("canary"));
    }
  }

  @Test
  void missingPasswordIsAskedFor() {
    try (OwnedServer server = OwnedServer.start("18")) {
      String url = server.url();
      assertThatThrownBy(() -> Varve.connect(url + "?user=postgres"))
          .isInstanceOf(AccessException.class)
          .hasMessage(
              "connecting to %s as postgres: The server requested SCRAM-based authentication, but no"
                  + " password was provided; set the password: VARVE_PASSWORD, PGPASSWORD, a"
                  + " password-file or ~/.pgpass",
              url.substring("jdbc:postgresql://".length()));
      assertThatThrownBy(() -> Varve.connect(url + "?user=postgres&password=x&sslmode=verify-full"))
          .isInstanceOf(AccessException.class)
          .hasMessageEndingWith(
              "The server does not support SSL; turn TLS on at the server, or, where the network can"
                  + " be trusted, set sslmode=prefer");
    }
  }

  private VarveBuilder builder(Preset preset) {
    return Varve.builder(preset)
        .set(Setting.URL, database.url())
        .set(Setting.USER, database.user())
        .set(Setting.PASSWORD, database.password());
  }

  private String address() {
    return database.url().replaceFirst("\\?.*", "").substring("jdbc:postgresql://".length());
  }

  /** The pool, with errors translated. */
  private static Database sessions(Varve varve) {
    return new Database(varve.dataSource(), varve.dataSource(), () -> {});
  }

  private static String pid(Connection connection) throws SQLException {
    return value(connection, "select pg_backend_pid()");
  }

  private static boolean execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.execute(sql);
    }
  }

  private static @Nullable String value(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      return result.next() ? result.getString(1) : null;
    }
  }
}
