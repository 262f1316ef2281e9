package io.varve.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.AccessException;
import io.varve.CapabilityException;
import io.varve.CapacityException;
import io.varve.ConfigException;
import io.varve.ConflictException;
import io.varve.ConnectionException;
import io.varve.ConstraintException;
import io.varve.DataException;
import io.varve.DatabaseException;
import io.varve.DeadlineException;
import io.varve.ErrorCode;
import io.varve.InDoubtException;
import io.varve.SchemaException;
import io.varve.VarveException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientConnectionException;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;
import org.postgresql.util.ServerErrorMessage;

final class SqlErrorsTest {

  static Stream<Arguments> codes() {
    return Stream.of(
        row("08000", ConnectionException.class),
        row("08001", ConnectionException.class),
        row("08003", ConnectionException.class),
        row("08004", ConnectionException.class),
        row("08006", ConnectionException.class),
        row("08007", InDoubtException.class),
        row("08P01", ConnectionException.class),
        row("0A000", CapabilityException.class),
        row("21000", DataException.class),
        row("22001", DataException.class),
        row("22003", DataException.class),
        row("22008", DataException.class),
        row("22P02", DataException.class),
        row("22P04", DataException.class),
        row("23502", ConstraintException.class),
        row("23503", ConstraintException.class),
        row("23505", ConstraintException.class),
        row("23P01", ConstraintException.class),
        row("25001", DatabaseException.class),
        row("25006", ConnectionException.class),
        row("25P02", DatabaseException.class),
        row("25P03", ConnectionException.class),
        row("25P04", DeadlineException.class),
        row("26000", DatabaseException.class),
        row("28000", AccessException.class),
        row("28P01", AccessException.class),
        row("2BP01", SchemaException.class),
        row("3D000", AccessException.class),
        row("3F000", SchemaException.class),
        row("40001", ConflictException.class),
        row("40003", InDoubtException.class),
        row("40P01", ConflictException.class),
        row("42501", AccessException.class),
        row("42601", SchemaException.class),
        row("42703", SchemaException.class),
        row("42804", SchemaException.class),
        row("42883", SchemaException.class),
        row("42P01", SchemaException.class),
        row("42P05", DatabaseException.class),
        row("42P07", SchemaException.class),
        row("44000", ConstraintException.class),
        row("53100", CapacityException.class),
        row("53200", CapacityException.class),
        row("53300", CapacityException.class),
        row("53400", CapacityException.class),
        row("54000", DataException.class),
        row("55000", DatabaseException.class),
        row("55006", ConflictException.class),
        row("55P03", ConflictException.class),
        row("57014", DeadlineException.class),
        row("57P01", ConnectionException.class),
        row("57P02", ConnectionException.class),
        row("57P03", ConnectionException.class),
        row("57P04", ConnectionException.class),
        row("57P05", ConnectionException.class),
        row("58000", DatabaseException.class),
        row("58030", CapacityException.class),
        row("P0001", DatabaseException.class),
        row("TS001", SchemaException.class),
        row("TS103", SchemaException.class),
        row("TS501", DatabaseException.class),
        row("XX000", DatabaseException.class),
        row("ZZZZZ", DatabaseException.class));
  }

  private static Arguments row(String sqlState, Class<? extends VarveException> type) {
    return Arguments.of(sqlState, type);
  }

  @ParameterizedTest
  @MethodSource("codes")
  void codeDecidesTheError(String sqlState, Class<? extends VarveException> type) {
    SQLException cause = reported(sqlState, "what happened", Map.of('t', "readings"));
    VarveException error = SqlErrors.translate("writing 3 rows", cause);
    assertThat(error)
        .isExactlyInstanceOf(type)
        .hasCause(cause)
        .hasMessageStartingWith("writing 3 rows: what happened (table \"readings\")");
    assertThat(error.sqlState()).contains(sqlState);
  }

  @ParameterizedTest
  @CsvSource({
    "P0001, x, true",
    "P0002, x, true",
    "MY001, exec_stmt_raise, true",
    "MY001, x, false",
    "XX000, x, false",
    "42501, exec_stmt_raise, false"
  })
  void whatAFunctionRaisesIsToldFromOtherErrors(String sqlState, String routine, boolean raised) {
    SQLException cause = reported(sqlState, "no", Map.of('R', routine));
    assertThat(SqlErrors.isRaised(SqlErrors.translate("writing", cause))).isEqualTo(raised);
  }

