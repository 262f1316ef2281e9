package io.varve.query;

import io.varve.jdbc.Database;
import io.varve.jdbc.SqlFunction;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
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
  static final long SHORT = 1000;

  private final Database database;
  private final Pruning pruning;

  Reads(Database database, Pruning pruning) {
    this.database = database;
    this.pruning = pruning;
  }

  /** Warns of a query that would read too many chunks, or refuses it. */
  void check(Selection<?> selection) {
    pruning.check(database, selection);
  }

  /** Asks the catalogue. */
  <R> R ask(String task, SqlFunction<Connection, R> question) {
    return database.call(task, question);
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

  /** Hands over all rows of the answer, in one message; returns how many there were. */
  <R> int each(String task, Sql sql, RowReader<R> reader, Consumer<? super R> consumer) {
    return database.call(task, connection -> each(connection, sql, reader, consumer));
  }

  private static <R> List<R> all(Connection connection, Sql sql, RowReader<R> reader)
      throws SQLException {
    List<R> rows = new ArrayList<>();
    each(connection, sql, reader, rows::add);
    return rows;
  }

  private static <R> int each(
      Connection connection, Sql sql, RowReader<R> reader, Consumer<? super R> consumer)
      throws SQLException {
    try (PreparedStatement statement = unprepared(connection, sql);
        ResultSet answer = statement.executeQuery()) {
      return each(answer, reader.reader(answer), consumer);
    }
  }

  private static <R> int each(ResultSet answer, RowReader<R> reader, Consumer<? super R> consumer)
      throws SQLException {
    int count = 0;
    for (; answer.next(); count++) {
      consumer.accept(reader.read(answer));
    }
    return count;
  }

  /** A statement that is sent in one message, with its values. */
  private static PreparedStatement unprepared(Connection connection, Sql sql) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql.text());
    try {
      statement.unwrap(PGStatement.class).setPrepareThreshold(0);
      bind(statement, sql);
      return statement;
    } catch (SQLException | RuntimeException | Error e) {
      statement.close();
      throw e;
    }
  }

  private static <R> List<R> rows(ResultSet answer, RowReader<R> reader) throws SQLException {
    List<R> rows = new ArrayList<>();
    each(answer, reader, rows::add);
    return rows;
  }

  /**
   * The answer to a statement, in one message; 0 stands for all its rows.
   *
   * @return nothing where the statement has run and has no answer
   */
  <R> Optional<List<R>> answer(String task, Sql sql, RowShape<R> shape, int atMost) {
    return database.call(task, connection -> answer(connection, sql, shape, atMost));
  }

  /** Like {@link #answer}; what the statement writes stays only if its answer can be read. */
  <R> Optional<List<R>> written(String task, Sql sql, RowShape<R> shape, int atMost) {
    return database.transaction(task, connection -> answer(connection, sql, shape, atMost));
  }

  private static <R> Optional<List<R>> answer(
      Connection connection, Sql sql, RowShape<R> shape, int atMost) throws SQLException {
    try (PreparedStatement statement = unprepared(connection, sql)) {
      statement.setMaxRows(atMost);
      if (!statement.execute()) {
        return Optional.empty();
      }
      try (ResultSet answer = statement.getResultSet()) {
        return Optional.of(rows(answer, shape.reader(answer)));
      }
    }
  }

  /** Runs a statement; gives the number of rows it wrote or, where it has an answer, its rows'. */
  long execute(String task, Sql sql) {
    return database.call(
        task,
        connection -> {
          try (PreparedStatement statement = unprepared(connection, sql)) {
            if (!statement.execute()) {
              return Math.max(0, statement.getLargeUpdateCount());
            }
            long rows = 0;
            try (ResultSet answer = statement.getResultSet()) {
              while (answer.next()) {
                rows++;
              }
            }
            return rows;
          }
        });
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

  /** The rows of the answer by and by; the caller opens and closes it. */
  <R> Cursor<R> unopened(String task, Sql sql, RowShape<R> shape) {
    return Cursor.unopened(database, task, sql, shape);
  }

  /** The rows of the answer through a cursor; closed with the stream. */
  <R> Stream<R> stream(String task, Sql sql, RowShape<R> shape) {
    Cursor<R> cursor = Cursor.open(database, task, sql, shape);
    return StreamSupport.stream(cursor, false).onClose(cursor::close);
  }

  /** Runs a statement without fetching its rows. */
  Explanation explain(String task, Sql sql) {
    return database.call(task, connection -> explain(connection, task, sql));
  }

  private static Explanation explain(Connection connection, String task, Sql sql)
      throws SQLException {
    Sql explained = new Sql("EXPLAIN (ANALYZE, VERBOSE, FORMAT XML) " + sql.text(), sql.binds());
    RowReader<String> reader =
        new RowReader<>(
            task,
            List.of("QUERY PLAN"),
            List.of(ColumnType.of(Kind.TEXT)),
            values -> String.valueOf(values[0]));
    return PlanReader.read(sql, String.join("\n", all(connection, explained, reader)));
  }

  static void bind(PreparedStatement statement, Sql sql) throws SQLException {
    for (int i = 0; i < sql.binds().size(); i++) {
      sql.binds().get(i).set(statement, i + 1);
    }
  }
}
