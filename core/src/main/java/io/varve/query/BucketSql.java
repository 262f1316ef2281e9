package io.varve.query;

import io.varve.model.Column;
import io.varve.model.Table;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Writes the statement that aggregates rows by bucket. Result columns are addressed by position: a
 * name could as well be a column of the table.
 */
final class BucketSql {

  private BucketSql() {}

  static Sql buckets(String timeBucket, Buckets buckets) {
    Table<?> table = buckets.selection().table();
    SqlBuilder sql = new SqlBuilder().sql("SELECT ");
    sql.sql(timeBucket).sql("(CAST(").bind(buckets.width().value());
    sql.sql(" AS ").sql(buckets.width().type()).sql("), ").name(table.time().name()).sql(")");
    for (Column<?, ?> group : buckets.groups()) {
      sql.sql(", ").name(group.name());
    }
    for (AggregateColumn aggregate : buckets.aggregates()) {
      sql.sql(", ").sql(aggregate.sql());
    }
    sql.sql(" FROM ").sql(table.name().sql());
    new Filter(buckets.selection()).where(sql);
    String groups =
        IntStream.rangeClosed(2, 1 + buckets.groups().size())
            .mapToObj(position -> ", " + position)
            .collect(Collectors.joining());
    sql.sql(" GROUP BY 1").sql(groups);
    sql.sql(" ORDER BY 1").sql(buckets.order().sql()).sql(groups);
    RowSql.limit(sql, buckets.limit());
    return sql.build();
  }
}
