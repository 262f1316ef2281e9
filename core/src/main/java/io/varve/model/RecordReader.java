package io.varve.model;

import io.varve.MappingException;
import io.varve.model.JavaTypes.Absence;
import io.varve.model.JavaTypes.Mapping;
import java.lang.annotation.Annotation;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Reads one annotated record; every refusal names it, the component and the remedy. */
final class RecordReader<T extends Record> {

  private final Class<T> record;
  private final String subject;

  RecordReader(Class<T> record) {
    this.record = record;
    this.subject = "record " + record.getSimpleName();
  }

  Table<T> table() {
    TimeSeries series = record.getAnnotation(TimeSeries.class);
    if (series == null) {
      throw new MappingException(subject + " has no @TimeSeries; expected it on the record");
    }
    List<Component> components =
        Stream.of(record.getRecordComponents()).map(this::component).toList();
    Lookup lookup = lookup();
    Accessors accessors = new Accessors(lookup);
    List<Column<T, ?>> columns =
        components.stream().<Column<T, ?>>map(c -> column(c, lookup, accessors)).toList();
    return new TableRules(subject)
        .table(
            tableName(series),
            record,
            columns,
            series.chunk(),
            List.of(series.key()),
            new RecordConstructor<>(record, lookup, components)::newRow);
  }

  /**
   * @param declared the component
   * @param role what its annotation says
   * @param column the column's name
   * @param mapping how its type becomes the column's
   */
  record Component(RecordComponent declared, Role role, String column, Mapping mapping) {

    boolean isNullable() {
      return role == Role.MEASURE && mapping.absence() != Absence.NEVER;
    }
  }

  private QualifiedName tableName(TimeSeries series) {
    try {
      return QualifiedName.parse(
          series.table().isEmpty() ? Names.snakeCase(record.getSimpleName()) : series.table());
    } catch (MappingException e) {
      throw new MappingException(subject + ": " + e.getMessage());
    }
  }

  private Component component(RecordComponent declared) {
    String name = subject + ", component " + declared.getName();
    Annotation annotation = annotation(declared, name);
    Mapping mapping = JavaTypes.mapping(declared.getGenericType(), name);
    Role role = role(annotation);
    checkPresence(declared, role, mapping, name);
    String column = column(annotation);
    return new Component(
        declared, role, column.isEmpty() ? Names.snakeCase(declared.getName()) : column, mapping);
  }

  /** A component of an answer, which needs no annotation; if it has one, its column counts. */
  Component answerComponent(RecordComponent declared) {
    Mapping mapping =
        JavaTypes.mapping(declared.getGenericType(), subject + ", component " + declared.getName());
    String column = annotations(declared).stream().findFirst().map(RecordReader::column).orElse("");
    return new Component(
        declared,
        Role.MEASURE,
        column.isEmpty() ? Names.snakeCase(declared.getName()) : column,
        mapping);
  }

  private static List<? extends Annotation> annotations(RecordComponent declared) {
    return Stream.of(Time.class, Dimension.class, Measure.class)
        .map(declared::getAnnotation)
        .filter(Objects::nonNull)
        .toList();
  }

  private static Annotation annotation(RecordComponent declared, String name) {
    List<? extends Annotation> found = annotations(declared);
    if (found.size() != 1) {
      throw new MappingException(
          "%s has %s; expected one of @Time, @Dimension and @Measure"
              .formatted(name, found.isEmpty() ? "no annotation" : "several annotations"));
    }
    return found.get(0);
  }

  private static Role role(Annotation annotation) {
    if (annotation instanceof Time) {
      return Role.TIME;
    }
    return annotation instanceof Dimension ? Role.DIMENSION : Role.MEASURE;
  }

  private static String column(Annotation annotation) {
    if (annotation instanceof Time time) {
      return time.value();
    }
    return annotation instanceof Dimension dimension
        ? dimension.value()
        : ((Measure) annotation).value();
  }

  private static void checkPresence(
      RecordComponent declared, Role role, Mapping mapping, String name) {
    boolean boxedTime = role == Role.TIME && declared.getType() == Long.class;
    if (boxedTime || role != Role.MEASURE && mapping.absence() == Absence.EMPTY) {
      throw new MappingException(
          "%s is of type %s, but a %s is never null; expected %s"
              .formatted(
                  name,
                  declared.getGenericType().getTypeName(),
                  role == Role.TIME ? "time" : "dimension",
                  boxedTime ? "long" : "the type without Optional"));
    }
  }

  /** What may call the record's methods. */
  Lookup lookup() {
    try {
      return MethodHandles.privateLookupIn(record, MethodHandles.lookup());
    } catch (IllegalAccessException e) {
      throw new MappingException(
          "%s is closed to Varve; expected \"opens %s;\" in the module-info of module %s"
              .formatted(subject, record.getPackageName(), record.getModule().getName()),
          null,
          e);
    }
  }

  private Column<T, ?> column(Component component, Lookup lookup, Accessors accessors) {
    return new Column<T, Object>(
        component.column(),
        component.mapping().type(),
        component.role(),
        component.isNullable(),
        accessors.of(accessorMethod(component.declared(), lookup), component.mapping().toColumn()));
  }

  private MethodHandle accessorMethod(RecordComponent declared, Lookup lookup) {
    try {
      return lookup.unreflect(declared.getAccessor());
    } catch (IllegalAccessException e) {
      throw new MappingException(subject + " is closed to Varve", null, e);
    }
  }
}