  @Test
  void errorsThatHealByThemselvesAreRetryable() {
    assertThat(
            codes()
                .map(code -> (String) code.get()[0])
                .filter(code -> translated(code).isRetryable())
                .collect(Collectors.joining(" ")))
        .isEqualTo(
            "08000 08001 08003 08004 08006 08P01 25006 25P03 25P04 40001 40P01 55006 55P03 57014 57P01"
                + " 57P02 57P03 57P04 57P05");
  }

  @Test
  void remedyIsLeftOutWhereItWouldMislead() {
    assertThat(
            SqlErrors.translate(
                "task", reported("42P01", "missing FROM-clause", Map.of('R', "errorMissingRTE"))))
        .hasMessage("task: missing FROM-clause");
    String cancelled = "canceling statement due to user request";
    assertThat(SqlErrors.translate("task", reported("57014", cancelled, Map.of())))
        .isInstanceOf(DeadlineException.class)
        .hasMessage("task: " + cancelled);
    assertThat(
            SqlErrors.translate(
                "task", reported("3F000", "schema \"varve\" does not exist", Map.of())))
        .hasMessage(
            "task: schema \"varve\" does not exist; install Varve's functions: toolkit().install()");
  }

  private static VarveException translated(String sqlState) {
    return SqlErrors.translate("task", reported(sqlState, "text", Map.of()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "28P01 | check the password",
        "28000 | check the user and the server's pg_hba.conf",
        "3D000 | create it, or name an existing one",
        "42501 | let the owner GRANT the privilege to this user; Varve's own schemas need CREATE on"
            + " the database",
        "53100 | free space on the server's disk",
        "53300 | close idle connections, lower pool-size, or raise the server's max_connections",
        "57014 | raise statement-timeout, or ask for less at a time",
        "57P03 | the server is starting or stopping: wait",
        "55P03 | another transaction holds the lock: try again",
        "40001 | nothing was changed: run the transaction again",
        "25006 | the session takes no writes: connect to the primary if this server is a standby; else look at default_transaction_read_only",
        "26000 | a pooler in transaction mode seems to stand in between: connect to the server"
            + " itself, or set prepareThreshold=0 in the URL"
      })
  void remedyFollowsWhatTheServerSaid(String sqlState, String remedy) {
    assertThat(translated(sqlState)).hasMessage("task: text; " + remedy);
  }

  @Test
  void objectsAreNamedAndRowsAreNot() {
    SQLException cause =
        reported(
            "23505",
            "duplicate key value violates unique constraint \"readings_key\"",
            Map.of(
                't', "readings",
                'c', "device",
                'n', "readings_key",
                'D', "Key (device)=(canary) already exists.",
                'W', "COPY readings, line 3: canary"));
    assertThat(SqlErrors.translate("writing", cause))
        .hasMessage(
            "writing: duplicate key value violates unique constraint \"readings_key\" (table"
                + " \"readings\", column \"device\", constraint \"readings_key\")");
  }

  @Test
  void missingChunkIsNotAViolatedConstraint() {
    SQLException missing =
        reported(
            "23514",
            "no partition of relation \"r\" found for row",
            Map.of('t', "r", 'R', "ExecFindPartition"));
    assertThat(SqlErrors.translate("writing", missing))
        .isExactlyInstanceOf(SchemaException.class)
        .hasMessage(
            "writing: no partition of relation \"r\" found for row (table \"r\"); create the chunk"
                + " first");
    SQLException violated = reported("23514", "violates check", Map.of('n', "positive"));
    assertThat(SqlErrors.translate("writing", violated))
        .isExactlyInstanceOf(ConstraintException.class);
    SQLException raised = reported("23514", "too warm", Map.of('R', "exec_stmt_raise"));
    assertThat(SqlErrors.translate("writing", raised))
        .isExactlyInstanceOf(ConstraintException.class)
        .hasMessage("writing: too warm");
  }

  @Test
  void rowSecurityIsNoMatterOfGrants() {
    SQLException forbidden =
        reported(
            "42501",
            "new row violates row-level security policy for table \"r\"",
            Map.of('R', "ExecWithCheckOptions"));
    assertThat(SqlErrors.translate("writing", forbidden))
        .isExactlyInstanceOf(AccessException.class)
        .hasMessage(
            "writing: new row violates row-level security policy for table \"r\"; the table's"
                + " policies of row security decide: ask its owner for one that fits this user");
  }

  @Test
  void stalePlanIsAConflict() {
    SQLException stale =
        reported(
            "0A000",
            "cached plan must not change result type",
            Map.of('R', "RevalidateCachedQuery"));
    assertThat(SqlErrors.translate("reading", stale))
        .isExactlyInstanceOf(ConflictException.class)
        .hasMessage(
            "reading: cached plan must not change result type; the table changed meanwhile: try"
                + " again");
  }

  @Test
  void timeZoneTheServerDoesNotKnowIsASettingOfTheJvm() {
    SQLException unknown =
        reported("22023", "invalid value for parameter \"TimeZone\": \"US/Pacific\"", Map.of());
    assertThat(SqlErrors.translate("connecting to db", unknown))
        .isExactlyInstanceOf(ConfigException.class)
        .hasMessage(
            "connecting to db: invalid value for parameter \"TimeZone\": \"US/Pacific\"; the server"
                + " does not know the time zone this JVM runs in: start it with -Duser.timezone=UTC");
  }

  @Test
  void refusedPortAsksForTheServer() {
    assertThat(
            driver(
                "Connection to db:5432 refused. Check that the hostname and port are correct.",
                PSQLState.CONNECTION_UNABLE_TO_CONNECT,
                new ConnectException("Connection refused")))
        .isExactlyInstanceOf(ConnectionException.class)
        .hasMessage(
            "task: Connection to db:5432 refused; is the server running there, and does it listen"
                + " on that address?");
  }

  @Test
  void unknownHostIsNamed() {
    assertThat(
            driver(
                "The connection attempt failed.",
                PSQLState.CONNECTION_UNABLE_TO_CONNECT,
                new UnknownHostException("db.invalid")))
        .isExactlyInstanceOf(ConnectionException.class)
        .hasMessage("task: The connection attempt failed; there is no host db.invalid");
  }

  @Test
  void silentServerIsCalledThat() {
    assertThat(
            driver(
                "The connection attempt failed.",
                PSQLState.CONNECTION_UNABLE_TO_CONNECT,
                new SocketTimeoutException("Connect timed out")))
        .isExactlyInstanceOf(ConnectionException.class)
        .hasMessage("task: The connection attempt failed; the server did not answer");
  }

  @Test
  void lostConnectionNeedsNoRemedy() {
    assertThat(
            driver(
                "An I/O error occurred while sending to the backend.",
                PSQLState.CONNECTION_FAILURE,
                new IOException("Broken pipe")))
        .isExactlyInstanceOf(ConnectionException.class)
        .hasMessage("task: An I/O error occurred while sending to the backend");
  }

  @Test
  void distrustedCertificateIsAMatterOfAccess() {
    assertThat(
            driver(
                "SSL error: PKIX path building failed",
                PSQLState.CONNECTION_FAILURE,
                new SSLHandshakeException("PKIX path building failed")))
        .isExactlyInstanceOf(AccessException.class)
        .hasMessage(
            "task: SSL error: PKIX path building failed; set ssl-root-cert to the certificate of the"
                + " authority that signs the server's (\"system\" for those Java trusts), and use"
                + " the host name in the server's certificate");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Der Server unterstützt SSL nicht.",
        "The server does not support SSL.",
        "サーバはSSLをサポートしていません。"
      })
  void missingTlsIsRecognisedInAnyLanguage(String words) {
    assertThat(driver(words, PSQLState.CONNECTION_REJECTED, null))
        .isExactlyInstanceOf(AccessException.class)
        .hasMessageEndingWith(
            "turn TLS on at the server, or, where the network can be trusted, set sslmode=prefer");
  }

