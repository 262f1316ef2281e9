package io.varve.ingest;

import io.varve.model.Accessor;
import io.varve.model.Column;
import io.varve.model.ColumnType;
import io.varve.model.Json;
import io.varve.model.Table;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Estimates what a waiting row takes in memory. Immutable and thread-safe. */
final class RowSize<T> {

  /** The row itself, its stage, and their places in the queue. */
  private static final long ROW = 112;

  private static final long VALUE = 24;

  private final long fixed;
  private final List<Accessor<T>> varying = new ArrayList<>();

  RowSize(Table<T> table) {
    long sum = ROW;
    for (Column<T, ?> column : table.columns()) {
      sum += VALUE;
      if (varies(column.type())) {
        varying.add(column.accessor());
      }
    }
    this.fixed = sum;
  }

  private static boolean varies(ColumnType type) {
    return type.array()
        || switch (type.kind()) {
          case TEXT, JSONB, BYTEA, NUMERIC -> true;
          default -> false;
        };
  }

  long of(T row) {
    long sum = fixed;
    for (Accessor<T> accessor : varying) {
      sum += ofValue(accessor.get(row));
    }
    return sum;
  }

  private static long ofValue(@Nullable Object value) {
    if (value instanceof String text) {
      return VALUE + text.length();
    } else if (value instanceof byte[] bytes) {
      return VALUE + bytes.length;
    } else if (value instanceof Json json) {
      return VALUE + json.text().length();
    } else if (value instanceof List<?> list) {
      return VALUE + list.stream().mapToLong(RowSize::ofValue).sum();
    }
    return VALUE;
  }
}
