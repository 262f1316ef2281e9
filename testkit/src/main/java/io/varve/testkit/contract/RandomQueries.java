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
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Queries that fit a table, with every step there is. */
final class RandomQueries {

  private static final List<ZoneId> ZONES =
      Stream.of(
              "America/New_York",
              "Europe/Berlin",
              "Australia/Lord_Howe",
              "Asia/Kathmandu",
              "America/Havana",
              "+05:30",
              "-03:00",
              "UTC")
          .map(ZoneId::of)
          .toList();

  /** From the finest to the widest. */
  private static final List<Object> SPANS =
      List.of(
          Duration.of(977_777, ChronoUnit.MICROS),
          Duration.ofSeconds(1),
          Duration.ofMinutes(5),
          Duration.ofMinutes(15),
          Duration.ofMinutes(30),
          Duration.ofHours(1),
          Duration.ofMinutes(90),
          Duration.ofHours(6),
          Duration.ofDays(1),
          Period.ofDays(1),
          Period.ofDays(2),
          Duration.ofDays(7),
          Period.ofDays(7),
          Period.ofMonths(1),
          Period.ofMonths(3),
          Duration.ofDays(100),
          Period.ofMonths(5),
          Period.ofYears(1),
          Period.ofMonths(18),
          Period.ofYears(10),
          Period.ofYears(100));

  private static final List<Object> UNITS = List.of(1L, 2L, 7L, 10L, 100L, 1_000L, 100_000_000L);

  private static final Set<Function> NEIGHBOURS =
      Set.of(Function.INCREASE, Function.RATE, Function.TIME_WEIGHTED_AVG);

  private static final long MOST_SLOTS = 150;

  private static final long HALF_AN_HOUR = 1_800_000_000L;

  private final Random random;
  private final RandomRows values;

  RandomQueries(Random random) {
    this.random = random;
    this.values = new RandomRows(random);
  }

