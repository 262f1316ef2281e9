package io.varve.query;

import io.varve.MappingException;
import io.varve.model.Column;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Table;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A {@link Query} that asks the table itself. */
final class TableQuery<T> implements Query<T> {

  /**
   * The newest rows are looked for in so many of the newest chunks first. Where they are there, it
   * took no time for all the others: to plan, open and lock those takes longer than to look into
   * one.
   */
  private static final int NEWEST = 2;

  /** The same for the newest rows of given series, which may be further apart. */
  private static final int NEWEST_OF_SERIES = 8;

  private final Reads reads;
  private final Dialect dialect;
  private final Selection<T> selection;

  TableQuery(Reads reads, Dialect dialect, Selection<T> selection) {
    this.reads = reads;
    this.dialect = dialect;
    this.selection = selection;
  }

  private TableQuery<T> with(Selection<T> changed) {
    return new TableQuery<>(reads, dialect, changed);
  }

  private Table<T> table() {
    return selection.table();
  }

  @Override
  public Query<T> range(Instant from, Instant to) {
    return within(Range.of(from, to));
  }

  @Override
  public Query<T> since(Instant from) {
    return within(new Range<>(Objects.requireNonNull(from, "from"), null));
  }

  @Override
  public Query<T> before(Instant to) {
    return within(new Range<>(null, Objects.requireNonNull(to, "to")));
  }

  private Query<T> within(Range<Instant> range) {
    if (table().time().type().kind() == Kind.BIGINT) {
      throw new MappingException(
          "table %s, time column \"%s\" is of type bigint; expected range(long, long) in its units, found an Instant"
              .formatted(table().name(), table().time().name()));
    }
    return with(selection.within(range));
  }

  @Override
  public Query<T> range(long from, long to) {
    if (table().time().type().kind() != Kind.BIGINT) {
      throw new MappingException(
          "table %s, time column \"%s\" is of type %s; expected range(Instant, Instant), found a long"
              .formatted(table().name(), table().time().name(), table().time().type().sql()));
    }
    return with(selection.withinUnits(Range.of(from, to)));
  }

  @Override
  public Query<T> where(String column, Object value) {
    Column<T, ?> known = table().column(column);
    if (value == null) {
      throw new MappingException(
          "table %s, column \"%s\": it is compared with null, which nothing equals; expected a value, or whereNull(\"%s\")"
              .formatted(table().name(), column, column));
    }
    return where(Condition.column(known.name()).eq(value));
  }

  @Override
  public Query<T> whereNull(String column) {
    return where(Condition.column(column).isNull());
  }

  @Override
  public Query<T> where(Condition condition) {
    return with(selection.and(condition));
  }

  @Override
  public Query<T> oldestFirst() {
    return with(selection.ordered(Order.OLDEST_FIRST));
  }

  @Override
  public Query<T> newestFirst() {
    return with(selection.ordered(Order.NEWEST_FIRST));
  }

  @Override
  public Query<T> limit(long rows) {
    return with(selection.limited(rows));
  }

  @Override
  public List<T> list() {
    reads.check(selection);
    long most = selection.limit().orElse(Long.MAX_VALUE);
    return newestRows(most).orElseGet(() -> list(selection, most));
  }

  /** The answer, if the newest chunks hold all of it. */
  private Optional<List<T>> newestRows(long most) {
    boolean newest = selection.order() == Order.NEWEST_FIRST && most <= Reads.SHORT;
    return newest && dialect.partitions()
        ? newest(NEWEST).map(it -> list(it, most)).filter(rows -> rows.size() == most)
        : Optional.empty();
  }

  private List<T> list(Selection<T> selected, long most) {
    return reads.upTo(most, reading(), RowSql.rows(selected), reader());
  }

  @Override
  public Optional<T> first() {
    return limit(1).list().stream().findFirst();
  }

  @Override
  public long count() {
    reads.check(selection);
    String task = "counting " + table().name();
    RowReader<Long> reader =
        new RowReader<>(
            task,
            List.of("count"),
            List.of(ColumnType.of(Kind.BIGINT)),
            values -> (Long) Objects.requireNonNull(values[0]));
    return reads.all(task, RowSql.count(selection), reader).get(0);
  }

  @Override
  public Explanation explain() {
    reads.check(selection);
    return reads.explain(reading(), RowSql.rows(selection));
  }

  @Override
  public Stream<T> stream() {
    reads.check(selection);
    return reads.stream(reading(), RowSql.rows(selection), reader());
  }

  @Override
  public <R extends @Nullable Object> R useStream(
      Function<? super Stream<T>, ? extends R> consumer) {
    try (Stream<T> rows = stream()) {
      return consumer.apply(rows);
    }
  }

