package io.varve.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.Tier;
import io.varve.Varve;
import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.Period;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * {@code time_bucket} with thousands of random widths, times, origins, offsets and time zones, half
 * of the times near a change of the clocks, against the rules worked out here anew.
 */
@ExtendWith(DatabaseExtension.class)
final class TimeBucketContract {

  private static final int CALLS = 4000;
  private static final List<String> ZONES =
      List.of(
          "UTC",
          "Asia/Kolkata",
          "Europe/Berlin",
          "America/New_York",
          "America/Havana",
          "Australia/Lord_Howe");
  private static final Instant FIRST = Instant.parse("1985-01-01T00:00:00Z");
  private static final Instant LAST = Instant.parse("2023-01-01T00:00:00Z");
  private static final LocalDateTime MONDAY = LocalDateTime.parse("2000-01-03T00:00:00");

  private final TestDatabase database;
  private final boolean clocksGoBackRight;

  TimeBucketContract(TestDatabase database) {
    this.database = database;
    try (Varve varve = database.connect()) {
      varve.toolkit().install();
      // Releases before 2.25 answer otherwise where clocks change.
      this.clocksGoBackRight =
          varve.capabilities().tier() == Tier.PLAIN
              || Integer.parseInt(
                      varve.capabilities().timescaleVersion().orElseThrow().split("\\.", 3)[1])
                  >= 25;
    }
  }

  /**
   * A call's arguments and how it should end.
   *
   * @param months the width, unless it is one of microseconds
   * @param micros the width, unless it is one of months
   * @param shift the offset in microseconds
   */
  private record Call(
      int months,
      long micros,
      Instant time,
      String zone,
      @Nullable Instant origin,
      @Nullable Long shift) {

    String width() {
      return months > 0 ? months + " months" : micros + " microseconds";
    }

    Call with(@Nullable Instant otherOrigin, @Nullable Long otherShift) {
      return new Call(months, micros, time, zone, otherOrigin, otherShift);
    }

    Instant inUtc() {
      long moved = shift == null ? 0 : shift;
      LocalDateTime from =
          origin == null ? MONDAY : LocalDateTime.ofInstant(origin, ZoneOffset.UTC);
      LocalDateTime local =
          LocalDateTime.ofInstant(time.minus(moved, ChronoUnit.MICROS), ZoneOffset.UTC);
      return bucket(local, from).toInstant(ZoneOffset.UTC).plus(moved, ChronoUnit.MICROS);
    }

    Instant inZone() {
      ZoneId place = ZoneId.of(zone);
      long moved = shift == null ? 0 : shift;
      Instant shifted = time.minus(moved, ChronoUnit.MICROS);
      LocalDateTime from = origin == null ? MONDAY : LocalDateTime.ofInstant(origin, place);
      Instant start =
          bucket(LocalDateTime.ofInstant(shifted, place), from)
              .atZone(place)
              .withLaterOffsetAtOverlap()
              .toInstant();
      while (start.isAfter(shifted)) {
        start = start.atOffset(ZoneOffset.UTC).minus(Period.ofMonths(months)).toInstant();
        start = start.minus(micros, ChronoUnit.MICROS);
      }
      return start.plus(moved, ChronoUnit.MICROS);
    }

    private LocalDateTime bucket(LocalDateTime local, LocalDateTime from) {
      if (months == 0) {
        long distance = ChronoUnit.MICROS.between(from, local);
        return from.plus(Math.floorDiv(distance, micros) * micros, ChronoUnit.MICROS);
      }
      long distance = month(local) - month(from);
      long month = month(from) + Math.floorDiv(distance, (long) months) * months;
      return LocalDateTime.of(
          (int) Math.floorDiv(month, 12L), (int) Math.floorMod(month, 12L) + 1, 1, 0, 0);
    }

    private static long month(LocalDateTime time) {
      return time.getYear() * 12L + time.getMonthValue() - 1;
    }
  }

  @Test
  void plainFormsAgree() throws SQLException {
    List<Call> calls = calls(new Random(1), ZONES);
    check("time_bucket(w, t)", calls, call -> call.with(null, null).inUtc());
    check(
        "time_bucket(w, t, coalesce(o, '2000-01-03Z'))",
        calls,
        call -> call.with(call.origin(), null).inUtc());
    check(
        "time_bucket(w, t, coalesce(f, '0'))",
        calls,
        call -> call.with(null, call.shift()).inUtc());
  }

