package io.varve.cli.demo;

import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.SplittableRandom;
import java.util.function.LongConsumer;

/**
 * Readings of twenty sensors from 2024 on: a day, a year, a slow trend, noise, outages of some
 * hours and now and then a spike. The same seed makes the same readings. Not thread-safe.
 */
final class SensorGenerator implements Iterator<SensorReading> {

  static final Instant START = Instant.parse("2024-01-01T00:00:00Z");
  static final Duration STEP = Duration.ofMinutes(5);

  private static final int SENSORS = 20;
  private static final int STEPS_PER_DAY =
      (int) (Duration.ofDays(1).toMinutes() / STEP.toMinutes());
  private static final double STEPS_PER_YEAR = 365.25 * STEPS_PER_DAY;
  private static final int ONE_OUTAGE_IN_STEPS = 20_000;
  private static final int LONGEST_OUTAGE = 24 * 12;
  private static final int ONE_SPIKE_IN_STEPS = 10_000;

  private final SplittableRandom random;
  private final String[] names = new String[SENSORS];
  private final double[] base = new double[SENSORS];
  private final long[] outageUntil = new long[SENSORS];
  private final double[] day = new double[STEPS_PER_DAY];
  private final long rows;
  private final LongConsumer watch;
  private long made;
  private long step;
  private int sensor;
  private Instant time = START;

  /**
   * @param rows how many readings
   * @param watch is told how many have been made
   */
  SensorGenerator(long rows, long seed, LongConsumer watch) {
    this.rows = rows;
    this.watch = watch;
    this.random = new SplittableRandom(seed);
    for (int i = 0; i < SENSORS; i++) {
      names[i] = String.format(Locale.ROOT, "s%02d", i + 1);
      base[i] = 12 + 10 * random.nextDouble();
    }
    for (int i = 0; i < STEPS_PER_DAY; i++) {
      day[i] = -Math.cos(2 * Math.PI * (i / (double) STEPS_PER_DAY - 0.1));
    }
  }

  @Override
  public boolean hasNext() {
    return made < rows;
  }

  @Override
  public SensorReading next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    while (isOut()) {
      advance();
    }
    SensorReading reading = reading();
    watch.accept(++made);
    advance();
    return reading;
  }

  private boolean isOut() {
    if (random.nextInt(ONE_OUTAGE_IN_STEPS) == 0) {
      outageUntil[sensor] = step + 1 + random.nextInt(LONGEST_OUTAGE);
    }
    return step < outageUntil[sensor];
  }

  private void advance() {
    if (++sensor == SENSORS) {
      sensor = 0;
      step++;
      time = time.plus(STEP);
    }
  }

  private SensorReading reading() {
    double year = -Math.cos(2 * Math.PI * step / STEPS_PER_YEAR);
    double trend = step / STEPS_PER_YEAR;
    double spike = random.nextInt(ONE_SPIKE_IN_STEPS) == 0 ? 25 + 15 * random.nextDouble() : 0;
    double warmth = 8 * year + 4 * day[(int) (step % STEPS_PER_DAY)];
    double temperature = base[sensor] + warmth + trend + noise() + spike;
    double humidity = Math.max(5, Math.min(100, 60 - 1.5 * warmth + 4 * noise()));
    return new SensorReading(time, names[sensor], rounded(temperature), rounded(humidity));
  }

  /** Near enough to a normal distribution. */
  private double noise() {
    return random.nextDouble() + random.nextDouble() + random.nextDouble() - 1.5;
  }

  private static double rounded(double value) {
    return Math.rint(value * 100) / 100;
  }
}
