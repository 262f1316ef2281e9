package io.varve.model;

import io.varve.MappingException;
import io.varve.model.ColumnType.Kind;
import io.varve.model.RecordReader.Component;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Internal: makes records of an answer's columns, which are found by the components' names.
 * Thread-safe.
 *
 * @param <R> the record
 */
public final class RecordRows<R extends Record> {

  /** Finding the constructor takes a while, and its result depends on the class alone. */
  private static final ClassValue<RecordRows<?>> ROWS =
      new ClassValue<>() {
        @Override
        protected RecordRows<?> computeValue(Class<?> record) {
          return new RecordRows<>(record.asSubclass(Record.class));
        }
      };

  private final String subject;
  private final List<Component> components;
  private final RecordConstructor<R> constructor;

  private RecordRows(Class<R> record) {
    RecordReader<R> reader = new RecordReader<>(record);
    this.subject = "record " + record.getSimpleName();
    this.components = Stream.of(record.getRecordComponents()).map(reader::answerComponent).toList();
    this.constructor = new RecordConstructor<>(record, reader.lookup(), components);
  }

  /** The rows of a record; refuses one with a component no column holds. */
  @SuppressWarnings("unchecked")
  public static <R extends Record> RecordRows<R> of(Class<R> record) {
    return (RecordRows<R>) ROWS.get(record);
  }

  /**
   * Makes records of the values of these columns; a component without exactly one column, or with
   * one of another class, is refused.
   */
  public Function<@Nullable Object[], R> maker(
      String task, List<String> names, List<ColumnType> types) {
    int[] columns = new int[components.size()];
    List<Function<Object, Object>> conversions = new ArrayList<>();
    for (int i = 0; i < columns.length; i++) {
      columns[i] = column(task, components.get(i), names);
      conversions.add(conversion(task, components.get(i), types.get(columns[i])));
    }
    return values -> {
      @Nullable Object[] arguments = new Object[columns.length];
      for (int i = 0; i < columns.length; i++) {
        Object value = values[columns[i]];
        arguments[i] = value == null ? null : conversions.get(i).apply(value);
      }
      return constructor.newRow(arguments);
    };
  }

  private int column(String task, Component component, List<String> names) {
    int[] found =
        IntStream.range(0, names.size())
            .filter(i -> names.get(i).equals(component.column()))
            .toArray();
    if (found.length != 1) {
      throw new MappingException(
          "%s: %s, component %s: %s columns \"%s\"; expected one among %s"
              .formatted(
                  task,
                  subject,
                  component.declared().getName(),
                  found.length == 0 ? "no" : found.length,
                  component.column(),
                  names));
    }
    return found[0];
  }

  private Function<Object, Object> conversion(String task, Component component, ColumnType column) {
    ColumnType wanted = component.mapping().type();
    Optional<Function<Object, Object>> conversion =
        column.array() || wanted.array()
            ? same(column.equals(wanted) || isSame(column, wanted))
            : widening(column.kind(), wanted.kind());
    return conversion.orElseThrow(
        () ->
            new MappingException(
                "%s: %s, component %s is of type %s; expected %s for column \"%s\" of type %s, or a cast to %s"
                    .formatted(
                        task,
                        subject,
                        component.declared().getName(),
                        component.declared().getGenericType().getTypeName(),
                        column.javaType().getName(),
                        component.column(),
                        column.sql(),
                        wanted.sql())));
  }

  private static boolean isSame(ColumnType left, ColumnType right) {
    return left.kind() == right.kind() && left.array() == right.array();
  }

  private static Optional<Function<Object, Object>> same(boolean same) {
    return same ? Optional.of(Function.identity()) : Optional.empty();
  }

  /** From a number to one that holds all of its values; any other kind only to itself. */
  private static Optional<Function<Object, Object>> widening(Kind from, Kind to) {
    boolean integer = from == Kind.SMALLINT || from == Kind.INTEGER;
    if (from == to) {
      return same(true);
    } else if (to == Kind.INTEGER && from == Kind.SMALLINT) {
      return Optional.of(value -> ((Number) value).intValue());
    } else if (to == Kind.BIGINT && integer) {
      return Optional.of(value -> ((Number) value).longValue());
    } else if (to == Kind.REAL && from == Kind.SMALLINT) {
      return Optional.of(value -> ((Number) value).floatValue());
    } else if (to == Kind.DOUBLE && (integer || from == Kind.REAL)) {
      return Optional.of(value -> ((Number) value).doubleValue());
    } else if (to == Kind.NUMERIC && (integer || from == Kind.BIGINT)) {
      return Optional.of(value -> BigDecimal.valueOf(((Number) value).longValue()));
    }
    return Optional.empty();
  }
}
