package io.varve.query;

import io.varve.DataException;
import io.varve.jdbc.IsoTime;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Collects the values of one column. Not thread-safe while it does. */
final class ColumnBuffer {

  private final ColumnType type;
  private final BitSet nulls = new BitSet();
  private final List<@Nullable Object> objects = new ArrayList<>();
  private long[] longs = new long[0];
  private double[] doubles = new double[0];
  private int size;

  ColumnBuffer(ColumnType type) {
    this.type = type;
  }

  void add(@Nullable Object value) {
    if (value == null) {
      nulls.set(size);
    }
    if (isWhole()) {
      longs = room(longs);
      longs[size] = value == null ? 0 : whole(value);
    } else if (AggregateColumn.isFloat(type) && !type.array()) {
      doubles = room(doubles);
      doubles[size] = value == null ? Double.NaN : ((Number) value).doubleValue();
    } else {
      objects.add(value);
    }
    size++;
  }

  /** Gives back the room that was not needed. */
  ColumnBuffer trimmed() {
    longs = isWhole() ? Arrays.copyOf(longs, size) : longs;
    doubles = doubles.length > size ? Arrays.copyOf(doubles, size) : doubles;
    return this;
  }

  private long[] room(long[] array) {
    return size < array.length ? array : Arrays.copyOf(array, Math.max(16, size + size / 2));
  }

  private double[] room(double[] array) {
    return size < array.length ? array : Arrays.copyOf(array, Math.max(16, size + size / 2));
  }

  private boolean isWhole() {
    return !type.array()
        && switch (type.kind()) {
          case SMALLINT, INTEGER, BIGINT, TIMESTAMPTZ, TIMESTAMP, DATE -> true;
          case REAL, DOUBLE, NUMERIC, BOOLEAN, TEXT, UUID, JSONB, BYTEA -> false;
        };
  }

  private static long whole(Object value) {
    if (value instanceof Instant instant) {
      return micros(instant);
    } else if (value instanceof LocalDateTime time) {
      return time.equals(LocalDateTime.MAX)
          ? Long.MAX_VALUE
          : time.equals(LocalDateTime.MIN)
              ? Long.MIN_VALUE
              : micros(time.toInstant(ZoneOffset.UTC));
    } else if (value instanceof LocalDate date) {
      return date.equals(LocalDate.MAX)
          ? Long.MAX_VALUE
          : date.equals(LocalDate.MIN)
              ? Long.MIN_VALUE
              : micros(date.atStartOfDay().toInstant(ZoneOffset.UTC));
    }
    return ((Number) value).longValue();
  }

  private static long micros(Instant time) {
    if (time.equals(Instant.MAX) || time.equals(Instant.MIN)) {
      return time.equals(Instant.MAX) ? Long.MAX_VALUE : Long.MIN_VALUE;
    }
    try {
      return Math.addExact(
          Math.multiplyExact(time.getEpochSecond(), 1_000_000), time.getNano() / 1_000);
    } catch (ArithmeticException e) {
      throw new DataException(
          "the time %s; expected one that can be counted in microseconds since 1970"
              .formatted(time),
          null,
          e);
    }
  }

  BitSet nulls() {
    return nulls;
  }

  Optional<long[]> longs() {
    return isWhole() ? Optional.of(longs) : Optional.empty();
  }

  Optional<double[]> doubles() {
    if (!type.isNumeric()) {
      return Optional.empty();
    }
    if (AggregateColumn.isFloat(type)) {
      return Optional.of(doubles);
    }
    return Optional.of(IntStream.range(0, size).mapToDouble(this::asDouble).toArray());
  }

  private double asDouble(int row) {
    if (nulls.get(row)) {
      return Double.NaN;
    }
    return type.kind() == Kind.NUMERIC
        ? ((Number) Objects.requireNonNull(objects.get(row))).doubleValue()
        : longs[row];
  }

  List<@Nullable Object> objects() {
    List<@Nullable Object> all = new ArrayList<>(size);
    for (int row = 0; row < size; row++) {
      all.add(nulls.get(row) ? null : object(row));
    }
    return Collections.unmodifiableList(all);
  }

  private @Nullable Object object(int row) {
    if (type.array()) {
      return objects.get(row);
    }
    return switch (type.kind()) {
      case SMALLINT -> (short) longs[row];
      case INTEGER -> (int) longs[row];
      case BIGINT -> longs[row];
      case REAL -> (float) doubles[row];
      case DOUBLE -> doubles[row];
      case TIMESTAMPTZ -> instant(longs[row]);
      case TIMESTAMP -> local(longs[row]);
      case DATE -> date(longs[row]);
      case NUMERIC, BOOLEAN, TEXT, UUID, JSONB, BYTEA -> objects.get(row);
    };
  }

  private static Instant instant(long micros) {
    if (micros == Long.MAX_VALUE || micros == Long.MIN_VALUE) {
      return micros > 0 ? Instant.MAX : Instant.MIN;
    }
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  private static LocalDateTime local(long micros) {
    if (micros == Long.MAX_VALUE || micros == Long.MIN_VALUE) {
      return micros > 0 ? LocalDateTime.MAX : LocalDateTime.MIN;
    }
    return LocalDateTime.ofInstant(instant(micros), ZoneOffset.UTC);
  }

  private static LocalDate date(long micros) {
    if (micros == Long.MAX_VALUE || micros == Long.MIN_VALUE) {
      return micros > 0 ? LocalDate.MAX : LocalDate.MIN;
    }
    return LocalDate.ofEpochDay(micros / IsoTime.MICROS_PER_DAY);
  }
}