  @Test
  void wrongHostNameIsAMatterOfAccess() {
    assertThat(
            driver(
                "The hostname 127.0.0.1 could not be verified by hostnameverifier"
                    + " PgjdbcHostnameVerifier.",
                PSQLState.CONNECTION_FAILURE,
                null))
        .isExactlyInstanceOf(AccessException.class)
        .hasMessageEndingWith("use the host name in the server's certificate");
  }

  @Test
  void missingPasswordIsAskedFor() {
    assertThat(
            driver(
                "The server requested SCRAM-based authentication, but no password was provided.",
                PSQLState.CONNECTION_REJECTED,
                null))
        .isExactlyInstanceOf(AccessException.class)
        .hasMessage(
            "task: The server requested SCRAM-based authentication, but no password was provided;"
                + " set the password: VARVE_PASSWORD, PGPASSWORD, a password-file or ~/.pgpass");
  }

  @Test
  void poolThatCannotConnectReportsWhyAndNotThatItWaited() {
    SQLException why = reported("28P01", "password authentication failed", Map.of());
    assertThat(
            SqlErrors.translate(
                "reading", new SQLTransientConnectionException("timed out", "28P01", 0, why)))
        .isExactlyInstanceOf(AccessException.class)
        .hasMessage("reading: password authentication failed; check the password")
        .hasCause(why);
  }