  NaiveQuery of(NaiveTable table) {
    NaiveQuery query = new NaiveQuery(table);
    boolean bucketed = chance(85);
    boolean filled = bucketed && chance(40);
    range(query, filled);
    repeat(random.nextInt(5) - 2, () -> query.where.add(condition(rowColumns(table), 3)));
    query.buckets = bucketed ? buckets(query, filled) : null;
    groups(query);
    repeat(random.nextInt(1, 5), () -> aggregate(query));
    if (filled) {
      fill(query);
    }
    if (chance(20)) {
      query.having.add(condition(query.grouped(), 1));
    }
    if (chance(35)) {
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
    other.limit = chance(20) ? (Long) random.nextLong(20) : null;
    return other;
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  private <E> E oneOf(List<E> all) {
    return all.get(random.nextInt(all.size()));
  }

  private static void repeat(int times, Runnable step) {
    for (int i = 0; i < times; i++) {
      step.run();
    }
  }

  private void range(NaiveQuery query, boolean closed) {
    switch (closed ? 0 : random.nextInt(6)) {
      case 0, 1 -> query.spans.add(span(query.table));
      case 2 -> query.spans.add(half(query.table, true));
      case 3 -> query.spans.add(half(query.table, false));
      case 4 -> {
        query.spans.add(half(query.table, true));
        query.spans.add(half(query.table, false));
      }
      default -> {}
    }
    if (chance(10)) {
      query.spans.add(span(query.table));
    }
  }

  private NaiveQuery.Span half(NaiveTable table, boolean from) {
    NaiveQuery.Span span = span(table);
    if (table.timeKind() == Kind.BIGINT) {
      return span;
    }
    return from ? new NaiveQuery.Span(span.from(), null) : new NaiveQuery.Span(null, span.to());
  }

  private NaiveQuery.Span span(NaiveTable table) {
    Object one = bound(table);
    if (one instanceof Long units) {
      long other = units + oneOf(List.of(0L, 1L, 20L, 250L, 2_000L));
      return new NaiveQuery.Span(units, other);
    }
    Instant from = (Instant) one;
    Instant other =
        switch (random.nextInt(6)) {
          case 0 -> (Instant) bound(table);
          case 1 -> from.plus(random.nextInt(3), ChronoUnit.HOURS);
          case 2 -> from.plus(random.nextInt(1, 400), ChronoUnit.MINUTES);
          case 3 -> from.plus(random.nextInt(1, 10), ChronoUnit.DAYS);
          case 4 -> from.plus(random.nextInt(1, 50), ChronoUnit.HOURS);
          default -> from.plus(random.nextInt(1, 400), ChronoUnit.DAYS);
        };
    return from.isAfter(other)
        ? new NaiveQuery.Span(other, from)
        : new NaiveQuery.Span(from, other);
  }

  /** On a row, a nanosecond or some hours beside it. */
  private Object bound(NaiveTable table) {
    boolean units = table.timeKind() == Kind.BIGINT;
    long time = table.rows().isEmpty() ? random.nextInt(1000) : table.time(oneOf(table.rows()));
    if (units) {
      return time + random.nextInt(-10, 3);
    }
    Instant moment = NaiveTime.instant(time);
    return switch (random.nextInt(4)) {
      case 0 -> moment.plusNanos(random.nextInt(-1, 2));
      case 1 -> moment.truncatedTo(ChronoUnit.HOURS).minus(random.nextInt(30), ChronoUnit.HOURS);
      case 2 -> moment.truncatedTo(ChronoUnit.DAYS).minus(random.nextInt(5), ChronoUnit.DAYS);
      default -> moment.minus(random.nextInt(600), ChronoUnit.MINUTES);
    };
  }

  private NaiveBuckets buckets(NaiveQuery query, boolean filled) {
    Kind kind = query.table.timeKind();
    long least = filled ? length(query) / MOST_SLOTS : 0;
    List<Object> all = kind == Kind.BIGINT ? UNITS : SPANS;
    List<Object> fitting =
        all.stream()
            .filter(it -> length(it) > least)
            .filter(it -> kind != Kind.DATE || length(it) % NaiveTime.MICROS_PER_DAY == 0)
            .toList();
    Object width = fitting.isEmpty() ? all.get(all.size() - 1) : near(fitting, filled);
    if (kind == Kind.BIGINT) {
      return new NaiveBuckets(
          width, null, null, chance(30) ? (Object) random.nextLong(-50, 50) : null);
    }
    ZoneId zone =
        kind == Kind.TIMESTAMPTZ && chance(50) && !isOddOnTheClock(width) ? oneOf(ZONES) : null;
    return new NaiveBuckets(
        width,
        zone,
        chance(25) ? origin(kind, zone) : null,
        chance(25) ? offset(kind, width, zone) : null);
  }

  /** What happens to such buckets where the clock is changed is TimescaleDB's affair. */
  private static boolean isOddOnTheClock(Object width) {
    long micros = length(width);
    return width instanceof Duration
        && HALF_AN_HOUR % micros != 0
        && micros % (2 * HALF_AN_HOUR) != 0;
  }

  /** Filled buckets are narrow ones, or there were nothing to fill. */
  private Object near(List<Object> fitting, boolean filled) {
    return fitting.get(
        random.nextInt(filled && chance(80) ? Math.min(4, fitting.size()) : fitting.size()));
  }

  private static long length(NaiveQuery query) {
    Kind kind = query.table.timeKind();
    long from = Long.MIN_VALUE;
    long to = Long.MAX_VALUE;
    for (NaiveQuery.Span span : query.spans) {
      from = span.from() == null ? from : Math.max(from, NaiveTime.bound(kind, span.from()));
      to = span.to() == null ? to : Math.min(to, NaiveTime.bound(kind, span.to()));
    }
    return to - from;
  }

  private static long length(Object width) {
    if (width instanceof Duration duration) {
      return duration.toNanos() / 1000;
    }
    return width instanceof Period period
        ? (period.toTotalMonths() * 28 + period.getDays()) * NaiveTime.MICROS_PER_DAY
        : (Long) width;
  }

  private Instant origin(Kind kind, @Nullable ZoneId zone) {
    Instant origin =
        Instant.parse(
            oneOf(
                List.of(
                    "2024-03-10T05:00:00Z",
                    "1999-12-31T00:00:00Z",
                    "2001-07-17T10:00:00Z",
                    "1900-02-28T23:00:00Z",
                    "2030-05-05T05:30:00Z")));
    return kind == Kind.DATE ? origin.truncatedTo(ChronoUnit.DAYS) : origin;
  }

  private Object offset(Kind kind, Object width, @Nullable ZoneId zone) {
    if (kind == Kind.DATE || chance(40)) {
      int days = random.nextInt(-9, 10);
      boolean months = width instanceof Period period && period.toTotalMonths() > 0;
      return months && chance(50)
          ? Period.of(0, random.nextInt(-14, 15), days)
          : Period.ofDays(days);
    }
    return Duration.ofMinutes(random.nextInt(-40, 41) * 15L);
  }

  private void groups(NaiveQuery query) {
    List<String> columns = new ArrayList<>(query.table.columns());
    columns.remove(query.table.table().time().name());
    repeat(
        Math.max(0, random.nextInt(5) - 2),
        () -> query.groups.add(columns.remove(random.nextInt(columns.size()))));
    if (query.groups.isEmpty() && chance(30) && !query.table.table().dimensions().isEmpty()) {
      query.groups.add("device");
    }
  }

  private void aggregate(NaiveQuery query) {
    Aggregate aggregate = aggregate(query.table);
    boolean taken = query.grouped().stream().anyMatch(it -> it.name().equals(aggregate.name()));
    query.aggregates.add(
        taken || chance(30) ? aggregate.as("a" + query.aggregates.size()) : aggregate);
  }

  private Aggregate aggregate(NaiveTable table) {
    if (chance(10)) {
      return Aggregate.count();
    }
    String column = oneOf(chance(85) ? table.measures() : table.columns());
    Function function = oneOf(functions(table, column));
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
    return oneOf(List.of(0.0, 0.05, 0.25, 0.5, 0.9, 0.999, 1.0));
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
    if (chance(60)) {
      query.fill = aggregates.stream().allMatch(RandomQueries::isNumber) ? anyFill() : neutral();
    }
    for (NaiveColumn column : aggregates) {
      if (chance(40)) {
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
        oneOf(
                List.<Supplier<Fill>>of(
                    () -> Fill.value(random.nextLong(-100, 100)),
                    Fill::linear,
                    Fill::linear,
                    this::neutral))
            .get();
    return chance(40) ? fill.overNulls() : fill;
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
    NaiveColumn column = oneOf(aggregates);
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
    query.moving.add(taken || chance(30) ? moving.as("m" + query.moving.size()) : moving);
  }

  /** Only by columns in which rounding does not decide. */
  private void order(NaiveQuery query) {
    List<NaiveColumn> columns =
        query.columns().stream().filter(it -> it.exact() && !it.type().array()).toList();
    if (!columns.isEmpty() && chance(20)) {
      query.top = new NaiveQuery.Top(random.nextInt(1, 4), oneOf(columns).name());
    }
    if (!columns.isEmpty() && chance(25)) {
      repeat(
          random.nextInt(1, 3),
          () ->
              query.orderings.add(
                  new NaiveQuery.Ordering(oneOf(columns).name(), random.nextBoolean())));
    }
    query.newestFirst = chance(20);
    query.limit = chance(20) ? (Long) random.nextLong(20) : null;
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
      case 5 -> chance(20) ? Condition.anyOf() : Condition.allOf(condition(columns, depth - 1));
      default -> simple(oneOf(fitting));
    };
  }

  private Condition simple(NaiveColumn column) {
    Condition.Subject<Object> subject = Condition.column(column.name());
    if (!column.exact()) {
      return chance(50) ? subject.isNotNull() : between(column);
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
              ? subject.like(oneOf(List.of("%", "d_", "a%", "%b%", "", "_")))
              : subject.eq(value(column));
      default ->
          new Condition.Compared(
              column.name(), oneOf(List.of(Operator.values()).subList(0, 6)), value(column));
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
        column.name(), chance(50) ? Operator.GREATER : Operator.LESS, value);
  }

  private Object value(NaiveColumn column) {
    Kind kind = column.type().kind();
    return switch (kind) {
      case TIMESTAMPTZ, TIMESTAMP, DATE ->
          NaiveTime.as(kind, NaiveTime.of(Instant.parse("2024-03-10T05:00:00Z")));
      case DOUBLE -> chance(20) ? (Object) random.nextInt(20) : values.value(kind);
      case NUMERIC, BIGINT -> chance(20) ? (Object) random.nextInt(20) : values.value(kind);
      default -> values.value(kind);
    };
  }
}
