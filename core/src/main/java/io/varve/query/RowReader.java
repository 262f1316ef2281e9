package io.varve.query;

import io.varve.DataException;
import io.varve.MappingException;
import io.varve.jdbc.SqlErrors;
import io.varve.model.Column;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Table;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postgresql.jdbc.PgResultSet;

/** Makes rows of a result's columns. Immutable. */
final class RowReader<R> implements RowShape<R> {

  private final String task;
  private final List<String> names;
  private final List<ColumnType> types;
  private final Cell[] cells;
  private final boolean wide;
  private final Function<@Nullable Object[], R> maker;

  /**
   * @param task what is being done, for messages
   * @param names the columns' names, for messages
   * @param types the columns' types
   * @param maker takes the values, in order
   */
  RowReader(
      String task,
      List<String> names,
      List<ColumnType> types,
      Function<@Nullable Object[], R> maker) {
    this(task, names, List.copyOf(types), types.stream().map(Cell::of).toArray(Cell[]::new), maker);
  }

  /**
   * @param cells read the columns, none of which is wide
   */
  RowReader(String task, List<String> names, Cell[] cells, Function<@Nullable Object[], R> maker) {
    this(task, names, List.of(), cells, maker);
  }

  private RowReader(
      String task,
      List<String> names,
      List<ColumnType> types,
      Cell[] cells,
      Function<@Nullable Object[], R> maker) {
    this.task = task;
    this.names = names;
    this.types = types;
    this.cells = cells;
    this.wide = types.stream().anyMatch(RowReader::isWide);
    this.maker = maker;
  }

  static <T> RowReader<T> of(String task, Table<T> table) {
    return new RowReader<>(
        task,
        table.columns().stream().<String>map(Column::name).toList(),
        table.columns().stream().<ColumnType>map(Column::type).toList(),
        table::newRow);
  }

  private static boolean isWide(ColumnType type) {
    return type.array()
        || type.kind() == ColumnType.Kind.JSONB
        || type.kind() == ColumnType.Kind.BYTEA;
  }

  @Override
  public boolean isWide() {
    return wide;
  }

  /**
   * Takes times that come in binary as they are. Refuses an answer of which the driver would drop
   * digits without a word, because a column is not of the type it was declared with.
   */
  @Override
  public RowReader<R> reader(ResultSet answer) throws SQLException {
    PgResultSet columns = answer.unwrap(PgResultSet.class);
    for (int i = 0; i < types.size(); i++) {
      ColumnType declared = types.get(i);
      Optional<Kind> found = kind(columns.getColumnOID(i + 1), declared.array());
      if (found.filter(kind -> cuts(kind, declared.kind())).isPresent()) {
        throw cut(i, found.get());
      }
    }
    return new RowReader<>(task, names, types, fitting(columns), maker);
  }

  private Cell[] fitting(PgResultSet answer) throws SQLException {
    Cell[] fitting = cells.clone();
    for (int i = 0; i < types.size(); i++) {
      ColumnType type = types.get(i);
      if (type.kind() == Kind.TIMESTAMPTZ && BinaryInstant.reads(answer, i + 1)) {
        fitting[i] = new BinaryInstant();
      }
    }
    return fitting;
  }

  private static Optional<Kind> kind(int oid, boolean array) {
    return Stream.of(Kind.values())
        .filter(kind -> oid == (array ? kind.arrayOid() : kind.oid()))
        .findFirst();
  }

  /** Whole numbers that are too large for a smaller type are refused by the driver itself. */
  private static boolean cuts(Kind from, Kind to) {
    return switch (to) {
      case SMALLINT, INTEGER, BIGINT ->
          from == Kind.REAL || from == Kind.DOUBLE || from == Kind.NUMERIC;
      case REAL ->
          from == Kind.INTEGER
              || from == Kind.BIGINT
              || from == Kind.DOUBLE
              || from == Kind.NUMERIC;
      case DATE -> from == Kind.TIMESTAMP || from == Kind.TIMESTAMPTZ;
      case BOOLEAN, DOUBLE, NUMERIC, TEXT, UUID, JSONB, BYTEA, TIMESTAMPTZ, TIMESTAMP -> false;
    };
  }

  private MappingException cut(int index, Kind found) {
    ColumnType declared = types.get(index);
    return new MappingException(
        "%s: it is of type %s and declared as %s, which would cut its values; expected %s%s"
            .formatted(
                subject(index),
                declared.array() ? found.sql() + "[]" : found.sql(),
                declared.sql(),
                declared.array() ? "a List of " : "",
                found.javaType().getSimpleName()));
  }

  /** The row the result stands on. */
  R read(ResultSet row) {
    return row(values(row));
  }

  /** The values of the row the result stands on. */
  @Nullable Object[] values(ResultSet row) {
    @Nullable Object[] values = new Object[cells.length];
    for (int i = 0; i < cells.length; i++) {
      values[i] = value(row, i);
    }
    return values;
  }

  /** A row of these values: a record's own constructor runs here. */
  R row(@Nullable Object[] values) {
    return maker.apply(values);
  }

  private @Nullable Object value(ResultSet row, int index) {
    try {
      return cells[index].read(row, index + 1);
    } catch (SQLException e) {
      throw SqlErrors.translate(subject(index), e);
    } catch (DataException e) {
      throw new DataException(subject(index) + ": " + e.getMessage(), null, e);
    }
  }

  private String subject(int index) {
    return "%s, column \"%s\"".formatted(task, names.get(index));
  }
}
