package io.varve.ingest;

import io.varve.MappingException;
import io.varve.ingest.BinaryFormat.FieldWriter;
import io.varve.model.Accessor;
import io.varve.model.Column;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Role;
import io.varve.model.Table;
import io.varve.schema.StoredType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * Turns the rows of one table into tuples of PostgreSQL's binary COPY. Which accessor goes with
 * which format is settled once, when the codec is made; a primitive is never boxed. Immutable and
 * thread-safe.
 */
final class RowCodec<T> {

  /** Writes one column of a row as a field. */
  @FunctionalInterface
  private interface FieldEncoder<T> {
    void encode(T row, CopyBuffer out);
  }

  private final Table<T> table;
  private final ToLongFunction<T> time;
  private final List<FieldEncoder<T>> fields = new ArrayList<>();

  /**
   * @param stored what each column stores, of its elements where it is an array
   */
  RowCodec(Table<T> table, List<StoredType> stored) {
    this.table = table;
    this.time = RowTime.of(table.time());
    for (int i = 0; i < table.columns().size(); i++) {
      fields.add(encoder(table.columns().get(i), stored.get(i)));
    }
  }

  /** The row's time in units since the Unix epoch; refused if no chunk can hold it. */
  long time(T row) {
    try {
      return time.applyAsLong(row);
    } catch (RuntimeException e) {
      throw refusal(table.time(), e);
    }
  }

  /** Refuses what {@link #time} or {@link #encode} would refuse. */
  void check(T row) {
    time(row);
    encode(row, new CopyBuffer(256));
  }

  /** Appends the row's tuple; a row that is refused leaves the buffer as it was. */
  void encode(T row, CopyBuffer out) {
    int before = out.size();
    int column = 0;
    try {
      out.putShort(fields.size());
      for (; column < fields.size(); column++) {
        fields.get(column).encode(row, out);
      }
    } catch (RuntimeException e) {
      out.truncate(before);
      throw refusal(table.columns().get(column), e);
    }
  }

  /** Appends some of the row's fields; a row that is refused leaves the buffer as it was. */
  void encode(T row, int[] columns, CopyBuffer out) {
    int before = out.size();
    int column = columns[0];
    try {
      for (int each : columns) {
        column = each;
        fields.get(each).encode(row, out);
      }
    } catch (RuntimeException e) {
      out.truncate(before);
      throw refusal(table.columns().get(column), e);
    }
  }

  private MappingException refusal(Column<T, ?> column, RuntimeException e) {
    String reason = e instanceof MappingException ? e.getMessage() : "reading it failed: " + e;
    return new MappingException(
        "column \"%s\" of %s: %s".formatted(column.name(), table.name(), reason),
        null,
        e,
        column.name());
  }

  private FieldEncoder<T> encoder(Column<T, ?> column, StoredType stored) {
    Accessor<T> accessor = column.accessor();
    if (column.role() == Role.TIME) {
      return time(column);
    } else if (accessor instanceof Accessor.OfBoolean<T> booleans) {
      return (row, out) -> out.putField1(booleans.read().test(row) ? 1 : 0);
    } else if (accessor instanceof Accessor.OfShort<T> shorts) {
      return (row, out) -> out.putField2((short) shorts.read().applyAsInt(row));
    } else if (accessor instanceof Accessor.OfInt<T> ints) {
      return (row, out) -> out.putField4(ints.read().applyAsInt(row));
    } else if (accessor instanceof Accessor.OfLong<T> longs) {
      return (row, out) -> out.putField8(longs.read().applyAsLong(row));
    } else if (accessor instanceof Accessor.OfFloat<T> floats) {
      return (row, out) -> out.putField4(Float.floatToRawIntBits(floats.read().applyAsFloat(row)));
    } else if (accessor instanceof Accessor.OfDouble<T> doubles) {
      return (row, out) ->
          out.putField8(Double.doubleToRawLongBits(doubles.read().applyAsDouble(row)));
    }
    return object(column, BinaryFormat.of(column.type(), stored));
  }

  private FieldEncoder<T> time(Column<T, ?> column) {
    Kind kind = column.type().kind();
    if (kind == Kind.DATE) {
      return (row, out) -> out.putField4((int) time.applyAsLong(row) - PostgresTime.UNIX_DAYS);
    } else if (kind == Kind.BIGINT) {
      return (row, out) -> out.putField8(time.applyAsLong(row));
    }
    return (row, out) -> out.putField8(time.applyAsLong(row) - PostgresTime.UNIX_MICROS);
  }

  private FieldEncoder<T> object(Column<T, ?> column, FieldWriter writer) {
    Accessor<T> accessor = column.accessor();
    boolean nullable = column.nullable();
    return (row, out) -> {
      Object value = accessor.get(row);
      if (value == null && nullable) {
        out.putNull();
      } else {
        writer.write(BinaryFormat.present(value), out);
      }
    };
  }
}
