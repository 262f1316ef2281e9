package io.varve.backend;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.chrono.IsoEra;

/** Times in a column's units as PostgreSQL prints them in ISO style, timestamptz in UTC. */
enum TimeText {
  TIMESTAMPTZ {
    @Override
    String finite(long units) {
      return timestamp(units, "+00");
    }
  },
  TIMESTAMP {
    @Override
    String finite(long units) {
      return timestamp(units, "");
    }
  },
  DATE {
    @Override
    String finite(long units) {
      LocalDate date = LocalDate.ofEpochDay(units);
      return day(date) + era(date);
    }
  },
  INTEGER {
    @Override
    String of(long units) {
      return Long.toString(units);
    }

    @Override
    String finite(long units) {
      return Long.toString(units);
    }
  };

  /** For the name of a column's type, as PostgreSQL gives it. */
  static TimeText of(String type) {
    return switch (type) {
      case "timestamp with time zone" -> TIMESTAMPTZ;
      case "timestamp without time zone" -> TIMESTAMP;
      case "date" -> DATE;
      default -> INTEGER;
    };
  }

  abstract String finite(long units);

  /** The outermost values stand for the open ends of a range. */
  String of(long units) {
    if (units == Long.MIN_VALUE) {
      return "-infinity";
    }
    return units == Long.MAX_VALUE ? "infinity" : finite(units);
  }

  private static String timestamp(long micros, String zone) {
    Instant instant =
        Instant.ofEpochSecond(
            Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1000);
    LocalDateTime time = LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
    return day(time.toLocalDate())
        + ' '
        + clock(time.toLocalTime())
        + zone
        + era(time.toLocalDate());
  }

  private static String day(LocalDate date) {
    int year = date.getEra() == IsoEra.BCE ? 1 - date.getYear() : date.getYear();
    return "%04d-%02d-%02d".formatted(year, date.getMonthValue(), date.getDayOfMonth());
  }

  private static String clock(LocalTime time) {
    String seconds = "%02d:%02d:%02d".formatted(time.getHour(), time.getMinute(), time.getSecond());
    int micros = time.getNano() / 1000;
    return micros == 0 ? seconds : seconds + '.' + "%06d".formatted(micros).replaceAll("0+$", "");
  }

  private static String era(LocalDate date) {
    return date.getEra() == IsoEra.BCE ? " BC" : "";
  }
}
