package io.varve.testkit;

import static io.varve.query.Aggregate.avg;
import static io.varve.query.Aggregate.count;
import static io.varve.query.Aggregate.first;
import static io.varve.query.Aggregate.last;
import static io.varve.query.Aggregate.max;
import static io.varve.query.Aggregate.min;
import static io.varve.query.Aggregate.sum;
import static org.assertj.core.api.Assertions.assertThat;

import io.varve.Varve;
import io.varve.model.Dimension;
import io.varve.model.Measure;
import io.varve.model.Row;
import io.varve.model.Table;
import io.varve.model.Time;
import io.varve.model.TimeSeries;
import io.varve.query.Aggregate;
import io.varve.query.BucketQuery;
import io.varve.query.Query;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.Period;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TimeZone;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every answer against the same answer worked out here, row by row, on irregular data: duplicate
 * times, nulls, NaN and infinities, rows on the boundaries of chunks and buckets, leap days,
 * changes of the clock, years before 2000, 1970 and 1582.
 */
@ExtendWith(DatabaseExtension.class)
final class QueryOracleIT {

  @TimeSeries(table = "samples", chunk = "30 days")
  record Sample(
      @Time Instant time,
      @Dimension String device,
      @Dimension int site,
      @Measure @Nullable Double value,
      @Measure @Nullable Long steps,
      @Measure @Nullable Integer small,
      @Measure @Nullable BigDecimal price,
      @Measure @Nullable String note,
      @Measure @Nullable Boolean valid) {}

  private static final List<Instant> LANDMARKS =
      Stream.of(
              "1582-10-10T00:00:00Z",
              "1883-11-18T17:00:00Z",
              "1969-12-31T23:59:59.999999Z",
              "1970-01-01T00:00:00Z",
              "1999-12-31T23:59:59.999999Z",
              "2000-01-03T00:00:00Z",
              "2024-02-29T00:00:00Z",
              "2024-03-10T07:00:00Z",
              "2024-03-31T01:00:00Z",
              "2024-10-27T01:00:00Z",
              "2024-12-31T23:59:59.999999Z")
          .map(Instant::parse)
          .toList();

  private static final Comparator<Instant> BY_TIME = Comparator.naturalOrder();

  private final TestDatabase database;

