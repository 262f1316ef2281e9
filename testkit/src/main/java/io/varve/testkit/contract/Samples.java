package io.varve.testkit.contract;

import io.varve.Varve;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Row;
import io.varve.model.Table;
import io.varve.query.Query;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A table of samples, of which some are null, NaN or infinite. */
final class Samples {

  static final Instant START = Instant.parse("1969-12-25T00:00:00Z");
  static final List<String> SITES = List.of("a", "b\"c", "d\\e", "{f,g}", "NULL", "", " h ", "ä'");

  private static final List<String> COLUMNS =
      List.of("time", "site", "sensor", "value", "amount", "steps");

  private static final Table<Row> TABLE =
      Table.builder("samples")
          .time("time", ColumnType.of(Kind.TIMESTAMPTZ))
          .dimension("site", ColumnType.of(Kind.TEXT))
          .dimension("sensor", ColumnType.of(Kind.INTEGER))
          .measure("value", ColumnType.of(Kind.DOUBLE))
          .measure("amount", ColumnType.of(Kind.NUMERIC))
          .measure("steps", ColumnType.of(Kind.BIGINT))
          .chunk("2 days")
          .build();

  private final Varve varve;

  private Samples(Varve varve) {
    this.varve = varve;
  }

  /** With a new table, which is empty. */
  static Samples create(Varve varve) {
    varve.schema().create(TABLE);
    return new Samples(varve);
  }

  record Sample(
      Instant time, String site, int sensor, @Nullable Double value, @Nullable Long steps) {

    Row row() {
      BigDecimal amount =
          value == null || !Double.isFinite(value) ? null : BigDecimal.valueOf(value);
      return new Row(COLUMNS, time, site, sensor, value, amount, steps);
    }

    boolean isFinite() {
      return value != null && Double.isFinite(value);
    }

    double number() {
      return Objects.requireNonNull(value);
    }
  }

  Query<Row> all() {
    return varve.from("samples");
  }

  void insert(List<Row> rows) {
    varve.table(TABLE).insertAll(rows);
  }

  /** Some hundreds at random, of which many have no number. */
  List<Sample> write(long seed) {
    Random random = new Random(seed);
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      Instant time = START.plus(Duration.ofHours(random.nextInt(400)));
      String site = SITES.get(random.nextInt(SITES.size()));
      Long steps = random.nextInt(10) == 0 ? null : (long) random.nextInt(-50, 50);
      samples.add(new Sample(time, site, random.nextInt(3), value(random), steps));
    }
    samples.add(new Sample(START, "unfinished", 1, null, null));
    samples.add(new Sample(START, "unfinished", 1, Double.NaN, 3L));
    insert(samples.stream().map(Sample::row).toList());
    return samples;
  }

  private static @Nullable Double value(Random random) {
    return switch (random.nextInt(20)) {
      case 0 -> null;
      case 1 -> Double.NaN;
      case 2 -> Double.POSITIVE_INFINITY;
      case 3 -> Double.NEGATIVE_INFINITY;
      case 4, 5, 6, 7, 8 -> random.nextGaussian() * 100;
      default -> (double) random.nextInt(12);
    };
  }

  static List<Sample> byTime(Stream<Sample> samples) {
    return samples
        .sorted(Comparator.comparing(Sample::time).thenComparing(Sample::number))
        .toList();
  }
}
