package io.varve.query;

import io.varve.SchemaException;
import io.varve.model.Column;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What a {@link BucketQuery} describes. Immutable.
 *
 * @param selection the rows to group; without order or limit
 * @param rules how buckets are counted; empty where there are none
 * @param groups what rows are grouped by beside the bucket
 * @param having what result rows must fulfil
 * @param fill what stands in buckets without rows
 * @param fills the same for single columns
 * @param top which rows of a bucket are kept
 * @param orderings by which columns rows are ordered, before the bucket
 * @param order of the buckets
 */
record Buckets(
    Selection<?> selection,
    Optional<BucketRules> rules,
    List<Column<?, ?>> groups,
    List<AggregateColumn> aggregates,
    List<Condition> having,
    Fill fill,
    Map<String, Fill> fills,
    List<Moving> moving,
    Optional<Top> top,
    List<Ordering> orderings,
    Order order,
    OptionalLong limit) {

  /** The rows with the greatest values of a column. */
  record Top(int rows, String column) {}

  /** An order by a column. */
  record Ordering(String column, boolean descending) {}

  Buckets {
    Set<String> seen = new HashSet<>();
    columns(selection, rules, groups, aggregates, moving)
        .map(ResultColumn::name)
        .filter(name -> !seen.add(name))
        .findFirst()
        .ifPresent(
            name -> {
              throw new IllegalArgumentException(
                  "two result columns are named \"%s\"; expected different names".formatted(name));
            });
  }

  static Buckets of(Selection<?> selection, Optional<BucketRules> rules) {
    return new Buckets(
        selection,
        rules,
        List.of(),
        List.of(),
        List.of(),
        Fill.none(),
        Map.of(),
        List.of(),
        Optional.empty(),
        List.of(),
        selection.order(),
        OptionalLong.empty());
  }

  Buckets groupedBy(List<? extends Column<?, ?>> more) {
    return with(draft -> draft.groups = join(groups, more));
  }

  Buckets selecting(List<AggregateColumn> more) {
    return with(draft -> draft.aggregates = join(aggregates, more));
  }

  Buckets having(Condition condition) {
    return with(draft -> draft.having = join(having, List.of(condition)));
  }

  Buckets filled(Fill all) {
    return with(draft -> draft.fill = all);
  }

  Buckets filled(String column, Fill one) {
    Map<String, Fill> changed = new LinkedHashMap<>(fills);
    changed.put(column, one);
    return with(draft -> draft.fills = Map.copyOf(changed));
  }

  Buckets moving(List<Moving> more) {
    return with(draft -> draft.moving = join(moving, more));
  }

  Buckets top(Top greatest) {
    return with(draft -> draft.top = Optional.of(greatest));
  }

  Buckets ordered(Ordering ordering) {
    return with(draft -> draft.orderings = join(orderings, List.of(ordering)));
  }

  Buckets newestFirst() {
    return with(draft -> draft.order = Order.NEWEST_FIRST);
  }

  Buckets limited(long rows) {
    return with(draft -> draft.limit = Selection.smaller(limit, rows));
  }

  private Buckets with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.build();
  }

  /** A copy to be changed. */
  private static final class Draft {
    private final Buckets source;
    private List<Column<?, ?>> groups;
    private List<AggregateColumn> aggregates;
    private List<Condition> having;
    private Fill fill;
    private Map<String, Fill> fills;
    private List<Moving> moving;
    private Optional<Top> top;
    private List<Ordering> orderings;
    private Order order;
    private OptionalLong limit;

    private Draft(Buckets source) {
      this.source = source;
      this.groups = source.groups;
      this.aggregates = source.aggregates;
      this.having = source.having;
      this.fill = source.fill;
      this.fills = source.fills;
      this.moving = source.moving;
      this.top = source.top;
      this.orderings = source.orderings;
      this.order = source.order;
      this.limit = source.limit;
    }

    private Buckets build() {
      return new Buckets(
          source.selection,
          source.rules,
          groups,
          aggregates,
          having,
          fill,
          fills,
          moving,
          top,
          orderings,
          order,
          limit);
    }
  }

  /** The columns rows are grouped by: the bucket, if there is one, and the groups. */
  List<ResultColumn> keys() {
    return columns(selection, rules, groups, List.of(), List.of()).toList();
  }

  /** What is there once rows are grouped: keys and aggregates. */
  List<ResultColumn> grouped() {
    return columns(selection, rules, groups, aggregates, List.of()).toList();
  }

  /** The result's columns, in order. */
  List<ResultColumn> columns() {
    return columns(selection, rules, groups, aggregates, moving).toList();
  }

  private static Stream<ResultColumn> columns(
      Selection<?> selection,
      Optional<BucketRules> rules,
      List<Column<?, ?>> groups,
      List<AggregateColumn> aggregates,
      List<Moving> moving) {
    Stream<ResultColumn> bucket =
        rules.map(it -> new ResultColumn(it.name(), selection.table().time().type())).stream();
    List<ResultColumn> grouped =
        Stream.of(
                bucket,
                groups.stream().map(column -> new ResultColumn(column.name(), column.type())),
                aggregates.stream().map(each -> new ResultColumn(each.name(), each.type())))
            .flatMap(each -> each)
            .toList();
    return Stream.concat(
        grouped.stream(), moving.stream().map(each -> MovingSql.column(each, grouped)));
  }

  /** The position of a column, from 1; refuses one that is not there. */
  static int position(List<ResultColumn> columns, String name) {
    List<String> names = columns.stream().map(ResultColumn::name).toList();
    int index = names.indexOf(name);
    if (index < 0) {
      throw new SchemaException(
          "the result has no column \"%s\"; expected one of %s".formatted(name, names));
    }
    return index + 1;
  }

  /** What a condition on a result column is about; refuses a column that is not there. */
  Operand operand(String column) {
    int position = position(grouped(), column);
    return new Operand(
        "result column \"%s\"".formatted(column),
        "c" + position,
        grouped().get(position - 1).type());
  }

  /** What stands in a column of buckets without rows. */
  Fill fillOf(String column) {
    return fills.getOrDefault(column, fill);
  }

  /** Whether there is a row for every bucket. */
  boolean isFilled() {
    return fill.addsRows() || fills.values().stream().anyMatch(Fill::addsRows);
  }

  private static <E> List<E> join(List<? extends E> first, List<? extends E> second) {
    List<E> all = new ArrayList<>(first);
    all.addAll(second);
    return List.copyOf(all);
  }
}
