package io.varve.ingest;

import io.varve.ConflictException;
import io.varve.SchemaException;
import io.varve.backend.Backend;
import io.varve.backend.Backend.ChunkTarget;
import io.varve.backend.Backend.HypertableInfoRow;
import io.varve.jdbc.Database;
import io.varve.jdbc.Identifiers;
import io.varve.jdbc.QualifiedName;
import io.varve.model.Column;
import io.varve.model.Table;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Internal: writes by hand-packed binary COPY, straight into the chunks where the server leaves
 * those to Varve.
 */
public final class CopyWriter<T> implements TableWriter<T> {

  /** Retention may drop a chunk between its creation and its use; not that often. */
  private static final int CHUNK_ATTEMPTS = 5;

  private final Database database;
  private final Backend backend;
  private final Table<T> table;
  private final String columns;
  private final RowErrors errors;
  private volatile @Nullable Format<T> format;

  /** A codec and the column types it was made for. */
  private record Format<T>(List<Integer> types, RowCodec<T> codec) {}

  public CopyWriter(Database database, Backend backend, Table<T> table) {
    List<String> names = table.columns().stream().<String>map(Column::name).toList();
    this.database = database;
    this.backend = backend;
    this.table = table;
    this.columns = names.stream().map(Identifiers::quote).collect(Collectors.joining(", "));
    this.errors = new RowErrors(table.name(), names);
  }

  @Override
  public WriteResult insert(T row) {
    return insertAll(Collections.singletonList(row));
  }

  @Override
  public WriteResult insertAll(Iterable<? extends T> rows) {
    return insertAll(rows.iterator());
  }

  @Override
  public WriteResult insertAll(Iterator<? extends T> rows) {
    if (!rows.hasNext()) {
      return new WriteResult(0, 0, List.of());
    }
    OfferedRows<T> offered = new OfferedRows<>(rows, errors);
    try {
      long written = database.transaction(errors.task(), connection -> write(connection, offered));
      return new WriteResult(written, 0, List.of());
    } finally {
      offered.restoreInterrupt();
    }
  }

  private long write(Connection connection, OfferedRows<T> offered) throws SQLException {
    ChunkLoad<T> load =
        new ChunkLoad<>(
            codec(connection),
            relation -> ServerCopy.start(connection, relation, columns),
            errors,
            time -> chunk(connection, time),
            ChunkLoad.Limits.DEFAULT);
    boolean finished = false;
    try {
      offered.addTo(load);
      long written = load.finish();
      finished = true;
      return written;
    } finally {
      if (!finished) {
        load.cancel();
      }
    }
  }

  private RowCodec<T> codec(Connection connection) throws SQLException {
    List<Integer> types = ColumnCheck.lock(connection, table);
    Format<T> current = format;
    if (current == null) {
      checkHypertable(connection);
    }
    if (current == null || !current.types().equals(types)) {
      current = new Format<>(types, new RowCodec<>(table, types));
      format = current;
    }
    return current.codec();
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

  private ChunkTarget chunk(Connection connection, long time) throws SQLException {
    QualifiedName name = table.name();
    if (!backend.writesToChunks()) {
      return new ChunkTarget(name.sql(), Long.MIN_VALUE, Long.MAX_VALUE);
    }
    for (int attempt = 0; attempt < CHUNK_ATTEMPTS; attempt++) {
      Optional<ChunkTarget> chunk = backend.openChunk(connection, name, time);
      if (chunk.isPresent()) {
        return chunk.get();
      }
      createChunk(name, time);
    }
    throw new ConflictException(
        "%s: the chunk of time %d was dropped %d times right after its creation; is it older than the"
                .formatted(errors.task(), time, CHUNK_ATTEMPTS)
            + " table's retention?");
  }

  /**
   * On a connection of its own, so that other writers see the chunk at once and its locks are not
   * held until this load is done.
   */
  private void createChunk(QualifiedName name, long time) {
    database.callDirect(
        "creating a chunk of " + name,
        connection -> {
          backend.createChunk(connection, name, time);
          return name;
        });
  }
}
