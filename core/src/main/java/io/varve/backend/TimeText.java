package io.varve.backend;

import io.varve.jdbc.IsoTime;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/** Times in a column's units as PostgreSQL prints them in ISO style, timestamptz in UTC. */
enum TimeText {
  TIMESTAMPTZ {
    @Override
    String finite(long units) {
      return IsoTime.of(instant(units));
    }
  },
  TIMESTAMP {
    @Override
    String finite(long units) {
      return IsoTime.of(LocalDateTime.ofInstant(instant(units), ZoneOffset.UTC));
    }
  },
  DATE {
    @Override
    String finite(long units) {
      return IsoTime.of(LocalDate.ofEpochDay(units));
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
    boolean isOpen = units == Long.MIN_VALUE || units == Long.MAX_VALUE;
    return isOpen ? IsoTime.infinity(units == Long.MAX_VALUE) : finite(units);
  }

  private static Instant instant(long micros) {
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1000);
  }
}
