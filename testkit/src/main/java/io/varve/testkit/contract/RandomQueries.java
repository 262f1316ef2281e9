package io.varve.testkit.contract;

import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.query.Aggregate;
import io.varve.query.Aggregate.Function;
import io.varve.query.Condition;
import io.varve.query.Condition.Operator;
import io.varve.query.Fill;
import io.varve.query.Moving;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Queries that fit a table, with every step there is. */
final class RandomQueries {

  private static final Set<Function> NEIGHBOURS =
      Set.of(Function.INCREASE, Function.RATE, Function.TIME_WEIGHTED_AVG);

  private final Random random;
  private final Dice dice;
  private final RandomTimes times;
  private final RandomRows values;

  RandomQueries(Random random) {
    this.random = random;
    this.dice = new Dice(random);
    this.times = new RandomTimes(random);
    this.values = new RandomRows(random);
  }

  NaiveQuery of(NaiveTable table) {
    NaiveQuery query = new NaiveQuery(table);
    boolean bucketed = dice.chance(85);
    boolean filled = bucketed && dice.chance(40);
    times.range(query, filled);
    repeat(random.nextInt(5) - 2, () -> query.where.add(condition(rowColumns(table), 3)));
    query.buckets = bucketed ? times.buckets(query, filled) : null;
    groups(query);
    repeat(random.nextInt(1, 5), () -> aggregate(query));
    if (filled) {
      fill(query);
    }
    if (dice.chance(20)) {
      query.having.add(condition(query.grouped(), 1));
    }
    if (dice.chance(35)) {
      repeat(random.nextInt(1, 3), () -> moving(query));
    }
    order(query);
    return query;
  }

  /** Another query that can be joined with it. */
  NaiveQuery beside(NaiveQuery query, NaiveTable table) {
    NaiveQuery other = new NaiveQuery(table);
    other.spans.addAll(query.spans);
    repeat(random.nextInt(2), () -> other.where.add(condition(rowColumns(table), 2)));
    other.buckets = query.buckets;
    other.groups.addAll(query.groups);
    repeat(
        random.nextInt(1, 3),
        () -> other.aggregates.add(aggregate(table).as("right" + other.aggregates.size())));
    other.limit = dice.chance(20) ? (Long) random.nextLong(20) : null;
    return other;
  }

  private static void repeat(int times, Runnable step) {
    for (int i = 0; i < times; i++) {
      step.run();
    }
  }

  private void groups(NaiveQuery query) {
    List<String> columns = new ArrayList<>(query.table.columns());
    columns.remove(query.table.table().time().name());
    repeat(
        Math.max(0, random.nextInt(5) - 2),
        () -> query.groups.add(columns.remove(random.nextInt(columns.size()))));
    if (query.groups.isEmpty() && dice.chance(30) && !query.table.table().dimensions().isEmpty()) {
      query.groups.add("device");
    }
  }

  private void aggregate(NaiveQuery query) {
    Aggregate aggregate = aggregate(query.table);
    boolean taken = query.grouped().stream().anyMatch(it -> it.name().equals(aggregate.name()));
    query.aggregates.add(
        taken || dice.chance(30) ? aggregate.as("a" + query.aggregates.size()) : aggregate);
  }

  private Aggregate aggregate(NaiveTable table) {
    if (dice.chance(10)) {
      return Aggregate.count();
    }
    String column = dice.oneOf(dice.chance(85) ? table.measures() : table.columns());
    Function function = dice.oneOf(functions(table, column));
    return switch (function) {
      case PERCENTILE -> Aggregate.percentile(column, fraction());
      case PERCENTILES -> Aggregate.percentiles(column, fraction(), fraction(), 1);
      case HISTOGRAM ->
          Aggregate.histogram(
              column, random.nextInt(-5, 5), random.nextInt(6, 20), 1 << random.nextInt(4));
      default ->
          new Aggregate(
              function, java.util.Optional.of(column), List.of(), java.util.Optional.empty());
    };
  }

  private double fraction() {
    return dice.oneOf(List.of(0.0, 0.05, 0.25, 0.5, 0.9, 0.999, 1.0));
  }

  private static List<Function> functions(NaiveTable table, String column) {
    ColumnType type = table.table().column(column).type();
    boolean number = type.isNumeric() && table.measures().contains(column);
    return Arrays.stream(Function.values())
        .filter(it -> !NEIGHBOURS.contains(it) || table.distinctTimes())
        .filter(
            it ->
                switch (it) {
                  case COUNT, FIRST, LAST, DISTINCT -> true;
                  case MIN, MAX, MODE -> type.kind() != Kind.BOOLEAN;
                  default -> number;
                })
        .toList();
  }

  private void fill(NaiveQuery query) {
    List<NaiveColumn> aggregates =
        query.grouped().subList(query.keys().size(), query.grouped().size());
    if (dice.chance(60)) {
      query.fill = aggregates.stream().allMatch(RandomQueries::isNumber) ? anyFill() : neutral();
    }
    for (NaiveColumn column : aggregates) {
      if (dice.chance(40)) {
        query.fills.put(column.name(), isNumber(column) ? anyFill() : neutral());
      }
    }
    if (!query.isFilled()) {
      query.fill = Fill.nulls();
    }
  }

  private static boolean isNumber(NaiveColumn column) {
    return column.type().isNumeric();
  }

