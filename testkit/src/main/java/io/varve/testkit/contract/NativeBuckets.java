package io.varve.testkit.contract;

import io.varve.model.ColumnType.Kind;
import io.varve.model.Row;
import io.varve.testkit.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Period;
import java.util.List;
import java.util.Optional;

/** What TimescaleDB's own {@code time_bucket} says of the buckets worked out here. */
final class NativeBuckets {

  private final TestDatabase database;

  NativeBuckets(TestDatabase database) {
    this.database = database;
  }

  /**
   * What differs. Buckets in a zone are left out, because releases differ about changes of the
   * clock, and months that are moved, where it does not promise that a bucket holds its rows.
   */
  Optional<String> difference(NaiveQuery query) throws SQLException {
    NaiveBuckets buckets = query.buckets;
    if (buckets == null || buckets.zone() != null || !isNative(buckets)) {
      return Optional.empty();
    }
    NaiveTable table = query.table;
    List<String> expected =
        table.rows().stream().map(row -> buckets(table, buckets, row)).distinct().sorted().toList();
    String sql =
        "SELECT DISTINCT %s || ' ' || %s FROM %s"
            .formatted(
                number(table.timeKind(), "at"),
                number(table.timeKind(), bucket(table.timeKind(), buckets)),
                table.table().name().sql());
    List<String> found = Sql.list(database, sql).stream().sorted().toList();
    return found.equals(expected)
        ? Optional.empty()
        : Optional.of(sql + "\nfound " + found + "\nexpected " + expected);
  }

  private static boolean isNative(NaiveBuckets buckets) {
    boolean months = buckets.width() instanceof Period period && period.toTotalMonths() > 0;
    return buckets.offset() == null
        || buckets.origin() == null && !months && !(buckets.offset() instanceof Period);
  }

  private static String buckets(NaiveTable table, NaiveBuckets buckets, Row row) {
    return table.time(row) + " " + buckets.start(table.time(row));
  }

  private static String number(Kind kind, String time) {
    return kind == Kind.BIGINT
        ? time
        : "CAST(extract(epoch FROM %s) * 1000000 AS bigint)".formatted(time);
  }

  private static String bucket(Kind kind, NaiveBuckets buckets) {
    String origin =
        buckets.origin() == null
            ? ""
            : ", %s '%s'".formatted(kind.sql(), NaiveTime.as(kind, NaiveTime.of(buckets.origin())));
    String offset = buckets.offset() == null ? "" : ", \"offset\" => " + span(buckets.offset());
    return "time_bucket(%s, at%s%s)".formatted(span(buckets.width()), origin, offset);
  }

  private static String span(Object span) {
    if (span instanceof Duration duration) {
      long micros = duration.toNanos() / 1000;
      return micros % NaiveTime.MICROS_PER_DAY == 0
          ? "interval '%d days'".formatted(micros / NaiveTime.MICROS_PER_DAY)
          : "interval '%d microseconds'".formatted(micros);
    }
    return span instanceof Period period
        ? "interval '%d months %d days'".formatted(period.toTotalMonths(), period.getDays())
        : "CAST(%s AS bigint)".formatted(span);
  }
}
