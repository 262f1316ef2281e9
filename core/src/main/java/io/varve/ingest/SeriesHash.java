package io.varve.ingest;

import io.varve.model.Accessor;
import io.varve.model.Column;
import io.varve.model.Table;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A number for the series a row belongs to: the same for rows whose dimensions are equal to the
 * database. Texts are compared by their letters, whatever their collation. Immutable and
 * thread-safe.
 */
final class SeriesHash<T> {

  private final List<Accessor<T>> dimensions;

  SeriesHash(Table<T> table) {
    this.dimensions = table.dimensions().stream().<Accessor<T>>map(Column::accessor).toList();
  }

  int of(T row) {
    int hash = 1;
    for (Accessor<T> dimension : dimensions) {
      hash = 31 * hash + ofValue(dimension.get(row));
    }
    return hash;
  }

  private static int ofValue(@Nullable Object value) {
    if (value instanceof byte[] bytes) {
      return Arrays.hashCode(bytes);
    }
    if (value instanceof BigDecimal number) {
      return number.stripTrailingZeros().hashCode();
    }
    if (value instanceof Double number) {
      // There are two zeros, and the database has one.
      return Double.hashCode(number + 0.0);
    }
    if (value instanceof Float number) {
      return Float.hashCode(number + 0.0f);
    }
    if (value instanceof List<?> elements) {
      return elements.stream().mapToInt(SeriesHash::ofValue).reduce(1, (a, b) -> 31 * a + b);
    }
    return Objects.hashCode(value);
  }
}