  @Override
  public List<T> latest() {
    LatestSql sql = new LatestSql(selection);
    return reads.all(
        "reading the latest rows of " + table().name(),
        connection -> {
          SeriesIndex index = SeriesIndex.of(connection, table());
          boolean walk = !index.order().isEmpty() && !isThin(connection);
          return sql.latest(walk ? index : new SeriesIndex(List.of(), index.nullable()));
        },
        reader());
  }

  private boolean isThin(Connection connection) throws SQLException {
    return SeriesDensity.of(connection, table())
        .map(it -> it.isThin(selection.length()))
        .orElse(false);
  }

  @Override
  public List<T> latest(Collection<?> series) {
    SeriesKeys keys = SeriesKeys.of(table(), Objects.requireNonNull(series, "series"));
    if (keys.count() == 0) {
      return List.of();
    }
    return newestRows(keys).orElseGet(() -> latest(selection, keys));
  }

  private Optional<List<T>> newestRows(SeriesKeys keys) {
    return selection.limit().orElse(Long.MAX_VALUE) >= keys.count()
        ? newest(NEWEST_OF_SERIES)
            .map(it -> latest(it, keys))
            .filter(rows -> rows.size() == keys.count())
        : Optional.empty();
  }

  private List<T> latest(Selection<T> selected, SeriesKeys keys) {
    return reads.all(reading(), new LatestSql(selected).latest(keys), reader());
  }

  /** The selected rows of the newest chunks; nothing where there are no others. */
  private Optional<Selection<T>> newest(int chunks) {
    if (!selection.isOpen()) {
      return Optional.empty();
    }
    OptionalLong from =
        reads.ask(
            reading(), connection -> dialect.newest().from(connection, table().name(), chunks));
    Optional<Selection<T>> narrowed =
        from.isPresent() ? selection.since(from.getAsLong()) : Optional.empty();
    return narrowed.filter(it -> !it.equals(selection));
  }

  @Override
  public Points downsample(String column, Downsample how) {
    return Downsampling.one(reads, uncut("downsample"), number(column), how);
  }

  @Override
  public List<SeriesPoints> downsampleEach(String column, Downsample how) {
    return Downsampling.each(reads, uncut("downsampleEach"), number(column), how);
  }

  @Override
  public Statistics statistics(String column) {
    return statistics(column, 0.5, 0.95, 0.99);
  }

  @Override
  public Statistics statistics(String column, double... percentiles) {
    return new Summaries(reads, uncut("statistics"), number(column)).statistics(percentiles);
  }

  @Override
  public Optional<Change> delta(String column) {
    return new Changes(reads, uncut("delta"), number(column)).one();
  }

  @Override
  public List<Change> deltaEach(String column) {
    return new Changes(reads, uncut("deltaEach"), number(column)).each();
  }

  @Override
  public List<Change> topChanges(String column, int series) {
    return new Changes(reads, uncut("topChanges"), number(column)).top(series);
  }

  @Override
  public Distribution distribution(String column, int bins) {
    return new Summaries(reads, uncut("distribution"), number(column)).distribution(bins);
  }

  @Override
  public Distribution distribution(String column, int bins, double lower, double upper) {
    return new Summaries(reads, uncut("distribution"), number(column))
        .distribution(bins, lower, upper);
  }

  /** What a step reads as a whole: it has no limit, and a bound in time if it needs one. */
  private Selection<T> uncut(String step) {
    if (selection.limit().isPresent()) {
      throw new IllegalStateException(
          "limit(%d) before %s would leave out rows at random; expected a range"
              .formatted(selection.limit().getAsLong(), step));
    }
    reads.check(selection);
    return selection;
  }

  private Column<T, ?> number(String column) {
    Column<T, ?> known = table().column(column);
    if (!known.type().isNumeric()) {
      throw new MappingException(
          "table %s, column \"%s\" is of type %s; expected a number"
              .formatted(table().name(), column, known.type().sql()));
    }
    return known;
  }

  private String reading() {
    return "reading " + table().name();
  }

  private RowReader<T> reader() {
    return RowReader.of(reading(), table());
  }

  @Override
  public BucketQuery bucket(Duration width) {
    return bucket(Bucket.of(width));
  }

  @Override
  public BucketQuery bucket(Period width) {
    return bucket(Bucket.of(width));
  }

  @Override
  public BucketQuery bucket(long width) {
    return bucket(Bucket.of(width));
  }

  @Override
  public BucketQuery bucket(Bucket bucket) {
    return grouped("bucket", Optional.of(BucketRules.of(table(), bucket)));
  }

  @Override
  public BucketQuery groupBy(String... columns) {
    return grouped("groupBy", Optional.empty()).groupBy(columns);
  }

  private BucketQuery grouped(String step, Optional<BucketRules> rules) {
    if (selection.limit().isPresent()) {
      throw new IllegalStateException(
          "limit(%d) before %s would cut rows before they are grouped; expected it after %s"
              .formatted(selection.limit().getAsLong(), step, step));
    }
    return new TableBucketQuery(reads, dialect, Buckets.of(selection, rules));
  }
}
