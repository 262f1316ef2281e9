package io.varve.model;

import io.varve.MappingException;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The columns of a runtime table as its {@link Row}s hold them. Rows made by the table share one
 * list of names and are read by position; any other row must have the same names, in any order.
 */
final class RowLayout {

  private final String table;
  private final List<String> names;

  RowLayout(String table, List<String> names) {
    this.table = table;
    this.names = List.copyOf(names);
  }

  Accessor<Row> accessor(int index) {
    return new Accessor.OfObject<>(
        row -> row.value(row.names() == names ? index : find(row, index)));
  }

  /** A row of the array itself, which must not be changed any more. */
  Row newRow(@Nullable Object[] values) {
    if (values.length != names.size()) {
      throw new MappingException(
          "table %s: a row of %d values; expected %d: %s"
              .formatted(table, values.length, names.size(), names));
    }
    return Row.owning(names, values);
  }

  private int find(Row row, int index) {
    List<String> offered = row.names();
    if (offered.equals(names)) {
      return index;
    }
    if (offered.size() != names.size() || !new HashSet<>(offered).equals(new HashSet<>(names))) {
      throw new MappingException(
          "table %s: a row with the columns %s; expected %s".formatted(table, offered, names));
    }
    return offered.indexOf(names.get(index));
  }
}
