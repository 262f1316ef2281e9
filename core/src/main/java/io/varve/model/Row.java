package io.varve.model;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A row whose columns are known only at run time: names and values in order. Immutable.
 *
 * <p>Rows of a runtime {@link Table} and results of bucketed queries are of this type.
 */
public final class Row {

  private final List<String> names;
  private final @Nullable Object[] values;

  /** A row of its own: list and array are copied, the values are not. */
  public Row(List<String> names, @Nullable Object... values) {
    this(values.clone(), List.copyOf(names));
  }

  private Row(@Nullable Object[] values, List<String> names) {
    if (names.size() != values.length) {
      throw new IllegalArgumentException(names.size() + " names, " + values.length + " values");
    }
    this.names = names;
    this.values = values;
  }

  /** A row of a list and an array that nobody changes any more: nothing is copied. */
  static Row owning(List<String> names, @Nullable Object[] values) {
    return new Row(values, names);
  }

  /** The columns' names, in order. */
  public List<String> names() {
    return names;
  }

  /** How many columns there are. */
  public int size() {
    return values.length;
  }

  /** The value at a position, from 0. */
  public @Nullable Object value(int index) {
    return values[index];
  }

  /** The value of a column; an unknown name is refused. */
  public @Nullable Object value(String name) {
    int index = names.indexOf(name);
    if (index < 0) {
      throw new IllegalArgumentException("no column \"" + name + "\", expected one of " + names);
    }
    return values[index];
  }

  /**
   * The value of a column as the given class.
   *
   * @throws ClassCastException if it is of another class; nothing is converted
   */
  public <V> @Nullable V value(String name, Class<V> type) {
    Object value = value(name);
    if (value != null && !type.isInstance(value)) {
      throw new ClassCastException(
          "column \"%s\" is read as %s; its values are of class %s"
              .formatted(name, type.getName(), value.getClass().getName()));
    }
    return type.cast(value);
  }

  /** Names and values in order; nulls included. */
  public Map<String, @Nullable Object> asMap() {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    for (int i = 0; i < values.length; i++) {
      map.put(names.get(i), values[i]);
    }
    return Collections.unmodifiableMap(map);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Row row
        && names.equals(row.names)
        && Arrays.deepEquals(values, row.values);
  }

  @Override
  public int hashCode() {
    return 31 * names.hashCode() + Arrays.deepHashCode(values);
  }

  @Override
  public String toString() {
    return asMap().toString();
  }
}
