package io.varve.ingest;

import io.varve.MappingException;
import io.varve.model.Accessor;
import io.varve.model.Column;
import io.varve.model.ColumnType.Kind;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.function.ToLongFunction;

/**
 * Reads the time of a row in the units chunks are measured in: microseconds or days since the Unix
 * epoch, or a bigint as it is.
 *
 * <p>The infinities and a type's last value are refused on every tier: no chunk holds them, because
 * a chunk ends before a value of the same type.
 */
final class RowTime {

  private RowTime() {}

  static <T> ToLongFunction<T> of(Column<T, ?> column) {
    Accessor<T> accessor = column.accessor();
    Kind kind = column.type().kind();
    if (kind == Kind.TIMESTAMPTZ) {
      return row -> unixMicros(PostgresTime.micros(value(accessor, row, Instant.class)));
    } else if (kind == Kind.TIMESTAMP) {
      return row -> unixMicros(PostgresTime.micros(value(accessor, row, LocalDateTime.class)));
    } else if (kind == Kind.DATE) {
      return row -> unixDays(PostgresTime.days(value(accessor, row, LocalDate.class)));
    }
    return bigint(accessor);
  }

  private static <T> ToLongFunction<T> bigint(Accessor<T> accessor) {
    return accessor instanceof Accessor.OfLong<T> longs
        ? row -> beforeLast(longs.read().applyAsLong(row))
        : row -> beforeLast(BinaryFormat.bigint(BinaryFormat.present(accessor.get(row))));
  }

  private static <T, V> V value(Accessor<T> accessor, T row, Class<V> type) {
    return BinaryFormat.expect(type, BinaryFormat.present(accessor.get(row)));
  }

  private static long beforeLast(long number) {
    if (number == Long.MAX_VALUE) {
      throw new MappingException(
          "the time %d is the last of its type, which no chunk can hold".formatted(number));
    }
    return number;
  }

  private static long unixMicros(long micros) {
    if (micros == PostgresTime.POSITIVE_INFINITY || micros == PostgresTime.NEGATIVE_INFINITY) {
      throw infinite();
    }
    if (micros >= Long.MAX_VALUE - PostgresTime.UNIX_MICROS) {
      throw new MappingException(
          "the time is too late for a chunk; expected it before +294247-01-10T04:00:54.775807Z");
    }
    return micros + PostgresTime.UNIX_MICROS;
  }

  private static long unixDays(int days) {
    if (days == PostgresTime.POSITIVE_INFINITY_DAYS
        || days == PostgresTime.NEGATIVE_INFINITY_DAYS) {
      throw infinite();
    }
    if (days == PostgresTime.LAST_DAY) {
      throw new MappingException(
          "the time +5874897-12-31 is the last of its type, which no chunk can hold");
    }
    return (long) days + PostgresTime.UNIX_DAYS;
  }

  private static MappingException infinite() {
    return new MappingException("the time is infinite, which no chunk can hold");
  }
}
