package io.varve.query;

import io.varve.model.Row;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A statement in SQL with named parameters: {@code SELECT … WHERE device = :device}. See {@code
 * Varve.sql(…)}.
 *
 * <p>Immutable: every {@link #bind} returns a new statement, so one may be the start of many.
 * Thread-safe. Nothing is sent before an answer is asked for.
 *
 * <p>A parameter is a colon and a name of letters, digits and underscores. Strings, quoted names
 * and comments have none; neither have {@code ::casts}, {@code :=}, and slices: in square brackets,
 * a colon right behind an operand is the slice's, so {@code a[m:n]} has no parameter and {@code
 * a[:n]} has one. A blank behind a colon keeps it SQL's. Operators with question marks are written
 * as PostgreSQL has them. The text is read as with {@code standard_conforming_strings}, which is
 * PostgreSQL's default.
 *
 * <p>Values are always bound and never become text of the statement, and every run is planned with
 * them. Times and strings arrive as they are, whatever the session's settings.
 *
 * <p>Columns come back by the types the server reports, each as the class {@link
 * io.varve.model.ColumnType} has for it; enums and {@code citext} as text, {@code json} as {@link
 * io.varve.model.Json}. A column of any other type is refused and wants a cast.
 *
 * <p>Every component of a record must have a column of its name in snake case ({@code deviceId} is
 * {@code device_id}), or of the name its {@code @Time}, {@code @Dimension} or {@code @Measure}
 * says, and of its class; smaller numbers are widened where nothing is lost. Columns without a
 * component are left out.
 *
 * <p>What is wrong with the text, a value, the answer's columns or a record is refused with a
 * {@link io.varve.MappingException}, what the server refuses with the exception of its SQLSTATE.
 * Nothing is tried again.
 *
 * <p>A statement with {@code RETURNING} is committed when its answer has been read: where a row or
 * a column is refused, nothing is written. What a {@code SELECT} writes through a function, or a
 * {@code CALL}, is committed with the statement, whatever becomes of its answer.
 */
public interface NamedSql {

  /**
   * Gives a parameter its value, wherever it stands.
   *
   * <p>A {@code String} and an enum constant (its name) are sent without a type, as strings in SQL
   * are: PostgreSQL finds it out, or asks for a cast, {@code :name::text}. So is null, which may
   * stand before {@code IS NULL} all the same. Any other value has the type of its class: numbers,
   * {@code Boolean}, {@code UUID}, {@code Json} ({@code jsonb}), {@code byte[]}, {@code Instant}
   * ({@code timestamptz}), {@code LocalDateTime}, {@code LocalDate}, {@code Duration} and {@code
   * Period} ({@code interval}). Times and durations finer than a microsecond are refused. A {@code
   * Collection} or an array of them is PostgreSQL's array, for {@code = ANY(:ids)}; it is refused
   * in the list of an {@code IN (:ids)}, which an empty one cannot fill.
   *
   * @param name without its colon; refused if the statement has no such parameter, or it has a
   *     value already
   */
  NamedSql bind(String name, @Nullable Object value);

  /** All rows of the answer, in memory, in a new list; also of a statement that writes. */
  List<Row> list();

  /** Like {@link #list()}, as records. */
  <R extends Record> List<R> list(Class<R> record);

  /** The first row of the answer, if there is any; the server stops there. */
  Optional<Row> first();

  /** Like {@link #first()}, as a record. */
  <R extends Record> Optional<R> first(Class<R> record);

  /**
   * The rows one by one through an SQL cursor in a read-only transaction, as {@link Query#stream}
   * has them: close it. A statement that writes is refused.
   */
  Stream<Row> stream();

  /** Like {@link #stream()}, as records. */
  <R extends Record> Stream<R> stream(Class<R> record);

  /** Gives {@link #stream()} to a function and closes it afterwards. */
  <V extends @Nullable Object> V useStream(Function<? super Stream<Row>, ? extends V> consumer);

  /** Gives {@link #stream(Class)} to a function and closes it afterwards. */
  <R extends Record, V extends @Nullable Object> V useStream(
      Class<R> record, Function<? super Stream<R>, ? extends V> consumer);

  /**
   * Runs the statement, in a transaction of its own. One that would change the session or begin a
   * transaction is refused before: the connection is a pool's. An answer is dropped, but it is in
   * memory until its rows have been counted.
   *
   * @return how many rows it wrote; 0 where it writes none, as DDL; of a statement with an answer
   *     (a SELECT, RETURNING), how many rows that had
   */
  long execute();
}
