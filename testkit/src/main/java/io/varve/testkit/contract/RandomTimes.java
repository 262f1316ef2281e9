package io.varve.testkit.contract;

import io.varve.model.ColumnType.Kind;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Ranges and buckets for queries of a table, around its rows. */
final class RandomTimes {

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

  private static final long MOST_SLOTS = 150;

  private static final long HALF_AN_HOUR = 1_800_000_000L;

  private final Random random;
  private final Dice dice;

  RandomTimes(Random random) {
    this.random = random;
    this.dice = new Dice(random);
  }

  /** Up to three; if closed, one with both bounds among them. */
  void range(NaiveQuery query, boolean closed) {
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
    if (dice.chance(10)) {
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
      long other = units + dice.oneOf(List.of(0L, 1L, 20L, 250L, 2_000L));
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
    long time =
        table.rows().isEmpty() ? random.nextInt(1000) : table.time(dice.oneOf(table.rows()));
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

  /** If they are filled, so wide that there are not too many. */
  NaiveBuckets buckets(NaiveQuery query, boolean filled) {
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
          width, null, null, dice.chance(30) ? (Object) random.nextLong(-50, 50) : null);
    }
    ZoneId zone =
        kind == Kind.TIMESTAMPTZ && dice.chance(50) && !isOddOnTheClock(width)
            ? dice.oneOf(ZONES)
            : null;
    return new NaiveBuckets(
        width,
        zone,
        dice.chance(25) ? origin(kind) : null,
        dice.chance(25) ? offset(kind, width) : null);
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
        random.nextInt(filled && dice.chance(80) ? Math.min(4, fitting.size()) : fitting.size()));
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

  private Instant origin(Kind kind) {
    Instant origin =
        Instant.parse(
            dice.oneOf(
                List.of(
                    "2024-03-10T05:00:00Z",
                    "1999-12-31T00:00:00Z",
                    "2001-07-17T10:00:00Z",
                    "1900-02-28T23:00:00Z",
                    "2030-05-05T05:30:00Z")));
    return kind == Kind.DATE ? origin.truncatedTo(ChronoUnit.DAYS) : origin;
  }

  private Object offset(Kind kind, Object width) {
    if (kind == Kind.DATE || dice.chance(40)) {
      int days = random.nextInt(-9, 10);
      boolean months = width instanceof Period period && period.toTotalMonths() > 0;
      return months && dice.chance(50)
          ? Period.of(0, random.nextInt(-14, 15), days)
          : Period.ofDays(days);
    }
    return Duration.ofMinutes(random.nextInt(-40, 41) * 15L);
  }
}
