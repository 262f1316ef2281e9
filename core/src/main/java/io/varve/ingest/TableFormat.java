package io.varve.ingest;

import io.varve.SchemaException;
import io.varve.backend.Backend;
import io.varve.backend.Backend.HypertableInfoRow;
import io.varve.model.Table;
import io.varve.schema.StoredType;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How a table's rows are encoded, looked up anew for each transaction. Thread-safe. */
final class TableFormat<T> {

  private final Backend backend;
  private final Table<T> table;
  private volatile @Nullable Format<T> latest;

  /** A table, and the codec and the order of keys that were made for it. */
  record Format<T>(LockedTable table, RowCodec<T> codec, KeyOrder key) {

    List<StoredType> types() {
      return table.types();
    }
  }

  TableFormat(Backend backend, Table<T> table) {
    this.backend = backend;
    this.table = table;
  }

  /** What was found last, if the table has been looked at. */
  Optional<Format<T>> known() {
    return Optional.ofNullable(latest);
  }

  /** Refuses a table that is not the model's, and locks it against changes of its columns. */
  Format<T> lock(Connection connection) throws SQLException {
    LockedTable found = ColumnCheck.lock(connection, table);
    Format<T> current = latest;
    if (current == null) {
      checkHypertable(connection);
    }
    if (current == null || !current.table().equals(found)) {
      current =
          new Format<>(
              found, new RowCodec<>(table, found.types()), KeyOrder.of(table, found.types()));
      latest = current;
    }
    return current;
  }

  private void checkHypertable(Connection connection) throws SQLException {
    HypertableInfoRow hypertable =
        hypertable(connection)
            .orElseThrow(
                () ->
                    new SchemaException(
                        "table %s is not a hypertable; create it as one: schema().create(table)"
                            .formatted(table.name())));
    if (!hypertable.timeColumn().equals(table.time().name())) {
      throw new SchemaException(
          "table %s is partitioned by column \"%s\"; expected \"%s\", the model's time"
              .formatted(table.name(), hypertable.timeColumn(), table.time().name()));
    }
  }

  /** Where Varve's schemas are not installed, there is no hypertable either. */
  private Optional<HypertableInfoRow> hypertable(Connection connection) throws SQLException {
    try {
      return backend.hypertable(connection, table.name());
    } catch (SQLException e) {
      if (ColumnCheck.isAbsent(e)) {
        return Optional.empty();
      }
      throw e;
    }
  }
}
