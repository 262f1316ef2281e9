package io.varve.model;

import io.varve.MappingException;
import io.varve.model.JavaTypes.Absence;
import io.varve.model.JavaTypes.Mapping;
import io.varve.model.RecordReader.Component;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes a record of its columns' values, through its canonical constructor.
 *
 * <p>The method handle itself casts and unboxes the values. Only when it fails are they looked at
 * one by one: the constructor has not run if one of them does not fit.
 */
final class RecordConstructor<T extends Record> {

  private final String subject;
  private final Component[] components;
  private final boolean same;
  private final MethodHandle constructor;

  RecordConstructor(Class<T> record, Lookup lookup, List<Component> components) {
    this.subject = "record " + record.getSimpleName();
    this.components = components.toArray(Component[]::new);
    this.same = components.stream().allMatch(component -> component.mapping().isSame());
    this.constructor = constructor(record, lookup);
  }

  private MethodHandle constructor(Class<T> record, Lookup lookup) {
    Class<?>[] types =
        Stream.of(components)
            .<Class<?>>map(component -> component.declared().getType())
            .toArray(Class<?>[]::new);
    try {
      MethodHandle found = lookup.findConstructor(record, MethodType.methodType(void.class, types));
      // Boxes first: an Object would be widened to the primitive, an Integer to a double.
      return found
          .asType(found.type().wrap())
          .asSpreader(Object[].class, types.length)
          .asType(MethodType.methodType(Object.class, Object[].class));
    } catch (NoSuchMethodException | IllegalAccessException e) {
      throw new MappingException(subject + " has no canonical constructor to call", null, e);
    }
  }

  @SuppressWarnings("unchecked")
  T newRow(@Nullable Object[] values) {
    if (values.length != components.length) {
      throw new MappingException(
          "%s: a row of %d values; expected %d"
              .formatted(subject, values.length, components.length));
    }
    Object[] arguments = same ? values : converted(values);
    try {
      return (T) (Object) constructor.invokeExact(arguments);
    } catch (Error e) {
      throw e;
    } catch (Throwable e) {
      requireFit(values);
      throw new MappingException(subject + " refused a row: " + e, null, e);
    }
  }

  private @Nullable Object[] converted(@Nullable Object[] values) {
    requireFit(values);
    @Nullable Object[] arguments = values.clone();
    for (int i = 0; i < arguments.length; i++) {
      Mapping mapping = components[i].mapping();
      arguments[i] = mapping.isSame() ? values[i] : mapping.fromColumn().apply(values[i]);
    }
    return arguments;
  }

  private void requireFit(@Nullable Object[] values) {
    for (int i = 0; i < values.length; i++) {
      requireFit(components[i], values[i]);
    }
  }

  private void requireFit(Component component, @Nullable Object value) {
    if (value == null && component.mapping().absence() == Absence.NEVER) {
      throw new MappingException(
          "%s, component %s: column \"%s\" is null, which %s cannot hold; expected a box or Optional"
              .formatted(
                  subject,
                  component.declared().getName(),
                  component.column(),
                  component.declared().getType().getName()));
    }
    if (value != null && !component.mapping().type().javaType().isInstance(value)) {
      throw new MappingException(
          "%s, component %s: a value of %s; expected %s"
              .formatted(
                  subject,
                  component.declared().getName(),
                  value.getClass().getName(),
                  component.mapping().type().javaType().getName()));
    }
  }
}