  private Fill anyFill() {
    Fill fill =
        dice.oneOf(
                List.<Supplier<Fill>>of(
                    () -> Fill.value(random.nextLong(-100, 100)),
                    Fill::linear,
                    Fill::linear,
                    this::neutral))
            .get();
    return dice.chance(40) ? fill.overNulls() : fill;
  }

  /** For columns of any type. */
  private Fill neutral() {
    return switch (random.nextInt(4)) {
      case 0 -> Fill.nulls();
      case 1 -> Fill.none();
      case 2 -> Fill.previous();
      default -> Fill.previous().overNulls();
    };
  }

  private void moving(NaiveQuery query) {
    List<NaiveColumn> aggregates =
        query.grouped().subList(query.keys().size(), query.grouped().size());
    NaiveColumn column = dice.oneOf(aggregates);
    int rows = random.nextInt(1, 6);
    Moving moving =
        isNumber(column)
            ? switch (random.nextInt(7)) {
              case 0 -> Moving.avg(column.name(), rows);
              case 1 -> Moving.sum(column.name(), rows);
              case 2 -> Moving.min(column.name(), rows);
              case 3 -> Moving.max(column.name(), rows);
              case 4 -> Moving.count(column.name(), rows);
              case 5 -> Moving.total(column.name());
              default -> Moving.difference(column.name());
            }
            : Moving.count(column.name(), rows);
    boolean taken = query.columns().stream().anyMatch(it -> it.name().equals(moving.name()));
    query.moving.add(taken || dice.chance(30) ? moving.as("m" + query.moving.size()) : moving);
  }

  /** Only by columns in which rounding does not decide. */
  private void order(NaiveQuery query) {
    List<NaiveColumn> columns =
        query.columns().stream().filter(it -> it.exact() && !it.type().array()).toList();
    if (!columns.isEmpty() && dice.chance(20)) {
      query.top = new NaiveQuery.Top(random.nextInt(1, 4), dice.oneOf(columns).name());
    }
    if (!columns.isEmpty() && dice.chance(25)) {
      repeat(
          random.nextInt(1, 3),
          () ->
              query.orderings.add(
                  new NaiveQuery.Ordering(dice.oneOf(columns).name(), random.nextBoolean())));
    }
    query.newestFirst = dice.chance(20);
    query.limit = dice.chance(20) ? (Long) random.nextLong(20) : null;
  }

  private static List<NaiveColumn> rowColumns(NaiveTable table) {
    return table.table().columns().stream()
        .map(it -> new NaiveColumn(it.name(), it.type(), true))
        .toList();
  }

  private Condition condition(List<NaiveColumn> columns, int depth) {
    List<NaiveColumn> fitting = columns.stream().filter(it -> !it.type().array()).toList();
    if (fitting.isEmpty()) {
      return Condition.allOf();
    }
    return switch (depth == 0 ? 9 : random.nextInt(12)) {
      case 0 -> condition(columns, depth - 1).and(condition(columns, depth - 1));
      case 1, 2 -> condition(columns, depth - 1).or(condition(columns, depth - 1));
      case 3 -> condition(columns, depth - 1).not();
      case 4 ->
          Condition.anyOf(
              condition(columns, depth - 1),
              condition(columns, depth - 1),
              condition(columns, depth - 1));
      case 5 ->
          dice.chance(20) ? Condition.anyOf() : Condition.allOf(condition(columns, depth - 1));
      default -> simple(dice.oneOf(fitting));
    };
  }

  private Condition simple(NaiveColumn column) {
    Condition.Subject<Object> subject = Condition.column(column.name());
    if (!column.exact()) {
      return dice.chance(50) ? subject.isNotNull() : between(column);
    }
    return switch (random.nextInt(10)) {
      case 0 -> subject.isNull();
      case 1 -> subject.isNotNull();
      case 2 ->
          subject.in(
              Stream.generate(() -> value(column))
                  .limit(random.nextInt(4))
                  .collect(Collectors.toList()));
      case 3, 4 ->
          column.type().kind() == Kind.TEXT
              ? subject.like(dice.oneOf(List.of("%", "d_", "a%", "%b%", "", "_")))
              : subject.eq(value(column));
      default ->
          new Condition.Compared(
              column.name(), dice.oneOf(List.of(Operator.values()).subList(0, 6)), value(column));
    };
  }

  /** A bound no computed number hits but for rounding. */
  private Condition between(NaiveColumn column) {
    double bound = random.nextInt(-20, 40) + Math.PI / 10;
    Object value =
        switch (column.type().kind()) {
          case DOUBLE -> (Object) bound;
          case REAL -> (float) bound;
          case NUMERIC -> BigDecimal.valueOf(bound);
          default -> value(column);
        };
    return new Condition.Compared(
        column.name(), dice.chance(50) ? Operator.GREATER : Operator.LESS, value);
  }

  private Object value(NaiveColumn column) {
    Kind kind = column.type().kind();
    return switch (kind) {
      case TIMESTAMPTZ, TIMESTAMP, DATE ->
          NaiveTime.as(kind, NaiveTime.of(Instant.parse("2024-03-10T05:00:00Z")));
      case DOUBLE -> dice.chance(20) ? (Object) random.nextInt(20) : values.value(kind);
      case NUMERIC, BIGINT -> dice.chance(20) ? (Object) random.nextInt(20) : values.value(kind);
      default -> values.value(kind);
    };
  }
}
