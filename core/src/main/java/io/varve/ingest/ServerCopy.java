package io.varve.ingest;

import io.varve.jdbc.SqlErrors;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.util.PSQLException;

/**
 * One binary COPY into one relation. Not thread-safe; a connection has at most one at a time and
 * does nothing else meanwhile.
 *
 * <p>After an error the COPY is over. If the server reported it, the connection is in step and its
 * transaction can be rolled back. If anything else went wrong (a broken or timed-out socket, bytes
 * out of step), or the session takes no writes, the connection is aborted, so that a pool drops it
 * instead of handing it on.
 */
final class ServerCopy implements Copy {

  private static final byte[] SIGNATURE =
      "PGCOPY\n\377\r\n\0".getBytes(StandardCharsets.ISO_8859_1);

  private static final int END_OF_ROWS = -1;

  private final Connection connection;
  private final CopyIn copy;

  private ServerCopy(Connection connection, CopyIn copy) {
    this.connection = connection;
    this.copy = copy;
  }

  /**
   * Starts a COPY.
   *
   * @param relation its quoted name
   * @param columns their quoted names, joined by commas
   */
  static ServerCopy start(Connection connection, String relation, String columns)
      throws SQLException {
    String sql = "COPY " + relation + " (" + columns + ") FROM STDIN (FORMAT binary)";
    try {
      ServerCopy started =
          new ServerCopy(
              connection, connection.unwrap(PGConnection.class).getCopyAPI().copyIn(sql));
      CopyBuffer header = new CopyBuffer(SIGNATURE.length + 2 * Integer.BYTES);
      header.putBytes(SIGNATURE);
      header.putInt(0);
      header.putInt(0);
      started.write(header);
      return started;
    } catch (SQLException e) {
      throw failed(connection, e);
    }
  }

  @Override
  public void write(CopyBuffer tuples, int from, int to) throws SQLException {
    try {
      copy.writeToCopy(tuples.array(), from, to - from);
    } catch (SQLException e) {
      throw failed(connection, e);
    }
  }

  @Override
  public long end() throws SQLException {
    CopyBuffer trailer = new CopyBuffer(Short.BYTES);
    trailer.putShort(END_OF_ROWS);
    write(trailer);
    try {
      return copy.endCopy();
    } catch (SQLException e) {
      throw failed(connection, e);
    }
  }

  @Override
  public void cancel() {
    try {
      if (copy.isActive()) {
        copy.cancelCopy();
      }
    } catch (SQLException e) {
      failed(connection, e);
    }
  }

  private static SQLException failed(Connection connection, SQLException e) {
    boolean inStep =
        e instanceof PSQLException server
            && server.getServerErrorMessage() != null
            && !SqlErrors.isConnectionLoss(e);
    // The pool does not see what goes wrong here, so it would keep a session that takes no writes.
    if (!inStep || SqlErrors.isReadOnly(e)) {
      abort(connection, e);
    }
    return e;
  }

  private static void abort(Connection connection, SQLException cause) {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      cause.addSuppressed(e);
    }
  }
}
