package io.varve.ingest;

import io.varve.backend.Backend.ChunkTarget;
import io.varve.model.Table;
import io.varve.schema.StoredType;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Inserts encoded rows by one statement that unnests an array per column. Not thread-safe. */
final class ArrayInsert<T> {

  private final Connection connection;
  private final String columns;
  private final Unnest<T> arrays;
  private final boolean fits;

  private ArrayInsert(Connection connection, String columns, Unnest<T> arrays, boolean fits) {
    this.connection = connection;
    this.columns = columns;
    this.arrays = arrays;
    this.fits = fits;
  }

  /**
   * Makes the driver learn the arrays' types.
   *
   * @param columns their quoted names, joined by commas
   * @param types each column's type
   */
  static <T> ArrayInsert<T> of(
      Connection connection, Table<T> table, String columns, List<StoredType> types)
      throws SQLException {
    Unnest<T> arrays = Unnest.of(table);
    boolean fits = Unnest.fits(table, types);
    if (fits) {
      arrays.prepare(connection);
    }
    return new ArrayInsert<>(connection, columns, arrays, fits);
  }

  /** One that is not to be used, because rows must stay in order: an INSERT also fills gaps. */
  ArrayInsert<T> unfit() {
    return new ArrayInsert<>(connection, columns, arrays, false);
  }

  /** Whether the table's columns can be sent so. */
  boolean fits() {
    return fits;
  }

  /**
   * Inserts all rows into one relation; returns how many were stored.
   *
   * @param ahead statements to send ahead, in the same round trip
   */
  long insert(ChunkTarget relation, String ahead, TupleBlock<T> block) throws SQLException {
    String rows =
        IntStream.rangeClosed(1, arrays.columns())
            .mapToObj(i -> "r.c" + i)
            .collect(Collectors.joining(", "));
    return execute(
        ahead,
        "INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM %s"
            .formatted(relation.sql(), columns, rows, arrays.sql()),
        block);
  }

  /**
   * Merges all rows into the table; returns how many were inserted or updated.
   *
   * @param repeats whether rows may have the same key
   */
  long merge(Merge merge, KeyOrder key, boolean repeats, TupleBlock<T> block) throws SQLException {
    return execute("", merge.fromArrays(arrays, key, repeats), block);
  }

  private long execute(String ahead, String sql, TupleBlock<T> block) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(ahead + sql)) {
      arrays.bind(statement, block);
      statement.execute();
      if (!ahead.isEmpty()) {
        statement.getMoreResults();
      }
      return statement.getLargeUpdateCount();
    }
  }
}
