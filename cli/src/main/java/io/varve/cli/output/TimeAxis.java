package io.varve.cli.output;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A horizontal axis with dates and times on it, in one zone. Positions are microseconds. */
final class TimeAxis {

  /** A label and where it stands. */
  record Tick(long micros, String label) {}

  /** A step between labels, and how they are written. */
  private record Step(int amount, ChronoUnit unit, double seconds, String pattern) {
    static Step of(int amount, ChronoUnit unit, String pattern) {
      return new Step(amount, unit, amount * (double) unit.getDuration().toSeconds(), pattern);
    }
  }

  private static final long MICROS = 1_000_000;

  private static final List<Step> STEPS =
      List.of(
          Step.of(1, ChronoUnit.SECONDS, "HH:mm:ss"),
          Step.of(5, ChronoUnit.SECONDS, "HH:mm:ss"),
          Step.of(15, ChronoUnit.SECONDS, "HH:mm:ss"),
          Step.of(30, ChronoUnit.SECONDS, "HH:mm:ss"),
          Step.of(1, ChronoUnit.MINUTES, "HH:mm"),
          Step.of(5, ChronoUnit.MINUTES, "HH:mm"),
          Step.of(15, ChronoUnit.MINUTES, "HH:mm"),
          Step.of(30, ChronoUnit.MINUTES, "HH:mm"),
          Step.of(1, ChronoUnit.HOURS, "HH:mm"),
          Step.of(3, ChronoUnit.HOURS, "HH:mm"),
          Step.of(6, ChronoUnit.HOURS, "HH:mm"),
          Step.of(12, ChronoUnit.HOURS, "MM-dd HH:mm"),
          Step.of(1, ChronoUnit.DAYS, "MM-dd"),
          Step.of(2, ChronoUnit.DAYS, "MM-dd"),
          Step.of(7, ChronoUnit.DAYS, "MM-dd"),
          Step.of(14, ChronoUnit.DAYS, "yyyy-MM-dd"),
          Step.of(1, ChronoUnit.MONTHS, "yyyy-MM"),
          Step.of(3, ChronoUnit.MONTHS, "yyyy-MM"),
          Step.of(6, ChronoUnit.MONTHS, "yyyy-MM"),
          Step.of(1, ChronoUnit.YEARS, "yyyy"),
          Step.of(2, ChronoUnit.YEARS, "yyyy"),
          Step.of(5, ChronoUnit.YEARS, "yyyy"),
          Step.of(10, ChronoUnit.YEARS, "yyyy"),
          Step.of(20, ChronoUnit.YEARS, "yyyy"),
          Step.of(50, ChronoUnit.YEARS, "yyyy"),
          Step.of(100, ChronoUnit.YEARS, "yyyy"),
          Step.of(1000, ChronoUnit.YEARS, "yyyy"),
          Step.of(100_000, ChronoUnit.YEARS, "yyyy"));

  private final long first;
  private final long last;
  private final ZoneId zone;

  TimeAxis(long first, long last, ZoneId zone) {
    this.first = first;
    this.last = last;
    this.zone = zone;
  }

  /** Labels at round times, at most so many. */
  List<Tick> ticks(int most) {
    double seconds = (last - first) / (double) MICROS;
    Step step = STEPS.get(STEPS.size() - 1);
    for (Step candidate : STEPS) {
      if (seconds / candidate.seconds() <= most) {
        step = candidate;
        break;
      }
    }
    return ticks(step);
  }

  private List<Tick> ticks(Step step) {
    DateTimeFormatter format = DateTimeFormatter.ofPattern(step.pattern(), Locale.ROOT);
    List<Tick> ticks = new ArrayList<>();
    ZonedDateTime start = roundedDown(step);
    for (int i = 0; ; i++) {
      ZonedDateTime time = start.plus((long) i * step.amount(), step.unit());
      long micros = micros(time);
      if (micros > last) {
        return ticks;
      }
      if (micros >= first) {
        ticks.add(new Tick(micros, format.format(time)));
      }
    }
  }

  private ZonedDateTime roundedDown(Step step) {
    ZonedDateTime start = time(first);
    int amount = step.amount();
    LocalDate day = start.toLocalDate();
    return switch (step.unit()) {
      case YEARS ->
          LocalDate.of(Math.floorDiv(day.getYear(), amount) * amount, 1, 1).atStartOfDay(zone);
      case MONTHS ->
          LocalDate.of(day.getYear(), (day.getMonthValue() - 1) / amount * amount + 1, 1)
              .atStartOfDay(zone);
      case DAYS ->
          LocalDate.ofEpochDay(Math.floorDiv(day.toEpochDay() + 3, amount) * amount - 3)
              .atStartOfDay(zone);
      default -> {
        int unit = (int) step.seconds();
        int second = start.toLocalTime().toSecondOfDay() / unit * unit;
        yield day.atTime(LocalTime.ofSecondOfDay(second)).atZone(zone);
      }
    };
  }

  /** The whole range, for the line below the labels. */
  String range() {
    return text(first)
        + " to "
        + text(last)
        + " ("
        + (zone.getId().equals("Z") ? "UTC" : zone)
        + ")";
  }

  private String text(long micros) {
    ZonedDateTime time = time(micros);
    boolean midnight = time.toLocalTime().equals(LocalTime.MIDNIGHT);
    return DateTimeFormatter.ofPattern(midnight ? "yyyy-MM-dd" : "yyyy-MM-dd HH:mm:ss", Locale.ROOT)
        .format(time);
  }

  private ZonedDateTime time(long micros) {
    return Instant.ofEpochSecond(
            Math.floorDiv(micros, MICROS), Math.floorMod(micros, MICROS) * 1000)
        .atZone(zone);
  }

  private static long micros(ZonedDateTime time) {
    return Math.addExact(
        Math.multiplyExact(time.toEpochSecond(), MICROS), (long) time.getNano() / 1000);
  }
}
