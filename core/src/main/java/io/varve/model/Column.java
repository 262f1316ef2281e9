package io.varve.model;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One column of a {@link Table}. Thread-safe.
 *
 * @param name the column's name, as in the catalogue
 * @param type its type
 * @param role what it is for
 * @param nullable whether it may be null
 * @param javaType the class of its values, boxed; what {@code accessor} returns and the row
 *     constructor takes
 * @param accessor takes the value out of a row
 * @param <T> the row
 * @param <V> the value
 */
public record Column<T, V>(
    String name,
    ColumnType type,
    Role role,
    boolean nullable,
    Class<V> javaType,
    Function<T, @Nullable V> accessor) {}
