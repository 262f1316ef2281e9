package io.varve.query;

import io.varve.jdbc.Identifiers;
import io.varve.jdbc.IsoTime;
import io.varve.model.ColumnType.Kind;
import io.varve.query.BucketRules.Offset;
import io.varve.query.BucketWidth.Unit;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** The ways to write buckets; see {@link BucketTime}. */
final class BucketTimes {

  /** A Monday. */
  private static final LocalDateTime ORIGIN = LocalDateTime.of(2000, 1, 3, 0, 0);

  private static final long HOUR = 3_600_000_000L;

  /** No clock has been changed by a fraction of this for half a century. */
  private static final long QUARTER_OF_AN_HOUR = HOUR / 4;

  private BucketTimes() {}

  static BucketTime of(String timeBucket, Kind time, BucketRules rules) {
    BucketWidth width = rules.width();
    if (width.unit() == Unit.UNITS) {
      return new Units(timeBucket, width.count(), rules.offset().micros());
    }
    if (width.unit() == Unit.MONTHS || rules.zone().isPresent() && width.unit() == Unit.DAYS) {
      return new Local(timeBucket, time, rules);
    }
    return rules.zone().isPresent()
        ? new ZonedFixed(timeBucket, rules)
        : new Fixed(timeBucket, time, rules);
  }

  /** Of a bigint time. */
  record Units(String timeBucket, long width, long offset) implements BucketTime {

    @Override
    public String key(String time) {
      return "%s(CAST(%s AS bigint), %s, CAST(%s AS bigint))"
          .formatted(timeBucket, width, time, offset);
    }

    @Override
    public String start(String key) {
      return key;
    }

    @Override
    public String end(String key) {
      return "(CAST(%s AS numeric) + %s)".formatted(key, width);
    }

    @Override
    public String slots(String from, String to) {
      return "SELECT s FROM generate_series(%s, %s, CAST(%s AS bigint)) AS s WHERE s < %s"
          .formatted(key(from), to, width, to);
    }
  }

  /** Of a fixed span, in UTC. */
  record Fixed(String timeBucket, Kind time, BucketRules rules) implements BucketTime {

    private String width() {
      return rules.width().unit() == Unit.DAYS && time != Kind.DATE
          ? "interval '%s microseconds'"
              .formatted(Math.multiplyExact(rules.width().count(), IsoTime.MICROS_PER_DAY))
          : rules.width().interval();
    }

    /** The usual origin is left out: the statement is the one a person would write. */
    private String origin() {
      Offset offset = rules.offset();
      if (rules.origin().isEmpty() && offset.isNone()) {
        return "";
      }
      LocalDateTime moved =
          rules
              .origin()
              .orElse(ORIGIN)
              .plusDays(offset.days())
              .plus(offset.micros(), ChronoUnit.MICROS);
      return ", "
          + switch (time) {
            case TIMESTAMPTZ ->
                "timestamptz '%s'".formatted(IsoTime.of(moved.toInstant(ZoneOffset.UTC)));
            case DATE -> "date '%s'".formatted(IsoTime.of(moved.toLocalDate()));
            default -> "timestamp '%s'".formatted(IsoTime.of(moved));
          };
    }

    @Override
    public String key(String column) {
      return "%s(%s, %s%s)".formatted(timeBucket, width(), column, origin());
    }

    @Override
    public String start(String key) {
      return key;
    }

    @Override
    public String end(String key) {
      String end = "(%s + %s)".formatted(key, width());
      return time == Kind.DATE ? "CAST(%s AS date)".formatted(end) : end;
    }

    @Override
    public String slots(String from, String to) {
      return time == Kind.DATE
          ? "SELECT CAST(s AS date) FROM generate_series(CAST(%s AS timestamp), CAST(%s AS timestamp), %s) AS s WHERE s < %s"
              .formatted(key(from), to, width(), to)
          : "SELECT s FROM generate_series(%s, %s, %s) AS s WHERE s < %s"
              .formatted(key(from), to, width(), to);
    }
  }

