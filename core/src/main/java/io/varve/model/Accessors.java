package io.varve.model;

import io.varve.MappingException;
import java.lang.invoke.LambdaConversionException;
import java.lang.invoke.LambdaMetafactory;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Makes the {@link Accessor}s of one record's components.
 *
 * <p>Two ways to the same answer. Where the record shares Varve's module (as on the class path) the
 * JDK links a class that calls the method directly and can be inlined. In another module that is
 * not allowed, and the method handle is invoked as it is: about twice the time, a few nanoseconds a
 * value. Neither boxes a primitive.
 */
final class Accessors {

  private final Lookup lookup;

  Accessors(Lookup lookup) {
    this.lookup = lookup;
  }

  /** Reads a primitive as it is, and an object as the column's Java type. */
  @SuppressWarnings("unchecked")
  <T> Accessor<T> of(MethodHandle method, Function<Object, @Nullable Object> toColumn) {
    Class<?> type = method.type().returnType();
    if (type == boolean.class) {
      return new Accessor.OfBoolean<>((Predicate<T>) link(Predicate.class, "test", method));
    } else if (type == short.class) {
      return new Accessor.OfShort<>(
          (ToIntFunction<T>) link(ToIntFunction.class, "applyAsInt", method));
    } else if (type == int.class) {
      return new Accessor.OfInt<>(
          (ToIntFunction<T>) link(ToIntFunction.class, "applyAsInt", method));
    } else if (type == long.class) {
      return new Accessor.OfLong<>(
          (ToLongFunction<T>) link(ToLongFunction.class, "applyAsLong", method));
    } else if (type == float.class) {
      return new Accessor.OfFloat<>(
          (Accessor.ToFloatFunction<T>)
              link(Accessor.ToFloatFunction.class, "applyAsFloat", method));
    } else if (type == double.class) {
      return new Accessor.OfDouble<>(
          (ToDoubleFunction<T>) link(ToDoubleFunction.class, "applyAsDouble", method));
    }
    Function<T, @Nullable Object> read =
        (Function<T, @Nullable Object>) link(Function.class, "apply", method);
    return new Accessor.OfObject<>(row -> convert(read.apply(row), toColumn));
  }

  private static @Nullable Object convert(
      @Nullable Object value, Function<Object, @Nullable Object> toColumn) {
    return value == null ? null : toColumn.apply(value);
  }

  private Object link(Class<?> shape, String name, MethodHandle method) {
    Class<?> result = method.type().returnType();
    Class<?> erased = result.isPrimitive() ? widened(result) : Object.class;
    MethodType signature = MethodType.methodType(erased, Object.class);
    if (!lookup.hasFullPrivilegeAccess()) {
      return new Invoked<>(method.asType(signature));
    }
    try {
      return LambdaMetafactory.metafactory(
              lookup, name, MethodType.methodType(shape), signature, method, method.type())
          .getTarget()
          .invoke();
    } catch (LambdaConversionException e) {
      return new Invoked<>(method.asType(signature));
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  private static Class<?> widened(Class<?> primitive) {
    return primitive == short.class ? int.class : primitive;
  }

  private static RuntimeException unchecked(Throwable e) {
    if (e instanceof Error error) {
      throw error;
    }
    return e instanceof RuntimeException runtime
        ? runtime
        : new MappingException(e.toString(), null, e);
  }

  /** A method handle in every shape; each caller knows which one fits. */
  private record Invoked<T>(MethodHandle method)
      implements Predicate<T>,
          ToIntFunction<T>,
          ToLongFunction<T>,
          Accessor.ToFloatFunction<T>,
          ToDoubleFunction<T>,
          Function<T, @Nullable Object> {

    @Override
    public boolean test(T row) {
      try {
        return (boolean) method.invokeExact((Object) row);
      } catch (Throwable e) {
        throw unchecked(e);
      }
    }

    @Override
    public int applyAsInt(T row) {
      try {
        return (int) method.invokeExact((Object) row);
      } catch (Throwable e) {
        throw unchecked(e);
      }
    }

    @Override
    public long applyAsLong(T row) {
      try {
        return (long) method.invokeExact((Object) row);
      } catch (Throwable e) {
        throw unchecked(e);
      }
    }

    @Override
    public float applyAsFloat(T row) {
      try {
        return (float) method.invokeExact((Object) row);
      } catch (Throwable e) {
        throw unchecked(e);
      }
    }

    @Override
    public double applyAsDouble(T row) {
      try {
        return (double) method.invokeExact((Object) row);
      } catch (Throwable e) {
        throw unchecked(e);
      }
    }

    @Override
    public @Nullable Object apply(T row) {
      try {
        return (Object) method.invokeExact((Object) row);
      } catch (Throwable e) {
        throw unchecked(e);
      }
    }
  }
}
