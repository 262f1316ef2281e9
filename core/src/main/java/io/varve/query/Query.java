package io.varve.query;

import io.varve.MappingException;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A question about one table: all its rows, narrowed down step by step, and then asked for as a
 * list, a stream, a count, the latest rows or aggregates per time bucket. See {@code
 * Varve.from(…)}.
 *
 * <p>Immutable: every step returns a new query, so one query may be the start of many. Thread-safe.
 * Nothing is sent before an answer is asked for, and each answer is one statement with a snapshot
 * of its own.
 *
 * <p>Steps only ever narrow: several ranges mean what lies in all of them, several conditions hold
 * together, of several limits the smallest counts. Of several orders the last one counts.
 *
 * <p>What does not fit the table (a column it does not have, a value of another type, an instant
 * for a bigint time) is refused by the step, with a {@link MappingException} or a {@link
 * io.varve.SchemaException}; what fits no table (a negative limit, a range that ends before it
 * starts) with an {@link IllegalArgumentException}.
 *
 * <p>Values come back as the table's record, else as {@link io.varve.model.Row}s of each column's
 * Java class; see {@link io.varve.model.ColumnType}. Times are exact to the microsecond, whatever
 * the time zone of the JVM or the session. A column of the server whose values the declared type
 * would cut (a {@code double precision} declared as {@code int}) is refused with a {@link
 * MappingException} before the first row; wider declared types are right.
 *
 * @param <T> the row
 */
public interface Query<T> {

  /**
   * Rows with {@code from <= time < to}; none where both are the same, refused where {@code from}
   * is the later one or the time is a bigint.
   *
   * <p>Any instant may be a bound: finer than a microsecond, it still decides exactly; {@link
   * Instant#MIN} and {@link Instant#MAX} are PostgreSQL's infinities. A time without zone is taken
   * as UTC. A date is taken as its midnight in UTC: a range from noon starts with the next day, and
   * a range to noon still holds that day.
   */
  Query<T> range(Instant from, Instant to);

  /** Rows with {@code from <= time}; otherwise as {@link #range(Instant, Instant)}. */
  Query<T> since(Instant from);

  /** Rows with {@code time < to}; otherwise as {@link #range(Instant, Instant)}. */
  Query<T> before(Instant to);

  /**
   * Rows with {@code from <= time < to}, in the units of a bigint time; refused for any other time,
   * and where {@code from} is greater than {@code to}.
   */
  Query<T> range(long from, long to);

  /**
   * Rows whose column equals the value. It must be of the column's Java class; smaller numbers are
   * widened where nothing is lost (an {@code Integer} for a bigint), and a text column also takes
   * an enum constant for its name. Equality is PostgreSQL's: {@code NaN} equals itself, and 1.0
   * equals 1.00.
   *
   * @param value not null: rows without a value are found by {@link #whereNull}
   */
  Query<T> where(String column, Object value);

  /**
   * Rows that fulfil a condition, e.g. {@code
   * where(column("temperature").gt(20.0).or(column("device").in("a", "b")))}. Values must be of the
   * columns' classes as for {@link #where(String, Object)}.
   */
  Query<T> where(Condition condition);

  /** Rows whose column is null. */
  Query<T> whereNull(String column);

  /** By time, oldest first. The default is no promised order; nor is one among equal times. */
  Query<T> oldestFirst();

  /** By time, newest first. */
  Query<T> newestFirst();

  /** At most that many rows; 0 or more. */
  Query<T> limit(long rows);

  /** All rows, in memory, in a new list. */
  List<T> list();

  /** The first row in the query's order, if there is any. */
  Optional<T> first();

  /** How many rows {@link #list} would hold. */
  long count();

  /**
   * The rows one by one through an SQL cursor in a read-only transaction: memory does not grow with
   * the result. {@link io.varve.Setting#FETCH_SIZE} rows are in memory at a time, a tenth of that
   * where a column is jsonb, bytea or an array.
   *
   * <p>The statement is sent at once, so its errors are thrown here. From then on the stream holds
   * a connection, and through it a snapshot of the database. Both are given back when the last row
   * has been taken, when a row cannot be read, or when the stream is closed, which may be done at
   * any time and from any thread. A stream that is neither read to its end nor closed keeps its
   * connection for ever: use try-with-resources, or {@link #useStream}.
   *
   * <p>The stream is ordered and sequential; {@code parallel()} does not split it. Taking a row
   * after the close is an {@link IllegalStateException} by the stream or, from its iterator, a
   * {@link io.varve.ClosedException}.
   */
  Stream<T> stream();

  /** Gives {@link #stream} to a function and closes it afterwards, also when the function fails. */
  <R extends @Nullable Object> R useStream(Function<? super Stream<T>, ? extends R> consumer);

  /**
   * Runs the statement of {@link #list} on the server without fetching its rows, and says how it
   * did that. {@code list} of the newest rows with a limit may find them in the newest chunks, by
   * the same statement with a narrower range, and not come to this one.
   */
  Explanation explain();

