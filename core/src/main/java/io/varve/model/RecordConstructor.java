package io.varve.model;

import io.varve.MappingException;
import io.varve.model.JavaTypes.Absence;
import io.varve.model.RecordReader.Component;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes a record of its columns' values, through its canonical constructor. */
final class RecordConstructor<T extends Record> {

  private final String subject;
  private final List<Component> components;
  private final MethodHandle constructor;

  RecordConstructor(Class<T> record, Lookup lookup, List<Component> components) {
    this.subject = "record " + record.getSimpleName();
    this.components = components;
    this.constructor = constructor(record, lookup);
  }

  private MethodHandle constructor(Class<T> record, Lookup lookup) {
    Class<?>[] types =
        components.stream()
            .<Class<?>>map(component -> component.declared().getType())
            .toArray(Class<?>[]::new);
    try {
      return lookup
          .findConstructor(record, MethodType.methodType(void.class, types))
          .asSpreader(Object[].class, types.length)
          .asType(MethodType.methodType(Object.class, Object[].class));
    } catch (NoSuchMethodException | IllegalAccessException e) {
      throw new MappingException(subject + " has no canonical constructor to call", null, e);
    }
  }

  @SuppressWarnings("unchecked")
  T newRow(@Nullable Object[] values) {
    Object[] arguments = arguments(values);
    try {
      return (T) (Object) constructor.invokeExact(arguments);
    } catch (Error e) {
      throw e;
    } catch (Throwable e) {
      throw new MappingException(subject + " refused a row: " + e, null, e);
    }
  }

  private @Nullable Object[] arguments(@Nullable Object[] values) {
    if (values.length != components.size()) {
      throw new MappingException(
          "%s: a row of %d values; expected %d"
              .formatted(subject, values.length, components.size()));
    }
    @Nullable Object[] arguments = new Object[values.length];
    for (int i = 0; i < values.length; i++) {
      arguments[i] = argument(components.get(i), values[i]);
    }
    return arguments;
  }

  private @Nullable Object argument(Component component, @Nullable Object value) {
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
    return component.mapping().fromColumn().apply(value);
  }
}