  @Test
  void poolThatIsEmptyIsADeadline() {
    for (SQLException e :
        new SQLException[] {
          new SQLTransientConnectionException("request timed out"), new SQLTimeoutException("late")
        }) {
      VarveException error = SqlErrors.translate("reading", e);
      assertThat(error)
          .isExactlyInstanceOf(DeadlineException.class)
          .hasMessage(
              "reading: no connection became free in time; hand connections back sooner, or raise"
                  + " pool-size or acquire-timeout")
          .hasCause(e);
      assertThat(error.sqlState()).isEmpty();
    }
  }

  @Test
  void interruptedWaitIsADeadline() {
    assertThat(
            SqlErrors.translate(
                "reading", new SQLException("Interrupted", new InterruptedException())))
        .isExactlyInstanceOf(DeadlineException.class)
        .hasMessage("reading: Interrupted; the waiting thread was interrupted");
  }

  @Test
  void serverErrorIsFoundBehindABatch() {
    SQLException cause = reported("23505", "duplicate key", Map.of('n', "key"));
    assertThat(
            SqlErrors.translate(
                "writing",
                new BatchUpdateException("Batch entry 0 …", "23505", 0, new int[0], cause)))
        .isExactlyInstanceOf(ConstraintException.class)
        .hasMessage("writing: duplicate key (constraint \"key\")");
  }

  @Test
  void errorWithoutCodeOrTextIsStillReported() {
    VarveException error = SqlErrors.translate("reading", new SQLException());
    assertThat(error).isExactlyInstanceOf(DatabaseException.class).hasMessage("reading: null");
    assertThat(error.code()).isEqualTo(ErrorCode.DATABASE);
  }

  @Test
  void lostCommitIsInDoubt() {
    SQLException lost = new PSQLException("gone.", PSQLState.CONNECTION_FAILURE);
    VarveException error = SqlErrors.inDoubt("writing", lost);
    assertThat(error)
        .isExactlyInstanceOf(InDoubtException.class)
        .hasMessage(
            "writing: lost while committing: gone; what was sent may or may not have been done:"
                + " check before repeating it")
        .hasCause(lost);
    assertThat(error.inDoubt()).isTrue();
    assertThat(error.sqlState()).contains("08006");
  }

  @ParameterizedTest
  @CsvSource({
    "08003, true",
    "08006, true",
    "08001, true",
    "57P01, true",
    "57P02, true",
    "57P03, true",
    "57P05, true",
    "25P03, true",
    "25P04, true",
    "40003, true",
    "40001, false",
    "57014, false",
    "23505, false",
    "53300, false",
    "25006, false"
  })
  void lossOfTheConnectionIsTold(String sqlState, boolean lost) {
    assertThat(SqlErrors.isConnectionLoss(new SQLException("x", sqlState))).isEqualTo(lost);
    assertThat(SqlErrors.isConnectionLoss(new SQLException("x"))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "08001, true",
    "08006, true",
    "57P03, true",
    "53300, true",
    "53100, false",
    "28P01, false",
    "3D000, false",
    "22023, false"
  })
  void connectingAgainHelpsOnlyWhereTimeHeals(String sqlState, boolean heals) {
    assertThat(SqlErrors.mayHeal(translated(sqlState))).isEqualTo(heals);
  }

  @ParameterizedTest
  @CsvSource({
    "57014, canceling statement due to statement timeout, true",
    "57014, canceling statement due to user request, false",
    "40P01, deadlock detected, true",
    "23505, duplicate key, false"
  })
  void whatSomebodyCancelsIsNotWrittenAgain(String sqlState, String said, boolean heals) {
    VarveException error = SqlErrors.translate("writing", reported(sqlState, said, Map.of()));
    assertThat(SqlErrors.mayHealWrite(error)).isEqualTo(heals);
  }

  private static VarveException driver(
      String message, PSQLState state, @org.jspecify.annotations.Nullable Throwable cause) {
    return SqlErrors.translate("task", new PSQLException(message, state, cause));
  }

  /** An error as the server sends it: fields with a letter each. */
  private static SQLException reported(
      String sqlState, String message, Map<Character, String> fields) {
    StringBuilder wire = new StringBuilder("SERROR\0C" + sqlState + "\0M" + message + "\0");
    fields.forEach((letter, text) -> wire.append(letter).append(text).append('\0'));
    return new PSQLException(new ServerErrorMessage(wire.toString()));
  }
}