  /**
   * The newest row of each series (combination of dimensions) among the query's rows, in the order
   * of the dimensions unless another was asked for; one row, if any, where the table has no
   * dimensions. A limit counts series. Of rows of one series with the same time, the one with the
   * greatest key; where the table has no unique key, any one of them.
   *
   * <p>Where an index leads from the dimensions to the time, as in every table Varve creates, the
   * cost grows with the number of series and of chunks in the range, not with the number of rows.
   * Where the server's statistics say that a series has fewer than some twenty rows in a chunk, or
   * in the range, all rows of the range are read once instead.
   */
  List<T> latest();

  /**
   * The newest row of each of these series among the query's rows, otherwise as {@link #latest()}.
   * A series without a row is left out; one named twice comes once.
   *
   * <p>Where an index leads from the dimensions to the time, the chunks are asked from the newest
   * to the oldest until a row is found. Where the range is open to the future, the newest eight
   * chunks are asked first: if each series has a row there, the cost does not grow with the number
   * of chunks. If one has not, all are asked for again in all chunks, in one statement: the cost of
   * a series grows with the number of chunks since its last row, and that of the statement with the
   * number of chunks.
   *
   * @param series of each the value of its dimension, as for {@link #where}, or, where the table
   *     has several, a {@code List} of their values in the table's order; none is null
   */
  List<T> latest(Collection<?> series);

  /**
   * The points of a numeric column over time, thinned out for a chart: all rows are one line. For
   * one line per series see {@link #downsampleEach}.
   *
   * <p>First and last point are always kept, a line of few points comes unchanged. Rows that have
   * no finite value (null, {@code NaN}, an infinity) are {@linkplain Points gaps}; those at an
   * infinite time are left out. The query's order does not matter; a limit is refused. A {@code
   * numeric} beyond the range of a double is an error.
   *
   * <p>Where an index leads from the dimensions (each of them fixed by {@link #where}) to the time,
   * and a hundred rows or more are there for each point, all methods but LTTB are computed by the
   * server, and only the points that are kept are sent. Otherwise every row is. The answer takes
   * two or three statements, which keep to the time range that the first one found.
   */
  Points downsample(String column, Downsample how);

  /**
   * Like {@link #downsample}, one line per series (combination of dimensions), in the order of the
   * dimensions. All share the columns of time, as they share a chart's axis; a series without any
   * finite value is left out.
   */
  List<SeriesPoints> downsampleEach(String column, Downsample how);

  /** {@link #statistics(String, double...)} with the percentiles 0.5, 0.95 and 0.99. */
  Statistics statistics(String column);

  /**
   * Number, extremes, mean, spread and percentiles of a numeric column's finite values, as doubles;
   * a limit is refused. Percentiles are interpolated, and the server sorts the values for them;
   * asked for none, it does not. Where the sum or the variance is beyond the range of a double, it
   * fails as a whole with a {@link io.varve.DataException}.
   *
   * @param percentiles each from 0 to 1
   */
  Statistics statistics(String column, double... percentiles);

  /**
   * From which finite value a numeric column went to which, from the earliest row that has one to
   * the latest; empty if no row has one. Of several rows at the earliest time the smallest value
   * counts, at the latest time the greatest. A limit is refused.
   */
  Optional<Change> delta(String column);

  /** {@link #delta} of each series that has a finite value, in the order of the dimensions. */
  List<Change> deltaEach(String column);

  /**
   * The series whose first and last finite values differ most, the greatest absolute difference
   * first, those with the same one in the order of the dimensions.
   *
   * @param series how many at most; 0 or more
   */
  List<Change> topChanges(String column, int series);

  /**
   * How many values of a numeric column fall into each of so many bins of equal width between the
   * smallest and the greatest finite value; a limit is refused. No bins where there is no finite
   * value, one where all are equal.
   *
   * @param bins 1 to 10,000
   */
  Distribution distribution(String column, int bins);

  /**
   * Like {@link #distribution(String, int)} between the given bounds, both of which belong to the
   * bins.
   *
   * @param lower finite
   * @param upper finite, greater than {@code lower}
   */
  Distribution distribution(String column, int bins, double lower, double upper);

  /**
   * Groups rows into buckets of a fixed width, a whole number of microseconds (of days where the
   * time is a date), counted from Monday 2000-01-03 00:00 as TimescaleDB's {@code time_bucket} does
   * (its version 2.29), in UTC; not for a bigint time.
   *
   * <p>The query's order becomes the order of the buckets. A limit is refused here, because it
   * would cut rows before they are grouped: {@link BucketQuery#limit} cuts buckets.
   *
   * @param width more than zero
   */
  BucketQuery bucket(Duration width);

  /**
   * Groups rows into calendar buckets in UTC: months (and years), counted from January 2000, or
   * days (and weeks), counted from Monday 2000-01-03, but not both together; otherwise as {@link
   * #bucket(Duration)}.
   */
  BucketQuery bucket(Period width);

  /**
   * Groups rows into buckets of so many units of a bigint time, counted from 0; otherwise as {@link
   * #bucket(Duration)}.
   */
  BucketQuery bucket(long width);

  /**
   * Groups rows into buckets counted in a time zone, from an origin or moved by an offset;
   * otherwise as {@link #bucket(Duration)}.
   */
  BucketQuery bucket(Bucket bucket);

  /**
   * Groups rows by columns alone: one result row per combination of their values over the whole
   * range. Without columns it is one row for all. See {@link #bucket(Duration)} about limits.
   */
  BucketQuery groupBy(String... columns);
}
