package io.varve.model;

import io.varve.SchemaException;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A time series' table: its name, columns and chunk width, and how a row becomes a {@code T} and
 * back. Made from an annotated record ({@link #of}) or at run time ({@link #builder}); both are the
 * same to the rest of Varve. Immutable and thread-safe.
 *
 * @param <T> the row
 */
public final class Table<T> {

  private final QualifiedName name;
  private final Class<T> rowType;
  private final List<Column<T, ?>> columns;
  private final ChunkInterval chunk;
  private final List<String> key;
  private final Function<@Nullable Object[], T> constructor;

  Table(
      QualifiedName name,
      Class<T> rowType,
      List<Column<T, ?>> columns,
      ChunkInterval chunk,
      List<String> key,
      Function<@Nullable Object[], T> constructor) {
    this.name = name;
    this.rowType = rowType;
    this.columns = List.copyOf(columns);
    this.chunk = chunk;
    this.key = List.copyOf(key);
    this.constructor = constructor;
  }

  /**
   * The table of an annotated record, always the same object; refuses what {@link TimeSeries} does
   * not allow.
   */
  public static <T extends Record> Table<T> of(Class<T> record) {
    return RecordTables.table(record);
  }

  /** A table described at run time; its rows are {@link Row}s. */
  public static TableBuilder builder(String name) {
    return builder(QualifiedName.parse(name));
  }

  /** Like {@link #builder(String)}, for a name that may hold dots. */
  public static TableBuilder builder(QualifiedName name) {
    return new TableBuilder(name);
  }

  /** Schema and name. */
  public QualifiedName name() {
    return name;
  }

  /** The class of a row. */
  public Class<T> rowType() {
    return rowType;
  }

  /** All columns, in the record's order. */
  public List<Column<T, ?>> columns() {
    return columns;
  }

  /** The time column. */
  public Column<T, ?> time() {
    return withRole(Role.TIME).get(0);
  }

  /** The dimensions, in order. */
  public List<Column<T, ?>> dimensions() {
    return withRole(Role.DIMENSION);
  }

  /** The measures, in order. */
  public List<Column<T, ?>> measures() {
    return withRole(Role.MEASURE);
  }

  /** The column of that name; an unknown name is refused with the names there are. */
  public Column<T, ?> column(String column) {
    return columns.stream()
        .filter(candidate -> candidate.name().equals(column))
        .findFirst()
        .orElseThrow(
            () ->
                new SchemaException(
                    "table %s has no column \"%s\"; expected one of %s"
                        .formatted(name, column, columns.stream().map(Column::name).toList())));
  }

  /**
   * The column of that name, whose values are of that class; of another one, it is refused. Kept in
   * a constant, it lets the compiler check the values a column is compared with.
   */
  @SuppressWarnings("unchecked")
  public <V> Column<T, V> column(String column, Class<V> javaType) {
    Column<T, ?> known = column(column);
    if (known.javaType() != javaType) {
      throw new SchemaException(
          "table %s, column \"%s\" holds values of class %s; expected %s"
              .formatted(name, column, known.javaType().getName(), javaType.getName()));
    }
    return (Column<T, V>) known;
  }

  /** Width of a chunk. */
  public ChunkInterval chunk() {
    return chunk;
  }

  /** The columns of the unique key; empty if there is none. */
  public List<String> key() {
    return key;
  }

  /**
   * A row from its values, one per column, in order, each of its column's {@code javaType}. A
   * {@link Row} keeps the array, which must not be changed any more. What the record's own
   * constructor refuses is reported as a {@link io.varve.MappingException} with its exception as
   * the cause.
   */
  public T newRow(@Nullable Object[] values) {
    return constructor.apply(values);
  }

  private List<Column<T, ?>> withRole(Role role) {
    return columns.stream().filter(column -> column.role() == role).toList();
  }

  @Override
  public String toString() {
    return "Table[" + name + "]";
  }
}
