package io.varve.model;

import static java.util.Map.entry;

import io.varve.MappingException;
import io.varve.model.ColumnType.Kind;
import java.lang.reflect.Array;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.ZonedDateTime;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.RandomAccess;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Which Java type of a record's component becomes which column, and what cannot: the one list.
 *
 * <p>Around a type of the list may stand {@code Optional}, a Java array or a {@code List}. An enum
 * is text: the name of its constant.
 */
final class JavaTypes {

  private static final Map<Class<?>, Kind> KINDS =
      Map.ofEntries(
          entry(boolean.class, Kind.BOOLEAN),
          entry(Boolean.class, Kind.BOOLEAN),
          entry(short.class, Kind.SMALLINT),
          entry(Short.class, Kind.SMALLINT),
          entry(int.class, Kind.INTEGER),
          entry(Integer.class, Kind.INTEGER),
          entry(long.class, Kind.BIGINT),
          entry(Long.class, Kind.BIGINT),
          entry(float.class, Kind.REAL),
          entry(Float.class, Kind.REAL),
          entry(double.class, Kind.DOUBLE),
          entry(Double.class, Kind.DOUBLE),
          entry(BigDecimal.class, Kind.NUMERIC),
          entry(String.class, Kind.TEXT),
          entry(UUID.class, Kind.UUID),
          entry(Json.class, Kind.JSONB),
          entry(byte[].class, Kind.BYTEA),
          entry(Instant.class, Kind.TIMESTAMPTZ),
          entry(LocalDateTime.class, Kind.TIMESTAMP),
          entry(LocalDate.class, Kind.DATE));

  private static final Map<Class<?>, Mapping> PRIMITIVE_OPTIONALS =
      Map.ofEntries(
          entry(
              OptionalInt.class,
              new Mapping(
                  ColumnType.of(Kind.INTEGER),
                  Absence.EMPTY,
                  value -> ((OptionalInt) value).stream().boxed().findFirst().orElse(null),
                  value -> value == null ? OptionalInt.empty() : OptionalInt.of((int) value))),
          entry(
              OptionalLong.class,
              new Mapping(
                  ColumnType.of(Kind.BIGINT),
                  Absence.EMPTY,
                  value -> ((OptionalLong) value).stream().boxed().findFirst().orElse(null),
                  value -> value == null ? OptionalLong.empty() : OptionalLong.of((long) value))),
          entry(
              OptionalDouble.class,
              new Mapping(
                  ColumnType.of(Kind.DOUBLE),
                  Absence.EMPTY,
                  value -> ((OptionalDouble) value).stream().boxed().findFirst().orElse(null),
                  value ->
                      value == null ? OptionalDouble.empty() : OptionalDouble.of((double) value))));

  /** How the elements of a primitive array are seen as a list. */
  private static final Map<Class<?>, Function<Object, List<?>>> PRIMITIVE_ARRAYS =
      Map.ofEntries(
          entry(boolean[].class, a -> view(((boolean[]) a).length, i -> ((boolean[]) a)[i])),
          entry(short[].class, a -> view(((short[]) a).length, i -> ((short[]) a)[i])),
          entry(int[].class, a -> view(((int[]) a).length, i -> ((int[]) a)[i])),
          entry(long[].class, a -> view(((long[]) a).length, i -> ((long[]) a)[i])),
          entry(float[].class, a -> view(((float[]) a).length, i -> ((float[]) a)[i])),
          entry(double[].class, a -> view(((double[]) a).length, i -> ((double[]) a)[i])));

  /** What people reach for, and what to write instead. */
  private static final Map<Class<?>, String> REMEDIES =
      Map.ofEntries(
          entry(OffsetDateTime.class, "PostgreSQL does not keep the offset: use Instant"),
          entry(ZonedDateTime.class, "PostgreSQL does not keep the zone: use Instant"),
          entry(java.util.Date.class, "use Instant"),
          entry(java.sql.Timestamp.class, "use Instant or LocalDateTime"),
          entry(java.sql.Date.class, "use LocalDate"),
          entry(java.util.Calendar.class, "PostgreSQL does not keep the zone: use Instant"),
          entry(LocalTime.class, "use LocalDateTime, or an int with its unit in the name"),
          entry(Duration.class, "use a long with its unit in the name, such as durationMs"),
          entry(Period.class, "use an int with its unit in the name, such as months"),
          entry(byte.class, "PostgreSQL has no integer that small: use short"),
          entry(Byte.class, "PostgreSQL has no integer that small: use Short"),
          entry(char.class, "use String"),
          entry(Character.class, "use String"),
          entry(BigInteger.class, "use BigDecimal"));

  private static final String SUPPORTED =
      "expected boolean, short, int, long, float, double or a box of it, BigDecimal, String, an"
          + " enum, UUID, Json, byte[], Instant, LocalDateTime or LocalDate, or an Optional, an"
          + " array or a List of one of them";

  private static final Function<@Nullable Object, @Nullable Object> SAME = value -> value;

  private JavaTypes() {}

  /** How a component holds "no value". */
  enum Absence {
    /** It cannot: a primitive. */
    NEVER,
    /** By null. */
    NULL,
    /** By an empty Optional. */
    EMPTY
  }

  /**
   * How a component's values become a column's, and back.
   *
   * @param type the column's type
   * @param absence how the component holds "no value"
   * @param toColumn takes a component's value, never null; gives null for an empty Optional
   * @param fromColumn takes a column's value; null only where there is absence
   */
  record Mapping(
      ColumnType type,
      Absence absence,
      Function<Object, @Nullable Object> toColumn,
      Function<@Nullable Object, @Nullable Object> fromColumn) {

    /** Whether a column's value is the component's as it is. */
    boolean isSame() {
      return fromColumn == SAME;
    }
  }