  /**
   * Of the calendar: the key is the bucket's start on the local clock.
   *
   * <p>A local time that comes twice, when the clock is put back over it, means its first moment: a
   * day begins once. The server takes the second one, so the moment a day after the same local time
   * of the day before is tried, too.
   */
  record Local(String timeBucket, Kind time, BucketRules rules) implements BucketTime {

    private String local(String column) {
      return switch (time) {
        case TIMESTAMPTZ -> "(%s AT TIME ZONE %s)".formatted(column, zone());
        case DATE -> "CAST(%s AS timestamp)".formatted(column);
        default -> column;
      };
    }

    private String zone() {
      return rules.zone().map(BucketTimes::zone).orElse("'UTC'");
    }

    private String forward() {
      return rules.offset().isNone() ? "" : " + " + rules.offset().interval();
    }

    /** What was added last is taken away first: months are of different lengths. */
    private String back() {
      Offset offset = rules.offset();
      return offset.isNone()
          ? ""
          : " - %s - %s"
              .formatted(
                  new Offset(0, offset.days(), offset.micros()).interval(),
                  new Offset(offset.months(), 0, 0).interval());
    }

    /** The bucket before it is moved. */
    private String unmoved(String column) {
      return "%s(%s, %s%s%s)"
          .formatted(
              timeBucket,
              rules.width().interval(),
              local(column),
              back(),
              localOrigin(time == Kind.TIMESTAMPTZ ? rules.zone() : Optional.empty(), rules));
    }

    @Override
    public String key(String column) {
      return "(" + unmoved(column) + forward() + ")";
    }

    @Override
    public String start(String key) {
      if (time == Kind.TIMESTAMPTZ) {
        return rules.zone().isPresent()
            ? firstMoment(key)
            : "(%s AT TIME ZONE 'UTC')".formatted(key);
      }
      return time == Kind.DATE ? "CAST(%s AS date)".formatted(key) : key;
    }

    private String firstMoment(String local) {
      String first = dayAfter(local, zone());
      return "CASE WHEN (%2$s AT TIME ZONE %3$s) = %4$s THEN least(%1$s, %2$s) ELSE %1$s END"
          .formatted("(%s AT TIME ZONE %s)".formatted(local, zone()), first, zone(), local);
    }

    @Override
    public String end(String key) {
      return start("(%s%s + %s%s)".formatted(key, back(), rules.width().interval(), forward()));
    }

    @Override
    public String slots(String from, String to) {
      String slot = "(s" + forward() + ")";
      return "SELECT %s FROM generate_series(%s, %s%s + interval '1 day', %s) AS s WHERE %s < %s"
          .formatted(
              slot, unmoved(from), local(to), back(), rules.width().interval(), start(slot), to);
    }
  }

  /**
   * Of a fixed span, counted on a local clock. Where that shows a bucket's start twice, the server
   * takes the second one, which may be later than the time in question.
   */
  record ZonedFixed(String timeBucket, BucketRules rules) implements BucketTime {

    @Override
    public String key(String time) {
      String moved = time + moved("-");
      String local = local(moved);
      String floor =
          "CASE WHEN %1$s <= %2$s THEN %1$s WHEN (%3$s AT TIME ZONE %4$s) = %5$s THEN %3$s ELSE %1$s - CAST(ceil(extract(epoch FROM %1$s - (%2$s)) * 1000000 / %6$s) AS double precision) * %7$s END"
              .formatted(
                  "(%s AT TIME ZONE %s)".formatted(local, zone()),
                  moved,
                  dayAfter(local, zone()),
                  zone(),
                  local,
                  rules.width().count(),
                  rules.width().interval());
      return "(" + floor + moved("+") + ")";
    }

    /** The bucket's start on the local clock, on which days of an offset are counted, too. */
    private String local(String moved) {
      return "(%s(%s, ((%s) AT TIME ZONE %s)%s%s)%s)"
          .formatted(
              timeBucket,
              rules.width().interval(),
              moved,
              zone(),
              days("-"),
              localOrigin(rules.zone(), rules),
              days("+"));
    }

