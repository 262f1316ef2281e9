package io.varve.query;

import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A question about one table. Immutable: every method returns a new query. Thread-safe. See {@code
 * Varve.from(…)}.
 */
public interface Query<T> {

  /** Rows with {@code from <= time < to}; not for a bigint time. */
  Query<T> range(Instant from, Instant to);

  /** Rows with {@code from <= time}. */
  Query<T> since(Instant from);

  /** Rows with {@code time < to}. */
  Query<T> before(Instant to);

  /** Rows with {@code from <= time < to}, in the units of a bigint time. */
  Query<T> range(long from, long to);

  /** Rows whose column equals the value; several are joined with AND. */
  Query<T> where(String column, Object value);

  /** By time, oldest first (the default is no promised order). */
  Query<T> oldestFirst();

  /** By time, newest first. */
  Query<T> newestFirst();

  /** At most that many rows; 0 or more. */
  Query<T> limit(long rows);

  /** All rows, in memory. */
  List<T> list();

  /** The first row, if any. */
  Optional<T> first();

  /** How many rows match. */
  long count();

  /**
   * The rows one by one through an SQL cursor in a read-only transaction: memory does not grow with
   * the result. Must be closed; holds a connection until then.
   */
  Stream<T> stream();

  /** Gives the stream to a function and closes it afterwards. */
  <R> R useStream(Function<Stream<T>, R> consumer);

  /** The newest row of each series (combination of dimensions) within the range. */
  List<T> latest();

  /** Groups rows into buckets of a fixed width, aligned as TimescaleDB's {@code time_bucket}. */
  BucketQuery bucket(Duration width);

  /** Groups rows into calendar buckets (days, weeks, months, years) in UTC. */
  BucketQuery bucket(Period width);

  /** Groups rows into buckets of so many units of a bigint time. */
  BucketQuery bucket(long width);
}