  @Test
  void formsWithoutTimeZoneAgree() throws SQLException {
    List<Call> calls = calls(new Random(2), ZONES);
    check(
        "time_bucket(w, t::timestamp)::timestamptz", calls, call -> call.with(null, null).inUtc());
    check(
        "time_bucket(w, t::timestamp, coalesce(f, '0'))::timestamptz",
        calls,
        call -> call.with(null, call.shift()).inUtc());
  }

  @Test
  void zonedFormsAgree() throws SQLException {
    List<String> zones = clocksGoBackRight ? ZONES : ZONES.subList(0, 2);
    List<Call> calls = calls(new Random(3), zones);
    check("time_bucket(w, t, z)", calls, call -> call.with(null, null).inZone());
    check("time_bucket(w, t, z, o, f)", calls, Call::inZone);
    check(
        "time_bucket(w, t, timezone => z, \"offset\" => f)",
        calls,
        call -> call.with(null, call.shift()).inZone());
  }

  private void check(String expression, List<Call> calls, Function<Call, Instant> expected)
      throws SQLException {
    List<String> found = ask(expression, calls);
    List<String> wrong = new ArrayList<>();
    for (int i = 0; i < calls.size(); i++) {
      String right = expected.apply(calls.get(i)).toString();
      if (!Instant.parse(found.get(i)).toString().equals(right)) {
        wrong.add("%s is %s, expected %s".formatted(calls.get(i), found.get(i), right));
      }
    }
    assertThat(wrong).as(expression).isEmpty();
  }

  private List<String> ask(String expression, List<Call> calls) throws SQLException {
    String sql =
        """
        select to_char(%s, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
          from unnest(?::interval[], ?::timestamptz[], ?::text[], ?::timestamptz[], ?::interval[])
               with ordinality as calls (w, t, z, o, f, n)
         order by n
        """
            .formatted(expression);
    try (Connection connection = database.jdbc();
        Statement settings = connection.createStatement();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      settings.execute("set timezone = 'UTC'");
      settings.execute("set search_path = varve, public");
      bind(statement, 1, calls, Call::width);
      bind(statement, 2, calls, call -> call.time().toString());
      bind(statement, 3, calls, Call::zone);
      bind(statement, 4, calls, call -> call.origin() == null ? null : call.origin().toString());
      bind(
          statement,
          5,
          calls,
          call -> call.shift() == null ? null : call.shift() + " microseconds");
      List<String> answers = new ArrayList<>();
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          answers.add(row.getString(1));
        }
      }
      return answers;
    }
  }

  private static void bind(
      PreparedStatement statement,
      int index,
      List<Call> calls,
      Function<Call, @Nullable String> value)
      throws SQLException {
    Object[] values = calls.stream().map(value).toArray();
    statement.setArray(index, statement.getConnection().createArrayOf("text", values));
  }

  private static List<Call> calls(Random random, List<String> zones) {
    List<Call> calls = new ArrayList<>();
    for (int i = 0; i < CALLS; i++) {
      String zone = zones.get(random.nextInt(zones.size()));
      boolean isMonths = random.nextInt(4) == 0;
      calls.add(
          new Call(
              isMonths ? 1 + random.nextInt(30) : 0,
              isMonths ? 0 : width(random),
              time(random, ZoneId.of(zone)),
              zone,
              random.nextBoolean() ? null : between(random, FIRST, LAST),
              random.nextBoolean() ? null : random.nextLong(-200_000_000_000L, 200_000_000_000L)));
    }
    return calls;
  }

  private static long width(Random random) {
    long second = 1_000_000;
    return switch (random.nextInt(4)) {
      case 0 -> (1 + random.nextInt(120)) * 60 * second;
      case 1 -> (1 + random.nextInt(48)) * 3600 * second;
      case 2 -> (1 + random.nextInt(20)) * 86_400 * second;
      default -> random.nextLong(60 * second, 40 * 86_400 * second);
    };
  }

  /** Half of them within three hours of a change of the clocks, if there are any. */
  private static Instant time(Random random, ZoneId zone) {
    Instant any = between(random, FIRST, LAST);
    ZoneOffsetTransition change = zone.getRules().nextTransition(any);
    return change == null || random.nextBoolean()
        ? any
        : between(
            random,
            change.getInstant().minusSeconds(3 * 3600),
            change.getInstant().plusSeconds(3 * 3600));
  }

  private static Instant between(Random random, Instant from, Instant to) {
    return from.plus(random.nextLong(ChronoUnit.MICROS.between(from, to)), ChronoUnit.MICROS);
  }
}