  /**
   * The mapping of a component's type.
   *
   * @param subject the component's name for messages
   */
  static Mapping mapping(Type type, String subject) {
    if (type instanceof Class<?> single) {
      return mapping(single, subject);
    }
    if (type instanceof ParameterizedType generic && generic.getRawType() == Optional.class) {
      return optional(generic.getActualTypeArguments()[0], subject);
    }
    if (type instanceof ParameterizedType generic && generic.getRawType() == List.class) {
      return list(element(generic.getActualTypeArguments()[0], subject));
    }
    throw refusal(type, subject);
  }

  private static Mapping mapping(Class<?> type, String subject) {
    Mapping primitiveOptional = PRIMITIVE_OPTIONALS.get(type);
    if (primitiveOptional != null) {
      return primitiveOptional;
    }
    Kind kind = KINDS.get(type);
    if (kind != null) {
      Absence absence = type.isPrimitive() ? Absence.NEVER : Absence.NULL;
      return new Mapping(ColumnType.of(kind), absence, value -> value, SAME);
    }
    if (type.isEnum()) {
      return enumeration(type, subject);
    }
    if (type.isArray()) {
      return array(type, element(type.getComponentType(), subject), subject);
    }
    throw refusal(type, subject);
  }

  private static Mapping enumeration(Class<?> type, String subject) {
    Map<String, Object> constants = new LinkedHashMap<>();
    for (Object constant : type.getEnumConstants()) {
      constants.put(((Enum<?>) constant).name(), constant);
    }
    return new Mapping(
        ColumnType.of(Kind.TEXT),
        Absence.NULL,
        value -> ((Enum<?>) value).name(),
        value -> value == null ? null : constant(constants, (String) value, subject));
  }

  private static Object constant(Map<String, Object> constants, String name, String subject) {
    Object constant = constants.get(name);
    if (constant == null) {
      throw new MappingException(
          "%s: \"%s\" is none of its constants %s".formatted(subject, name, constants.keySet()));
    }
    return constant;
  }

  private static Mapping optional(Type argument, String subject) {
    Mapping inner = mapping(argument, subject);
    if (inner.absence() == Absence.EMPTY) {
      throw new MappingException(subject + " is an Optional of an Optional; expected one Optional");
    }
    return new Mapping(
        inner.type(),
        Absence.EMPTY,
        value -> ((Optional<?>) value).map(inner.toColumn()).orElse(null),
        value -> Optional.ofNullable(value).map(inner.fromColumn()));
  }

  /** What may stand in an array: anything of the list but another array or an Optional. */
  private static Mapping element(Type type, String subject) {
    Mapping element = mapping(type, subject);
    if (element.type().array() || element.absence() == Absence.EMPTY) {
      throw new MappingException(
          "%s is an array of %s; expected an array of single values: an element may be null instead"
                  .formatted(subject, type.getTypeName())
              + " of an empty Optional, and an array has one dimension");
    }
    return element;
  }

  private static Mapping list(Mapping element) {
    return new Mapping(
        ColumnType.arrayOf(element.type().kind()),
        Absence.NULL,
        value -> elements((List<?>) value, element.toColumn()),
        value ->
            value == null
                ? null
                : Collections.unmodifiableList(
                    new ArrayList<>(elements((List<?>) value, element.fromColumn()))));
  }

  private static Mapping array(Class<?> type, Mapping element, String subject) {
    Function<Object, List<?>> asList =
        PRIMITIVE_ARRAYS.getOrDefault(type, value -> Arrays.asList((Object[]) value));
    return new Mapping(
        ColumnType.arrayOf(element.type().kind()),
        Absence.NULL,
        value -> elements(asList.apply(value), element.toColumn()),
        value ->
            value == null
                ? null
                : javaArray(
                    elements((List<?>) value, element.fromColumn()),
                    type.getComponentType(),
                    subject));
  }

  private static Object javaArray(List<?> elements, Class<?> component, String subject) {
    Object array = Array.newInstance(component, elements.size());
    for (int i = 0; i < elements.size(); i++) {
      Object element = elements.get(i);
      if (element == null && component.isPrimitive()) {
        throw new MappingException(
            "%s: element %d is null, which %s[] cannot hold; expected an array of boxes or a List"
                .formatted(subject, i, component.getName()));
      }
      Array.set(array, i, element);
    }
    return array;
  }

  private static List<@Nullable Object> elements(
      List<?> list, Function<Object, @Nullable Object> conversion) {
    return view(
        list.size(),
        i -> {
          Object element = list.get(i);
          return element == null ? null : conversion.apply(element);
        });
  }

  private static List<@Nullable Object> view(int size, IntFunction<@Nullable Object> element) {
    return new View(size, element);
  }

  private static MappingException refusal(Type type, String subject) {
    String remedy = type instanceof Class<?> single ? REMEDIES.get(single) : null;
    return new MappingException(
        "%s is of type %s, which no column holds; %s"
            .formatted(subject, type.getTypeName(), remedy == null ? SUPPORTED : remedy));
  }

  /** A list computed on demand: what it shows is never copied. */
  private static final class View extends AbstractList<@Nullable Object> implements RandomAccess {

    private final int size;
    private final IntFunction<@Nullable Object> element;

    View(int size, IntFunction<@Nullable Object> element) {
      this.size = size;
      this.element = element;
    }

    @Override
    public @Nullable Object get(int index) {
      return element.apply(Objects.checkIndex(index, size));
    }

    @Override
    public int size() {
      return size;
    }
  }
}
