package io.varve.model;

import org.jspecify.annotations.Nullable;

/**
 * One column of a {@link Table}. Thread-safe.
 *
 * @param name the column's name, as in the catalogue
 * @param type its type
 * @param role what it is for
 * @param nullable whether it may be null
 * @param accessor takes the value out of a row
 * @param <T> the row
 * @param <V> the value
 */
public record Column<T, V>(
    String name, ColumnType type, Role role, boolean nullable, Accessor<T> accessor) {

  /** The class of its values: what {@link #value} returns and {@link Table#newRow} takes. */
  @SuppressWarnings("unchecked")
  public Class<V> javaType() {
    return (Class<V>) type.javaType();
  }

  /** The value in a row; null only where the column is nullable. */
  public @Nullable V value(T row) {
    return javaType().cast(accessor.get(row));
  }
}
