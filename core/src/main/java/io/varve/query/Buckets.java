package io.varve.query;

import io.varve.model.Column;
import io.varve.model.ColumnType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a {@link BucketQuery} describes. Immutable.
 *
 * @param selection the rows to group; without order or limit
 * @param groups what they are grouped by beside the bucket
 * @param order of the buckets
 */
record Buckets(
    Selection<?> selection,
    BucketWidth width,
    List<Column<?, ?>> groups,
    List<AggregateColumn> aggregates,
    Order order,
    OptionalLong limit) {

  private static final String BUCKET = "bucket";

  Buckets {
    Set<String> seen = new HashSet<>(Set.of(BUCKET));
    resultNames(groups, aggregates)
        .filter(name -> !seen.add(name))
        .findFirst()
        .ifPresent(
            name -> {
              throw new IllegalArgumentException(
                  "two result columns are named \"%s\"; expected different names".formatted(name));
            });
  }

  Buckets groupedBy(List<? extends Column<?, ?>> more) {
    return new Buckets(selection, width, join(groups, more), aggregates, order, limit);
  }

  Buckets selecting(List<AggregateColumn> more) {
    return new Buckets(selection, width, groups, join(aggregates, more), order, limit);
  }

  Buckets newestFirst() {
    return new Buckets(selection, width, groups, aggregates, Order.NEWEST_FIRST, limit);
  }

  Buckets limited(long rows) {
    return new Buckets(selection, width, groups, aggregates, order, Selection.smaller(limit, rows));
  }

  /** The result columns' names, in order. */
  List<String> names() {
    return Stream.concat(Stream.of(BUCKET), resultNames(groups, aggregates)).toList();
  }

  /** The result columns' types, in order. */
  List<ColumnType> types() {
    return Stream.of(
            Stream.of(selection.table().time().type()),
            groups.stream().map(Column::type),
            aggregates.stream().map(AggregateColumn::type))
        .flatMap(types -> types)
        .toList();
  }

  private static Stream<String> resultNames(
      List<Column<?, ?>> groups, List<AggregateColumn> aggregates) {
    return Stream.concat(
        groups.stream().map(Column::name), aggregates.stream().map(AggregateColumn::name));
  }

  private static <E> List<E> join(List<? extends E> first, List<? extends E> second) {
    List<E> all = new ArrayList<>(first);
    all.addAll(second);
    return List.copyOf(all);
  }
}
