package io.varve.model;

import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * How a column's value is taken out of a row: as the primitive the row holds, or as an object of
 * the column's {@link ColumnType#javaType()}. Writers switch on the shape once per table, so that
 * no value is boxed on its way to the server.
 *
 * @param <T> the row
 */
public sealed interface Accessor<T> {

  /** The value as an object; null only if the row holds none. */
  @Nullable Object get(T row);

  /** A {@code boolean} that is never absent. */
  record OfBoolean<T>(Predicate<T> read) implements Accessor<T> {
    @Override
    public Object get(T row) {
      return read.test(row);
    }
  }

  /** A {@code short} that is never absent. */
  record OfShort<T>(ToIntFunction<T> read) implements Accessor<T> {
    @Override
    public Object get(T row) {
      return (short) read.applyAsInt(row);
    }
  }

  /** An {@code int} that is never absent. */
  record OfInt<T>(ToIntFunction<T> read) implements Accessor<T> {
    @Override
    public Object get(T row) {
      return read.applyAsInt(row);
    }
  }

  /** A {@code long} that is never absent. */
  record OfLong<T>(ToLongFunction<T> read) implements Accessor<T> {
    @Override
    public Object get(T row) {
      return read.applyAsLong(row);
    }
  }

  /** A {@code float} that is never absent. */
  record OfFloat<T>(ToFloatFunction<T> read) implements Accessor<T> {
    @Override
    public Object get(T row) {
      return read.applyAsFloat(row);
    }
  }

  /** A {@code double} that is never absent. */
  record OfDouble<T>(ToDoubleFunction<T> read) implements Accessor<T> {
    @Override
    public Object get(T row) {
      return read.applyAsDouble(row);
    }
  }

  /** An object of the column's Java type, or null. */
  record OfObject<T>(Function<T, @Nullable Object> read) implements Accessor<T> {
    @Override
    public @Nullable Object get(T row) {
      return read.apply(row);
    }
  }

  /** What the JDK lacks: widening to double would not keep the bits of every NaN. */
  @FunctionalInterface
  interface ToFloatFunction<T> {
    float applyAsFloat(T row);
  }
}