    private String zone() {
      return BucketTimes.zone(rules.zone().orElseThrow());
    }

    private String days(String sign) {
      long days = rules.offset().days();
      return days == 0 ? "" : " %s %s".formatted(sign, new Offset(0, days, 0).interval());
    }

    private String moved(String sign) {
      long micros = rules.offset().micros();
      return micros == 0 ? "" : " %s %s".formatted(sign, microseconds(micros));
    }

    @Override
    public String start(String key) {
      return key;
    }

    /**
     * Where the clock is put forward a bucket is shorter. Where it is put back it may be longer,
     * and ends when the clock shows the next start.
     */
    @Override
    public String end(String key) {
      String width = rules.width().interval();
      String next = key("(%s + %s)".formatted(key, width));
      String shown =
          "((((%1$s%2$s) AT TIME ZONE %3$s) + %4$s) AT TIME ZONE %3$s%5$s)"
              .formatted(key, moved("-"), zone(), width, moved("+"));
      return "CASE WHEN %1$s > %2$s THEN %1$s ELSE %3$s END".formatted(next, key, shown);
    }

    /**
     * The keys of moments a step apart, of the last moment, of the moment before each of those
     * buckets, and of the first time the clock showed its start: changes of the clock make buckets
     * shorter than a step.
     */
    @Override
    public String slots(String from, String to) {
      String first = key(from);
      return """
          SELECT DISTINCT slots.slot
            FROM (SELECT DISTINCT %1$s
                    FROM (SELECT generate_series(%2$s, %3$s, %4$s)
                           UNION ALL SELECT %5$s) AS moments (s)) AS stepped (slot)
           CROSS JOIN LATERAL (VALUES (stepped.slot), (%6$s), (%7$s)) AS slots (slot)
           WHERE slots.slot >= %2$s AND slots.slot < %3$s"""
          .formatted(
              key("s"),
              first,
              to,
              microseconds(step(rules.width().count())),
              before(to),
              key(before("stepped.slot")),
              key(firstShown("stepped.slot")));
    }

    private String firstShown(String start) {
      String shown = "((%s%s) AT TIME ZONE %s)".formatted(start, moved("-"), zone());
      return "(" + dayAfter(shown, zone()) + moved("+") + ")";
    }

    private static String before(String time) {
      return "(%s - %s)".formatted(time, microseconds(1));
    }
  }

  /**
   * How far to go so that no bucket of a fixed span on a local clock is stepped over: those that
   * are cut short by a change of the clock are shorter than the others.
   *
   * @param width of a bucket, in microseconds
   */
  static long step(long width) {
    if (width > 2 * IsoTime.MICROS_PER_DAY) {
      return width - IsoTime.MICROS_PER_DAY;
    }
    return width > 4 * HOUR ? width - 3 * HOUR : Math.min(width, QUARTER_OF_AN_HOUR);
  }

  /**
   * The moment a day after the clock showed the same time the day before: where it shows that time
   * twice, the first one.
   */
  private static String dayAfter(String local, String zone) {
    return "(((%s - interval '1 day') AT TIME ZONE %s) + interval '24 hours')"
        .formatted(local, zone);
  }

  private static String microseconds(long count) {
    return "interval '%s microseconds'".formatted(count);
  }

  /** The origin on the local clock, as a third argument. */
  private static String localOrigin(Optional<ZoneId> zone, BucketRules rules) {
    return rules
        .origin()
        .map(
            origin ->
                zone.map(
                        it ->
                            ", timestamptz '%s' AT TIME ZONE %s"
                                .formatted(IsoTime.of(origin.toInstant(ZoneOffset.UTC)), zone(it)))
                    .orElse(", timestamp '%s'".formatted(IsoTime.of(origin))))
        .orElse("");
  }

  /** The server takes the sign of an offset in text the other way round. */
  private static String zone(ZoneId zone) {
    return zone.normalized() instanceof ZoneOffset offset
        ? "interval '%s seconds'".formatted(offset.getTotalSeconds())
        : Identifiers.literal(zone.getId());
  }
}
