package io.varve.cli.csv;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/** What a number since 1970 counts. */
enum EpochUnit {
  SECONDS("seconds", 6, 1e8, 1.9e9),
  MILLISECONDS("milliseconds", 3, 1e11, 1e13),
  MICROSECONDS("microseconds", 0, 1e14, 1e16),
  NANOSECONDS("nanoseconds", -3, 1e17, 9.3e18);

  private static final BigInteger MICROS = BigInteger.valueOf(1_000_000);
  private static final BigInteger FARTHEST = BigInteger.valueOf(10_000_000_000_000L);

  private final String title;
  private final int microDigits;
  private final double least;
  private final double most;

  EpochUnit(String title, int microDigits, double least, double most) {
    this.title = title;
    this.microDigits = microDigits;
    this.least = least;
    this.most = most;
  }

  String title() {
    return title;
  }

  /**
   * Whether the number can hardly be anything else: a time from 1973 on. Seconds end in 2030,
   * because above that a number may as well be {@code YYYYMMDDHH}.
   */
  boolean isLikely(double number) {
    return number >= least && number < most;
  }

  LocalDateTime time(BigDecimal units) {
    BigInteger[] secondsAndMicros = micros(units).divideAndRemainder(MICROS);
    if (secondsAndMicros[0].abs().compareTo(FARTHEST) > 0) {
      throw new Unfit("is outside of what PostgreSQL can hold, 4714 BC to the year 294276");
    }
    long seconds = secondsAndMicros[0].longValue();
    int micros = secondsAndMicros[1].intValue();
    return LocalDateTime.ofEpochSecond(
        micros < 0 ? seconds - 1 : seconds,
        1000 * (micros < 0 ? micros + 1_000_000 : micros),
        ZoneOffset.UTC);
  }

  private BigInteger micros(BigDecimal units) {
    try {
      return units.scaleByPowerOfTen(microDigits).toBigIntegerExact();
    } catch (ArithmeticException e) {
      throw new Unfit("is not a whole number of microseconds");
    }
  }
}
