package io.varve.ingest;

import io.varve.model.Column;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Table;
import io.varve.schema.StoredType;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.postgresql.core.BaseConnection;
import org.postgresql.jdbc.PgArray;

/**
 * Rows as one array per column, for a statement that unnests them. PostgreSQL's binary arrays hold
 * their elements exactly as a COPY holds fields, so encoded rows only change their order. Immutable
 * and thread-safe.
 */
final class Unnest<T> {

  /** What takes text by assignment: text, char(n), varchar(n), name. */
  private static final Set<Integer> TAKES_TEXT = Set.of(25, 1042, 1043, 19);

  /** What stands before an array's elements: dimensions, nulls, type, length and lower bound. */
  private static final int HEADER_BYTES = 5 * Integer.BYTES;

  private static final int HAS_NULLS = Integer.BYTES;

  private final List<Kind> kinds;

  private Unnest(List<Kind> kinds) {
    this.kinds = kinds;
  }

  static <T> Unnest<T> of(Table<T> table) {
    return new Unnest<>(table.columns().stream().map(column -> column.type().kind()).toList());
  }

  /**
   * Whether the table's columns can be sent so: an array of arrays would have to be rectangular,
   * and an enum takes no text.
   *
   * @param types what each column stores
   */
  static boolean fits(Table<?> table, List<StoredType> types) {
    return IntStream.range(0, types.size())
        .allMatch(i -> fits(table.columns().get(i), types.get(i).oid()));
  }

  private static boolean fits(Column<?, ?> column, int oid) {
    Kind kind = column.type().kind();
    return !column.type().array()
        && (oid == kind.oid() || kind == Kind.TEXT && TAKES_TEXT.contains(oid));
  }

  int columns() {
    return kinds.size();
  }

  /**
   * Lets the driver learn the arrays' types now: it could not ask for them in a transaction that
   * has failed.
   */
  void prepare(Connection connection) throws SQLException {
    BaseConnection driver = connection.unwrap(BaseConnection.class);
    for (Kind kind : kinds) {
      PgArray none = new PgArray(driver, kind.arrayOid(), new byte[0]);
      driver.getTypeInfo().getPGArrayType(none.getBaseTypeName());
    }
  }

  /** A set of rows with columns {@code c1, c2, …, line}; the lines count from 1. */
  String sql() {
    return "unnest(?%s) WITH ORDINALITY AS r (%s, line)"
        .formatted(
            ", ?".repeat(kinds.size() - 1),
            IntStream.rangeClosed(1, kinds.size())
                .mapToObj(i -> "c" + i)
                .collect(Collectors.joining(", ")));
  }

  /** Binds the arrays to the statement's first parameters. */
  void bind(PreparedStatement statement, TupleBlock<T> block) throws SQLException {
    Connection connection = statement.getConnection();
    BaseConnection driver = connection.unwrap(BaseConnection.class);
    CopyBuffer[] arrays = arrays(block);
    for (int i = 0; i < arrays.length; i++) {
      byte[] bytes = Arrays.copyOf(arrays[i].array(), arrays[i].size());
      statement.setArray(i + 1, new PgArray(driver, kinds.get(i).arrayOid(), bytes));
    }
  }

  private CopyBuffer[] arrays(TupleBlock<T> block) {
    CopyBuffer[] arrays = new CopyBuffer[kinds.size()];
    for (int i = 0; i < arrays.length; i++) {
      arrays[i] = header(kinds.get(i), block.count());
    }
    CopyBuffer tuples = block.bytes();
    for (int row = 0; row < block.count(); row++) {
      int at = block.start(row) + Short.BYTES;
      for (CopyBuffer array : arrays) {
        int length = tuples.intAt(at);
        int end = at + Integer.BYTES + Math.max(length, 0);
        array.putAll(tuples, at, end);
        if (length < 0) {
          array.setInt(HAS_NULLS, 1);
        }
        at = end;
      }
    }
    return arrays;
  }

  private static CopyBuffer header(Kind kind, int length) {
    CopyBuffer array = new CopyBuffer(HEADER_BYTES + length * 2 * Integer.BYTES);
    array.putInt(1);
    array.putInt(0);
    array.putInt(kind.oid());
    array.putInt(length);
    array.putInt(1);
    return array;
  }
}