  QueryOracleIT(TestDatabase database) {
    this.database = database;
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTC", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"})
  void everyAnswerIsTheOneWorkedOutByHand(String zone) {
    TimeZone before = TimeZone.getDefault();
    TimeZone.setDefault(TimeZone.getTimeZone(zone));
    try (Varve varve = database.connect()) {
      varve.schema().create(Table.of(Sample.class));
      try {
        Random random = new Random(zone.hashCode());
        List<Sample> samples = samples(random);
        varve.table(Sample.class).insertAll(samples);
        new Oracle(varve.from(Sample.class), samples, random).check();
      } finally {
        varve.schema().drop(Table.of(Sample.class).name());
      }
    } finally {
      TimeZone.setDefault(before);
    }
  }

  private static List<Sample> samples(Random random) {
    List<Instant> times = new ArrayList<>(LANDMARKS);
    for (int i = 0; i < 1500; i++) {
      Instant landmark = LANDMARKS.get(random.nextInt(LANDMARKS.size()));
      times.add(
          switch (random.nextInt(4)) {
            case 0 -> landmark.plus(random.nextInt(-3, 4), ChronoUnit.MICROS);
            case 1 ->
                landmark.truncatedTo(ChronoUnit.DAYS).plus(random.nextInt(-9, 10), ChronoUnit.DAYS);
            case 2 -> landmark.plus(random.nextInt(-600, 600), ChronoUnit.MINUTES);
            default -> landmark.plus(random.nextLong(-9L << 36, 9L << 36), ChronoUnit.MICROS);
          });
    }
    return times.stream().map(time -> sample(time, random)).toList();
  }

  private static Sample sample(Instant time, Random random) {
    return new Sample(
        time,
        "d" + random.nextInt(3),
        random.nextInt(2),
        sometimesNull(random, real(random)),
        sometimesNull(random, random.nextInt(20) == 0 ? Long.MAX_VALUE : random.nextLong(100)),
        sometimesNull(random, random.nextInt()),
        sometimesNull(random, BigDecimal.valueOf(random.nextInt(-1000, 1000), 2)),
        sometimesNull(random, "note " + random.nextInt(10)),
        sometimesNull(random, random.nextBoolean()));
  }

  private static <V> @Nullable V sometimesNull(Random random, V value) {
    return random.nextInt(5) == 0 ? null : value;
  }

  private static double real(Random random) {
    return switch (random.nextInt(200)) {
      case 0 -> Double.NaN;
      case 1 -> Double.POSITIVE_INFINITY;
      case 2 -> Double.NEGATIVE_INFINITY;
      default -> 1 + Math.abs(random.nextGaussian());
    };
  }

  /** Asks everything of random parts of the samples. */
  private record Oracle(Query<Sample> all, List<Sample> samples, Random random) {

    /** A query and what it should see. */
    private record Part(Query<Sample> query, List<Sample> rows) {}

    void check() {
      Part everything = new Part(all, samples);
      checkPart(everything);
      for (int round = 0; round < 4; round++) {
        Part range = range(everything);
        checkPart(range);
        checkPart(narrow(range));
      }
    }

    private Part range(Part part) {
      Instant one = bound();
      Instant other = bound();
      Instant from = one.isBefore(other) ? one : other;
      Instant to = one.isBefore(other) ? other : one;
      return new Part(
          part.query().range(from, to),
          part.rows().stream()
              .filter(row -> !row.time().isBefore(from) && row.time().isBefore(to))
              .toList());
    }

    /** On a row, or a nanosecond beside it. */
    private Instant bound() {
      return samples.get(random.nextInt(samples.size())).time().plusNanos(random.nextInt(-1, 2));
    }

    private Part narrow(Part part) {
      Sample example = samples.get(random.nextInt(samples.size()));
      return switch (random.nextInt(7)) {
        case 0 -> where(part, "device", example.device(), Sample::device);
        case 1 -> where(part, "site", example.site(), Sample::site);
        case 2 -> where(part, "value", example.value(), Sample::value);
        case 3 -> where(part, "steps", example.steps(), Sample::steps);
        case 4 -> where(part, "note", example.note(), Sample::note);
        case 5 -> where(part, "valid", example.valid(), Sample::valid);
        default -> where(part, "time", example.time(), Sample::time);
      };
    }

    private Part where(
        Part part, String column, @Nullable Object value, Function<Sample, Object> read) {
      Predicate<Sample> same = row -> Objects.equals(read.apply(row), value);
      return new Part(
          value == null ? part.query().whereNull(column) : part.query().where(column, value),
          part.rows().stream().filter(same).toList());
    }

    private void checkPart(Part part) {
      checkRows(part);
      checkLatest(part);
      checkBuckets(part);
    }

    private void checkRows(Part part) {
      List<Sample> rows = part.rows();
      assertThat(part.query().list()).containsExactlyInAnyOrderElementsOf(rows);
      assertThat(part.query().<List<Sample>>useStream(Stream::toList))
          .containsExactlyInAnyOrderElementsOf(rows);
      assertThat(part.query().count()).isEqualTo(rows.size());
      assertThat(times(part.query().oldestFirst().list()))
          .isEqualTo(times(rows).stream().sorted().toList());
      int limit = random.nextInt(1, 40);
      List<Sample> newest = part.query().newestFirst().limit(limit).list();
      assertThat(times(newest))
          .isEqualTo(times(rows).stream().sorted(BY_TIME.reversed()).limit(limit).toList());
      assertThat(rows).containsAll(newest);
      assertThat(part.query().limit(limit).count()).isEqualTo(Math.min(limit, rows.size()));
      assertThat(part.query().oldestFirst().first().map(Sample::time))
          .isEqualTo(rows.stream().map(Sample::time).min(BY_TIME));
    }

    private static List<Instant> times(List<Sample> rows) {
      return rows.stream().map(Sample::time).toList();
    }

    private void checkLatest(Part part) {
      Map<List<Object>, Instant> newest = new TreeMap<>(Comparator.comparing(Object::toString));
      for (Sample row : part.rows()) {
        newest.merge(
            List.of(row.device(), row.site()),
            row.time(),
            (left, right) -> left.isAfter(right) ? left : right);
      }
      List<Sample> latest = part.query().latest();
      assertThat(part.rows()).containsAll(latest);
      Map<List<Object>, Instant> found = new LinkedHashMap<>();
      latest.forEach(row -> found.put(List.of(row.device(), row.site()), row.time()));
      assertThat(found).containsExactlyEntriesOf(newest);
      assertThat(latest).hasSameSizeAs(found.keySet());
    }

    private void checkBuckets(Part part) {
      Query<Sample> query = part.query();
      switch (random.nextInt(4)) {
        case 0 -> {
          checkBuckets(part, query.bucket(Duration.ofHours(1)), fixed(3_600_000_000L));
          checkBuckets(part, query.bucket(Period.ofYears(1)), months(12));
        }
        case 1 -> {
          checkBuckets(part, query.bucket(Duration.ofNanos(977_777_000)), fixed(977_777));
          checkBuckets(part, query.bucket(Period.ofMonths(5)), months(5));
        }
        case 2 -> {
          checkBuckets(part, query.bucket(Duration.ofDays(1)), fixed(86_400_000_000L));
          checkBuckets(part, query.bucket(Period.ofMonths(3)), months(3));
        }
        default -> {
          checkBuckets(part, query.bucket(Period.ofDays(7)), fixed(604_800_000_000L));
          checkBuckets(part, query.bucket(Period.ofMonths(1)), months(1));
        }
      }
    }

    /** Counted from Monday 2000-01-03. */
    private static UnaryOperator<Instant> fixed(long width) {
      Instant origin = Instant.parse("2000-01-03T00:00:00Z");
      return time -> {
        Duration since = Duration.between(origin, time);
        long micros = since.getSeconds() * 1_000_000 + since.getNano() / 1_000;
        return origin.plus(Math.floorDiv(micros, width) * width, ChronoUnit.MICROS);
      };
    }

    /** Counted from January 2000. */
    private static UnaryOperator<Instant> months(int width) {
      return time -> {
        YearMonth month = YearMonth.from(LocalDateTime.ofInstant(time, ZoneOffset.UTC));
        long number = ChronoUnit.MONTHS.between(YearMonth.of(2000, 1), month);
        return YearMonth.of(2000, 1)
            .plusMonths(Math.floorDiv(number, width) * width)
            .atDay(1)
            .atStartOfDay()
            .toInstant(ZoneOffset.UTC);
      };
    }

    private void checkBuckets(Part part, BucketQuery query, UnaryOperator<Instant> bucket) {
      checkGroups(query, part.rows(), row -> List.of(bucket.apply(row.time())));
      checkGroups(
          query.groupBy("device", "valid"),
          part.rows(),
          row ->
              Stream.of(bucket.apply(row.time()), row.device(), row.valid())
                  .collect(Collectors.toList()));
    }

    private void checkGroups(
        BucketQuery query, List<Sample> rows, Function<Sample, List<@Nullable Object>> key) {
      Map<List<@Nullable Object>, List<Sample>> groups = new TreeMap<>(Oracle::compareKeys);
      rows.forEach(row -> groups.computeIfAbsent(key.apply(row), it -> new ArrayList<>()).add(row));
      List<Row> expected = new ArrayList<>();
      groups.forEach((values, group) -> expected.add(aggregate(values, group)));
      Aggregate[] aggregates = AGGREGATES.keySet().toArray(Aggregate[]::new);
      List<Row> found = query.select(aggregates).list();
      assertThat(found).hasSameSizeAs(expected);
      for (int i = 0; i < found.size(); i++) {
        assertSame(found.get(i), expected.get(i));
      }
      List<Row> newest = query.select(aggregates).newestFirst().limit(3).list();
      assertThat(newest)
          .hasSize(Math.min(3, found.size()))
          .allSatisfy(row -> assertThat(found).anySatisfy(same -> assertSame(row, same)));
      if (!found.isEmpty()) {
        assertThat(newest.get(0).value("bucket")).isEqualTo(found.get(found.size() - 1).value(0));
      }
    }

    private static Row aggregate(List<@Nullable Object> key, List<Sample> group) {
      List<String> names = new ArrayList<>();
      List<@Nullable Object> values = new ArrayList<>(key);
      key.forEach(value -> names.add("key"));
      AGGREGATES.forEach(
          (aggregate, compute) -> {
            names.add(aggregate.name());
            values.add(compute.apply(aggregate, group));
          });
      return new Row(names, values.toArray());
    }

    /** Sums of doubles depend on their order, and a numeric mean has as many digits as it likes. */
    private static void assertSame(Row found, Row expected) {
      for (int i = 0; i < found.size(); i++) {
        Object value = found.value(i);
        Object other = expected.value(i);
        String subject = "%s of %s".formatted(found.names().get(i), found);
        if (value instanceof Double number && Double.isFinite(number)) {
          assertThat(other).as(subject).isInstanceOf(Double.class);
          double difference = Math.abs(number - (Double) Objects.requireNonNull(other));
          assertThat(difference).as(subject).isLessThanOrEqualTo(Math.abs(number) * 1e-12);
        } else if (value instanceof BigDecimal number) {
          assertThat(other).as(subject).isInstanceOf(BigDecimal.class);
          BigDecimal difference = number.subtract((BigDecimal) Objects.requireNonNull(other)).abs();
          assertThat(difference).as(subject).isLessThan(new BigDecimal("1e-14"));
        } else {
          assertThat(value).as(subject).isEqualTo(other);
        }
      }
    }

    /** Nulls last, as PostgreSQL orders them. */
    private static int compareKeys(List<@Nullable Object> left, List<@Nullable Object> right) {
      for (int i = 0; i < left.size(); i++) {
        int order = Oracle.<Object>ascending().compare(left.get(i), right.get(i));
        if (order != 0) {
          return order;
        }
      }
      return 0;
    }

    @SuppressWarnings("unchecked")
    private static <V> Comparator<@Nullable V> ascending() {
      return Comparator.nullsLast((left, right) -> ((Comparable<V>) left).compareTo(right));
    }

    private static final Map<Aggregate, BiFunction<Aggregate, List<Sample>, @Nullable Object>>
        AGGREGATES = aggregates();

    private static Map<Aggregate, BiFunction<Aggregate, List<Sample>, @Nullable Object>>
        aggregates() {
      Map<Aggregate, BiFunction<Aggregate, List<Sample>, @Nullable Object>> all =
          new LinkedHashMap<>();
      all.put(count(), (aggregate, rows) -> (long) rows.size());
      for (String column :
          List.of("value", "steps", "small", "price", "note", "valid", "device", "time")) {
        all.put(count(column), (aggregate, rows) -> (long) present(rows, column).size());
        all.put(first(column), (aggregate, rows) -> edge(rows, column, BY_TIME));
        all.put(last(column), (aggregate, rows) -> edge(rows, column, BY_TIME.reversed()));
        if (!column.equals("valid")) {
          all.put(
              min(column),
              (aggregate, rows) -> present(rows, column).stream().min(ascending()).orElse(null));
          all.put(
              max(column),
              (aggregate, rows) -> present(rows, column).stream().max(ascending()).orElse(null));
        }
      }
      for (String column : List.of("value", "steps", "small", "price")) {
        all.put(sum(column), (aggregate, rows) -> sumOf(column, present(rows, column)));
        all.put(avg(column), (aggregate, rows) -> mean(column, present(rows, column)));
      }
      return all;
    }

    private static final Map<String, Function<Sample, @Nullable Object>> COLUMNS =
        new HashMap<>(
            Map.of(
                "value", Sample::value,
                "steps", Sample::steps,
                "small", Sample::small,
                "price", Sample::price,
                "note", Sample::note,
                "valid", Sample::valid,
                "device", Sample::device,
                "time", Sample::time));

    private static List<Object> present(Collection<Sample> rows, String column) {
      return rows.stream()
          .map(row -> COLUMNS.get(column).apply(row))
          .filter(Objects::nonNull)
          .map(Object.class::cast)
          .toList();
    }

    /** Of the rows at that edge in time, the value nearest to the edge too; nulls last. */
    private static @Nullable Object edge(
        List<Sample> rows, String column, Comparator<Instant> order) {
      Instant edge = rows.stream().map(Sample::time).min(order).orElseThrow();
      List<@Nullable Object> values = new ArrayList<>();
      rows.stream()
          .filter(row -> row.time().equals(edge))
          .forEach(row -> values.add(COLUMNS.get(column).apply(row)));
      values.sort(ascending());
      return values.get(order == BY_TIME ? 0 : values.size() - 1);
    }

    private static @Nullable Object sumOf(String column, List<Object> values) {
      if (values.isEmpty()) {
        return null;
      }
      return switch (column) {
        case "value" -> values.stream().mapToDouble(value -> (Double) value).sum();
        case "small" -> values.stream().mapToLong(value -> (Integer) value).sum();
        default -> decimalSum(values);
      };
    }

    private static BigDecimal decimalSum(List<Object> values) {
      return values.stream()
          .map(value -> new BigDecimal(value.toString()))
          .reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    private static @Nullable Object mean(String column, List<Object> values) {
      if (values.isEmpty()) {
        return null;
      }
      if (column.equals("value")) {
        return values.stream().mapToDouble(value -> (Double) value).sum() / values.size();
      }
      BigDecimal mean =
          decimalSum(values).divide(BigDecimal.valueOf(values.size()), MathContext.DECIMAL128);
      return column.equals("price") ? (Object) mean : (Object) mean.doubleValue();
    }
  }
}
