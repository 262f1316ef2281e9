package io.varve.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.ClosedException;
import io.varve.ConnectionException;
import io.varve.ConstraintException;
import io.varve.DatabaseException;
import io.varve.InDoubtException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DatabaseTest {

  private static final SQLException LOST = new SQLException("lost", "08006");

  private final Connections pool = new Connections();
  private final Connections direct = new Connections();
  private final List<String> owned = new ArrayList<>();
  private final Database database = new Database(pool, direct, () -> owned.add("closed"));

  @Test
  void callRunsInAutocommitAndGivesTheConnectionBack() {
    assertThat(database.<String>call("reading", connection -> "result")).isEqualTo("result");
    assertThat(pool.calls()).containsExactly("open", "close");
    assertThat(direct.calls()).isEmpty();
  }

  @Test
  void directStepsStayOutOfThePool() {
    database.callDirect("creating a chunk", connection -> 1);
    database.transactionDirect("creating a chunk", connection -> 1);
    assertThat(pool.calls()).isEmpty();
    assertThat(direct.calls())
        .containsExactly(
            "open",
            "close",
            "open",
            "setAutoCommit(false)",
            "commit",
            "setAutoCommit(true)",
            "close");
  }

  @Test
  void sourceThatStartsTransactionsByItselfIsCorrected() {
    pool.inTransactions();
    database.call("reading", connection -> 1);
    assertThat(pool.calls()).containsExactly("open", "setAutoCommit(true)", "close");
  }

  @Test
  void transactionCommitsWhatReturns() {
    assertThat(
            database.<String>transaction(
                "writing",
                connection -> {
                  pool.calls().add("step");
                  return "result";
                }))
        .isEqualTo("result");
    assertThat(pool.calls())
        .containsExactly(
            "open", "setAutoCommit(false)", "step", "commit", "setAutoCommit(true)", "close");
  }

  @Test
  void transactionRollsBackWhatThrows() {
    IllegalStateException failure = new IllegalStateException("mine");
    assertThatThrownBy(
            () ->
                database.transaction(
                    "writing",
                    connection -> {
                      throw failure;
                    }))
        .isSameAs(failure);
    assertThat(pool.calls())
        .containsExactly(
            "open", "setAutoCommit(false)", "rollback", "setAutoCommit(true)", "close");
  }

  @Test
  void failureOfTheServerIsTranslated() {
    assertThatThrownBy(
            () ->
                database.transaction(
                    "writing",
                    connection -> {
                      throw new SQLException("duplicate", "23505");
                    }))
        .isInstanceOf(ConstraintException.class)
        .hasMessage("writing: duplicate");
    assertThat(pool.calls()).contains("rollback").doesNotContain("commit");
  }

  @Test
  void commitRefusedByTheServerIsNotInDoubt() {
    pool.failing("commit", new SQLException("deferred", "23505"));
    assertThatThrownBy(() -> database.transaction("writing", connection -> 1))
        .isInstanceOf(ConstraintException.class)
        .hasMessage("writing: deferred");
    assertThat(pool.calls()).contains("rollback");
  }

  @Test
  void commitWithoutAnAnswerIsInDoubt() {
    pool.failing("commit", LOST).failing("rollback", LOST);
    assertThatThrownBy(() -> database.transaction("writing", connection -> 1))
        .isInstanceOf(InDoubtException.class)
        .hasMessageStartingWith("writing: lost while committing: lost;")
        .hasCause(LOST);
    assertThat(pool.calls()).endsWith("close");
  }

  /** A server whose disk is too full for its log says so and dies; what it kept, it tells later. */
  @Test
  void commitThatTheServerDoesNotOutliveIsInDoubt() {
    SQLException full = new SQLException("could not write to file", "53100");
    full.setNextException(LOST);
    pool.failing("commit", full).failing("rollback", LOST);
    assertThatThrownBy(() -> database.transaction("writing", connection -> 1))
        .isInstanceOf(InDoubtException.class)
        .hasCause(full);
  }

  @Test
  void committedStaysCommittedHoweverTheConnectionEnds() {
    pool.failing("setAutoCommit(true)", LOST).failing("close", LOST);
    assertThat(database.<String>transaction("writing", connection -> "done")).isEqualTo("done");
  }

  @Test
  void failureStaysTheFailureHoweverTheConnectionEnds() {
    pool.failing("rollback", LOST).failing("setAutoCommit(true)", LOST).failing("close", LOST);
    IllegalStateException failure = new IllegalStateException("mine");
    assertThatThrownBy(
            () ->
                database.transaction(
                    "writing",
                    connection -> {
                      throw failure;
                    }))
        .isSameAs(failure);
  }

  @Test
  void connectionThatCannotBeHadIsReportedWithTheTask() {
    pool.failing("open", LOST);
    assertThatThrownBy(() -> database.call("reading", connection -> 1))
        .isInstanceOf(ConnectionException.class)
        .hasMessage("reading: lost");
    assertThatThrownBy(() -> database.borrow("streaming"))
        .isInstanceOf(ConnectionException.class)
        .hasMessage("streaming: lost");
  }

  @Test
  void connectionThatCannotBeSetUpIsGivenBack() {
    pool.inTransactions().failing("setAutoCommit(true)", LOST);
    assertThatThrownBy(() -> database.call("reading", connection -> 1))
        .isInstanceOf(ConnectionException.class);
    assertThat(pool.calls()).endsWith("close");
  }

  @Test
  void borrowedConnectionIsTheCallersToClose() throws SQLException {
    try (Connection connection = database.borrow("streaming")) {
      assertThat(connection).isNotNull();
      assertThat(pool.calls()).containsExactly("open");
    }
    assertThat(pool.calls()).containsExactly("open", "close");
  }

  @Test
  void closedDatabaseOpensNothing() {
    database.close();
    assertThatThrownBy(() -> database.call("reading", connection -> 1))
        .isInstanceOf(ClosedException.class)
        .hasMessage("reading: this Varve has been closed");
    assertThatThrownBy(() -> database.borrow("streaming")).isInstanceOf(ClosedException.class);
    assertThat(pool.calls()).isEmpty();
  }

  @Test
  void closingTwiceClosesOnce() {
    database.close();
    database.close();
    assertThat(owned).containsExactly("closed");
  }

  @Test
  void failureToCloseIsReported() {
    Database failing =
        new Database(
            pool,
            direct,
            () -> {
              throw LOST;
            });
    assertThatThrownBy(failing::close)
        .isInstanceOf(DatabaseException.class)
        .hasMessage("closing the connections failed: lost")
        .hasCause(LOST);
  }
}
