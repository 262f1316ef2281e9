package io.varve.query;

import io.varve.model.Column;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What rows must fulfil, built from columns: {@code column("device").in("a",
 * "b").and(column("temperature").gt(20.0))}. Made to be imported statically. Immutable and
 * thread-safe.
 *
 * <p>A condition fits where it is used or is refused there: unknown columns with a {@link
 * io.varve.SchemaException}, values of another class than the column's with a {@link
 * io.varve.MappingException}. Which classes fit a column is said at {@link Query#where(String,
 * Object)}. Values are always bound to the statement, never part of its text.
 *
 * <p>A column without a value compares with nothing, as in SQL: such a row fulfils neither a
 * comparison nor its {@link #not()}; it is found by {@link Subject#isNull()}.
 */
public sealed interface Condition {

  /** How two values are compared, in PostgreSQL's order of the column's type. */
  enum Operator {
    EQUAL("="),
    NOT_EQUAL("<>"),
    LESS("<"),
    AT_MOST("<="),
    GREATER(">"),
    AT_LEAST(">="),
    /** Text that matches a pattern of SQL's LIKE. */
    LIKE("LIKE");

    private final String sql;

    Operator(String sql) {
      this.sql = sql;
    }

    String sql() {
      return sql;
    }
  }

  /** The column compares so with the value. */
  record Compared(String column, Operator operator, Object value) implements Condition {}

  /** The column's value is one of these; of none, no row's is. */
  record OneOf(String column, List<? extends @Nullable Object> values) implements Condition {
    public OneOf {
      values = Collections.unmodifiableList(new ArrayList<@Nullable Object>(values));
    }
  }

  /** The column is null, or is not. */
  record Null(String column, boolean expected) implements Condition {}

  /** All of these hold; of none, that is every row. */
  record AllOf(List<Condition> conditions) implements Condition {
    public AllOf {
      conditions = List.copyOf(conditions);
    }
  }

  /** One of these holds; of none, that is no row. */
  record AnyOf(List<Condition> conditions) implements Condition {
    public AnyOf {
      conditions = List.copyOf(conditions);
    }
  }

  /** It does not hold. */
  record Not(Condition condition) implements Condition {}

  /** Both hold. */
  default Condition and(Condition other) {
    return new AllOf(List.of(this, other));
  }

  /** At least one of the two holds. */
  default Condition or(Condition other) {
    return new AnyOf(List.of(this, other));
  }

  /** It does not hold; see the interface about nulls. */
  default Condition not() {
    return new Not(this);
  }

  /** All of these hold. */
  static Condition allOf(Condition... conditions) {
    return new AllOf(List.of(conditions));
  }

  /** At least one of these holds. */
  static Condition anyOf(Condition... conditions) {
    return new AnyOf(List.of(conditions));
  }

  /** A column of that name, to be compared. */
  static Subject<Object> column(String name) {
    return new Subject<>(name);
  }

  /** A column whose class is known to the compiler; see {@link io.varve.model.Table#column}. */
  static <V> Subject<V> column(Column<?, V> column) {
    return new Subject<>(column.name());
  }

  /**
   * A column about which something is said. Immutable.
   *
   * @param column its name
   * @param <V> the class of the values it is compared with
   */
  record Subject<V>(String column) {

    public Subject {
      Objects.requireNonNull(column, "column");
    }

    /** Equal; {@code NaN} equals itself, and 1.0 equals 1.00. */
    public Condition eq(V value) {
      return compared(Operator.EQUAL, value);
    }

    /** Not equal, and not null. */
    public Condition ne(V value) {
      return compared(Operator.NOT_EQUAL, value);
    }

    /** Less than the value. */
    public Condition lt(V value) {
      return compared(Operator.LESS, value);
    }

    /** Less than the value or equal. */
    public Condition le(V value) {
      return compared(Operator.AT_MOST, value);
    }

    /** Greater than the value; {@code NaN} is greater than any other number. */
    public Condition gt(V value) {
      return compared(Operator.GREATER, value);
    }

    /** Greater than the value or equal. */
    public Condition ge(V value) {
      return compared(Operator.AT_LEAST, value);
    }

    /** From the first to the second value, both included. */
    public Condition between(V least, V greatest) {
      return ge(least).and(le(greatest));
    }

    /** Text that matches SQL's pattern: {@code %} is any text, {@code _} any character. */
    public Condition like(String pattern) {
      return compared(Operator.LIKE, pattern);
    }

    /** One of the values; of none, no row's. */
    @SafeVarargs
    @SuppressWarnings("varargs")
    public final Condition in(V... values) {
      return in(Arrays.asList(values));
    }

    /** One of the values; of none, no row's. */
    public Condition in(Collection<? extends V> values) {
      return new OneOf(column, new ArrayList<>(values));
    }

    /** Null. */
    public Condition isNull() {
      return new Null(column, true);
    }

    /** Not null. */
    public Condition isNotNull() {
      return new Null(column, false);
    }

    private Condition compared(Operator operator, Object value) {
      return new Compared(column, operator, value);
    }
  }
}
