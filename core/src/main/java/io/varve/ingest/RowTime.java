package io.varve.ingest;

import io.varve.MappingException;
import io.varve.model.Accessor;
import io.varve.model.Column;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.function.ToLongFunction;

/**
 * Reads the time of a row in the units chunks are measured in: microseconds or days since the Unix
 * epoch, or a bigint as it is. The infinities are refused on every tier: no chunk holds them.
 */
final class RowTime {

  private RowTime() {}

  static <T> ToLongFunction<T> of(Column<T, ?> column) {
    Accessor<T> accessor = column.accessor();
    return switch (column.type().kind()) {
      case TIMESTAMPTZ ->
          row -> unixMicros(PostgresTime.micros(value(accessor, row, Instant.class)));
      case TIMESTAMP ->
          row -> unixMicros(PostgresTime.micros(value(accessor, row, LocalDateTime.class)));
      case DATE -> row -> unixDays(PostgresTime.days(value(accessor, row, LocalDate.class)));
      default -> bigint(accessor);
    };
  }

  private static <T> ToLongFunction<T> bigint(Accessor<T> accessor) {
    return accessor instanceof Accessor.OfLong<T> longs
        ? longs.read()
        : row -> BinaryFormat.bigint(BinaryFormat.present(accessor.get(row)));
  }

  private static <T, V> V value(Accessor<T> accessor, T row, Class<V> type) {
    return BinaryFormat.expect(type, BinaryFormat.present(accessor.get(row)));
  }

  private static long unixMicros(long micros) {
    if (micros == PostgresTime.POSITIVE_INFINITY || micros == PostgresTime.NEGATIVE_INFINITY) {
      throw new MappingException("the time is infinite, which no chunk can hold");
    }
    if (micros > Long.MAX_VALUE - PostgresTime.UNIX_MICROS) {
      throw new MappingException("the time is later than any chunk; expected it before +294247");
    }
    return micros + PostgresTime.UNIX_MICROS;
  }

  private static long unixDays(int days) {
    if (days == PostgresTime.POSITIVE_INFINITY_DAYS
        || days == PostgresTime.NEGATIVE_INFINITY_DAYS) {
      throw new MappingException("the time is infinite, which no chunk can hold");
    }
    return (long) days + PostgresTime.UNIX_DAYS;
  }
}
