package io.varve.query;

import io.varve.model.Column;
import io.varve.model.Row;
import io.varve.model.Table;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** A {@link BucketQuery} that asks the table itself. */
final class TableBucketQuery implements BucketQuery {

  private final Reads reads;
  private final String timeBucket;
  private final Buckets buckets;

  /**
   * @param timeBucket the SQL name of {@code time_bucket}
   */
  TableBucketQuery(Reads reads, String timeBucket, Buckets buckets) {
    this.reads = reads;
    this.timeBucket = timeBucket;
    this.buckets = buckets;
  }

  private TableBucketQuery with(Buckets changed) {
    return new TableBucketQuery(reads, timeBucket, changed);
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
  public BucketQuery newestFirst() {
    return with(buckets.newestFirst());
  }

  @Override
  public BucketQuery limit(long rows) {
    return with(buckets.limited(rows));
  }

  @Override
  public List<Row> list() {
    return reads.all(task(), sql(), reader());
  }

  @Override
  public Stream<Row> stream() {
    return reads.stream(task(), sql(), reader());
  }

  private String task() {
    return "aggregating " + buckets.selection().table().name();
  }

  private Sql sql() {
    if (buckets.aggregates().isEmpty()) {
      throw new IllegalStateException(
          task() + ": no aggregate was selected; expected select(…) before the answer");
    }
    return BucketSql.buckets(timeBucket, buckets);
  }

  private RowReader<Row> reader() {
    List<String> names = buckets.names();
    return new RowReader<>(task(), names, buckets.types(), values -> new Row(names, values));
  }
}
