package io.varve.query;

import io.varve.model.Row;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The ways to take computed rows. Nothing is sent before one of them is asked for; each is one
 * statement with a snapshot of its own. Immutable and thread-safe.
 */
public interface Results {

  /** The result's columns, in order. */
  List<ResultColumn> columns();

  /** All rows, in memory, in a new list. */
  List<Row> list();

  /**
   * All rows as records: every component has a column of its name in snake case, as {@link
   * NamedSql} has it.
   */
  <R extends Record> List<R> list(Class<R> record);

  /** The first row, if there is any; no more are asked for. */
  Optional<Row> first();

  /** All rows as maps from a column's name to its value, in the columns' order; nulls included. */
  List<Map<String, @Nullable Object>> maps();

  /**
   * All rows as one array per column: numbers and times without an object for each. See {@link
   * Columns}.
   */
  Columns arrays();

  /** The rows through a cursor; must be closed. See {@link Query#stream}. */
  Stream<Row> stream();

  /** Gives {@link #stream} to a function and closes it afterwards, also when the function fails. */
  <R extends @Nullable Object> R useStream(Function<? super Stream<Row>, ? extends R> consumer);

  /**
   * The rows for the JDK's reactive streams. Each subscriber has a cursor and a connection of its
   * own from its first request to its end; rows are fetched and handed over by the executor, as
   * many as were requested. One more is fetched ahead, so {@code onComplete} follows the last row
   * without another request. A cancellation ends a running statement, too.
   *
   * <p>Whatever a subscriber throws at a row is the end: its connection is given back, {@code
   * onError} is called with it, and an {@link Error} is thrown on in the executor. An executor that
   * refuses to go on is the end, too; {@code onError} is then called in the thread that asked for
   * rows.
   *
   * @param executor runs every task it has taken, and not in the thread that hands it over
   */
  Flow.Publisher<Row> publisher(Executor executor);

  /** Runs the statement on the server without fetching its rows, and says how it did that. */
  Explanation explain();
}
