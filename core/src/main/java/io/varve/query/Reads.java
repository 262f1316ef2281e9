package io.varve.query;

import io.varve.jdbc.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.postgresql.PGStatement;

/**
 * Sends statements and reads their answers, in one of two ways.
 *
 * <p>Both must keep PostgreSQL from planning without the values. A plan made for any values opens
 * and locks every chunk (measured: 732 locks instead of 4 on 365 chunks), and the server turns to
 * one by itself once a prepared statement has run five times.
 *
 * <p>{@link #all} is for answers that are known to be short, or are computed by the server: one
 * message in autocommit mode, never prepared, so the server plans it with its values; it may use
 * parallel workers, which a cursor may not. The answer comes as text.
 *
 * <p>{@link #stream} is for long answers: a cursor in a read-only transaction that asks for custom
 * plans. That costs two round trips more, but lets the statement be prepared, and thereby the
 * answer come in binary: half the server's and a quarter of the client's work per row. Where the
 * user has switched prepared statements off, as a pooler in transaction mode needs it, the answer
 * comes as text.
 */
final class Reads {

  /** Rows known to be fewer are asked for in one message. */
  private static final long SHORT = 1000;

  private final Database database;

  Reads(Database database) {
    this.database = database;
  }

  /** All rows of the answer, in one message. */
  <R> List<R> all(String task, Sql sql, RowReader<R> reader) {
    return database.call(task, connection -> all(connection, sql, reader));
  }

  /** Like {@link #all(String, Sql, RowReader)}, where the statement depends on the catalogue. */
  <R> List<R> all(String task, Planner planner, RowReader<R> reader) {
    return database.call(
        task, connection -> all(connection, planner.statement(connection), reader));
  }

  /** Writes a statement after a look at the catalogue. */
  @FunctionalInterface
  interface Planner {
    Sql statement(Connection connection) throws SQLException;
  }

  private static <R> List<R> all(Connection connection, Sql sql, RowReader<R> reader)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql.text())) {
      statement.unwrap(PGStatement.class).setPrepareThreshold(0);
      bind(statement, sql);
      try (ResultSet answer = statement.executeQuery()) {
        List<R> rows = new ArrayList<>();
        while (answer.next()) {
          rows.add(reader.read(answer));
        }
        return rows;
      }
    }
  }

  /** All rows of an answer of at most so many rows. */
  <R> List<R> upTo(long limit, String task, Sql sql, RowReader<R> reader) {
    if (limit <= SHORT) {
      return all(task, sql, reader);
    }
    List<R> rows = new ArrayList<>();
    try (Cursor<R> cursor = Cursor.open(database, task, sql, reader)) {
      cursor.forEachRemaining(rows::add);
    }
    return rows;
  }

  /** The rows of the answer through a cursor; closed with the stream. */
  <R> Stream<R> stream(String task, Sql sql, RowReader<R> reader) {
    Cursor<R> cursor = Cursor.open(database, task, sql, reader);
    return StreamSupport.stream(cursor, false).onClose(cursor::close);
  }

  static void bind(PreparedStatement statement, Sql sql) throws SQLException {
    for (int i = 0; i < sql.binds().size(); i++) {
      sql.binds().get(i).set(statement, i + 1);
    }
  }
}
