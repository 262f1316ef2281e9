package io.varve.ingest;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The place in a transaction to which a refused statement takes it back, so that what was stored
 * before stays. From there on constraints are checked at once that would wait for the commit. Asks
 * the server only where something has changed. Not thread-safe.
 */
final class RowSavepoint {

  /** What a constraint checks only at the commit would fail all rows, and name none. */
  private static final String CHECK = "SET CONSTRAINTS ALL IMMEDIATE; ";

  private static final String SET = "SAVEPOINT varve_rows";
  private static final String MOVE = "RELEASE SAVEPOINT varve_rows; " + SET;
  private static final String RETURN = "ROLLBACK TO SAVEPOINT varve_rows";

  private enum State {
    ABSENT,
    /** Nothing has been done since. */
    HERE,
    /** Something has been stored since. */
    BEHIND,
    /** A statement has failed since. */
    BROKEN
  }

  private final Connection connection;
  private final boolean checking;
  private State state = State.ABSENT;

  /**
   * @param checking whether deferred constraints are checked at once from the first savepoint on
   */
  RowSavepoint(Connection connection, boolean checking) {
    this.connection = connection;
    this.checking = checking;
  }

  /** Brings the savepoint to where the transaction is, or the transaction to the savepoint. */
  void ready() throws SQLException {
    String ahead = ahead();
    if (!ahead.isEmpty()) {
      execute(ahead);
    }
  }

  /** What {@link #ready} does, to be sent ahead of the next statement in the same round trip. */
  String ahead() {
    String statements =
        switch (state) {
          case ABSENT -> checking ? CHECK + SET : SET;
          case BEHIND -> MOVE;
          case BROKEN -> RETURN;
          case HERE -> "";
        };
    state = State.HERE;
    return statements.isEmpty() ? "" : statements + "; ";
  }

  /** Brings the transaction back to the savepoint if a statement has failed since. */
  void mend() throws SQLException {
    if (state == State.BROKEN) {
      ready();
    }
  }

  /** A statement has done something that is to stay. */
  void passed() {
    state = state == State.ABSENT ? State.ABSENT : State.BEHIND;
  }

  /** A statement has failed: the server takes nothing else until the transaction is back. */
  void broken() {
    state = State.BROKEN;
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
