package io.varve.query;

import io.varve.model.Column;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Row;
import io.varve.model.Table;
import io.varve.query.Buckets.Ordering;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A {@link BucketQuery} that asks the table itself. */
final class TableBucketQuery implements BucketQuery, StatementResults {

  /** More rows than this for one group are taken for a mistake. */
  private static final long MOST_SLOTS = 10_000_000;

  private final Reads reads;
  private final Dialect dialect;
  private final Buckets buckets;

  TableBucketQuery(Reads reads, Dialect dialect, Buckets buckets) {
    this.reads = reads;
    this.dialect = dialect;
    this.buckets = buckets;
  }

  private TableBucketQuery with(Buckets changed) {
    return new TableBucketQuery(reads, dialect, changed);
  }

  @Override
  public BucketQuery groupBy(String... columns) {
    Table<?> table = buckets.selection().table();
    return with(
        buckets.groupedBy(Arrays.stream(columns).<Column<?, ?>>map(table::column).toList()));
  }

  @Override
  public BucketQuery select(Aggregate... aggregates) {
    if (aggregates.length == 0) {
      throw new IllegalArgumentException("select of nothing; expected at least one aggregate");
    }
    Table<?> table = buckets.selection().table();
    return with(
        buckets.selecting(
            Arrays.stream(aggregates)
                .map(aggregate -> AggregateColumn.of(table, aggregate))
                .toList()));
  }

  @Override
  public BucketQuery having(Condition condition) {
    ConditionSql.of(condition, buckets::operand);
    return with(buckets.having(condition));
  }

  @Override
  public BucketQuery fill(Fill fill) {
    requireBuckets();
    return with(buckets.filled(fill));
  }

  @Override
  public BucketQuery fill(String column, Fill fill) {
    requireBuckets();
    ResultColumn known = buckets.grouped().get(Buckets.position(buckets.grouped(), column) - 1);
    if (buckets.keys().contains(known)) {
      throw new IllegalArgumentException(
          "fill of \"%s\", which rows are grouped by; expected an aggregate's column"
              .formatted(column));
    }
    FillSql.requireFit(known, fill);
    return with(buckets.filled(column, fill));
  }

  private void requireBuckets() {
    if (buckets.rules().isEmpty()) {
      throw new IllegalStateException(
          task() + ": without buckets there is nothing to fill; expected bucket(…) first");
    }
  }

  @Override
  public BucketQuery moving(Moving... aggregates) {
    return with(buckets.moving(List.of(aggregates)));
  }

  @Override
  public BucketQuery top(int rows, String column) {
    if (rows < 1) {
      throw new IllegalArgumentException("top %d; expected 1 or more".formatted(rows));
    }
    Buckets.position(buckets.columns(), column);
    return with(buckets.top(new Buckets.Top(rows, column)));
  }

  @Override
  public BucketQuery orderBy(String column) {
    Buckets.position(buckets.columns(), column);
    return with(buckets.ordered(new Ordering(column, false)));
  }

  @Override
  public BucketQuery orderByDescending(String column) {
    Buckets.position(buckets.columns(), column);
    return with(buckets.ordered(new Ordering(column, true)));
  }

  @Override
  public BucketQuery newestFirst() {
    return with(buckets.newestFirst());
  }

  @Override
  public BucketQuery limit(long rows) {
    return with(buckets.limited(rows));
  }

  @Override
  public JoinedQuery join(BucketQuery other) {
    return JoinedBuckets.of(reads, this, (TableBucketQuery) other, JoinedBuckets.Kind.INNER);
  }

  @Override
  public JoinedQuery fullJoin(BucketQuery other) {
    return JoinedBuckets.of(reads, this, (TableBucketQuery) other, JoinedBuckets.Kind.FULL);
  }

  @Override
  public Optional<Row> first() {
    return limit(1).list().stream().findFirst();
  }

  @Override
  public List<ResultColumn> columns() {
    return buckets.columns();
  }

  /** The columns rows are grouped by. */
  List<ResultColumn> keys() {
    return buckets.keys();
  }

  boolean hasBuckets() {
    return buckets.rules().isPresent();
  }

  /** The width of the buckets, if there are any. */
  Optional<BucketWidth> width() {
    return buckets.rules().map(BucketRules::width);
  }

  @Override
  public Reads reads() {
    return reads;
  }

  @Override
  public String task() {
    return "aggregating " + buckets.selection().table().name();
  }

  @Override
  public Sql sql() {
    if (buckets.aggregates().isEmpty()) {
      throw new IllegalStateException(
          task() + ": no aggregate was selected; expected select(…) before the answer");
    }
    if (buckets.isFilled()) {
      requireSlots();
      buckets.aggregates().stream()
          .map(each -> new ResultColumn(each.name(), each.type()))
          .forEach(column -> FillSql.requireFit(column, buckets.fillOf(column.name())));
    }
    reads.check(buckets.selection());
    return BucketSql.of(dialect, buckets, lookup());
  }

  private Optional<EndLookup> lookup() {
    return dialect.partitions() && EndLookup.fits(buckets)
        ? reads.ask(task(), connection -> EndLookup.of(connection, buckets, dialect))
        : Optional.empty();
  }

  private void requireSlots() {
    Range<Instant> instants = buckets.selection().instants();
    Range<Long> units = buckets.selection().units();
    boolean closed =
        isInCalendar(instants.from()) && isInCalendar(instants.to())
            || units.from() != null && units.to() != null;
    if (!closed) {
      throw new IllegalStateException(
          task()
              + ": empty buckets can be filled only between two bounds within PostgreSQL's"
              + " calendar; expected range(from, to)");
    }
    if (slots(instants, units) > MOST_SLOTS) {
      throw new IllegalStateException(
          "%s: buckets of %s would fill more than %d for each group; expected wider ones, or a shorter range"
              .formatted(task(), buckets.rules().orElseThrow().width(), MOST_SLOTS));
    }
  }

  private boolean isInCalendar(@Nullable Instant bound) {
    Kind time = buckets.selection().table().time().type().kind();
    return bound != null && TimeLiteral.isInCalendar(time, bound);
  }

  /** About how many buckets there are in the range. */
  private double slots(Range<Instant> instants, Range<Long> units) {
    BucketWidth width = buckets.rules().orElseThrow().width();
    Long first = units.from();
    Long end = units.to();
    if (first != null && end != null) {
      return ((double) end - first) / width.count();
    }
    Instant from = instants.from();
    Instant to = instants.to();
    double micros = from == null || to == null ? 0 : Duration.between(from, to).getSeconds() * 1e6;
    boolean zoned = buckets.rules().orElseThrow().zone().isPresent();
    return zoned && width.unit() == BucketWidth.Unit.MICROSECONDS
        ? micros / BucketTimes.step(width.count())
        : micros / width.approximateMicros();
  }
}
