package io.varve.ingest;

import io.varve.ConflictException;
import io.varve.MappingException;
import io.varve.SchemaException;
import io.varve.backend.Backend;
import io.varve.backend.Backend.ChunkSpan;
import io.varve.backend.Backend.ChunkTarget;
import io.varve.backend.Backend.HypertableInfoRow;
import io.varve.jdbc.Database;
import io.varve.jdbc.Identifiers;
import io.varve.model.Column;
import io.varve.model.Table;
import io.varve.schema.StoredType;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Internal: writes one row by a prepared INSERT and many by hand-packed binary COPY, straight into
 * the chunks where the server leaves those to Varve.
 */
public final class CopyWriter<T> implements TableWriter<T> {

  /** Retention may drop a chunk between its creation and its use; not that often. */
  private static final int CHUNK_ATTEMPTS = 5;

  /** What a server says that has no partition for a row. */
  private static final Optional<String> NO_CHUNK = Optional.of("23514");

  private final Database database;
  private final Backend backend;
  private final Table<T> table;
  private final String columns;
  private final RowErrors errors;
  private final RowInsert<T> rowInsert;
  private volatile @Nullable Format<T> format;

  /** A codec and the column types it was made for. */
  private record Format<T>(List<StoredType> types, RowCodec<T> codec) {}

  public CopyWriter(Database database, Backend backend, Table<T> table) {
    List<String> names = table.columns().stream().<String>map(Column::name).toList();
    this.database = database;
    this.backend = backend;
    this.table = table;
    this.columns = names.stream().map(Identifiers::quote).collect(Collectors.joining(", "));
    this.errors = new RowErrors(table.name(), names);
    this.rowInsert = new RowInsert<>(table, columns, errors);
  }

  @Override
  public WriteResult insert(T row) {
    if (row == null) {
      throw errors.refused("null; expected a row", null);
    }
    boolean mayBeMissing = backend.writesToChunks();
    for (int attempt = 1; ; attempt++) {
      try {
        return database.transaction(errors.task(), connection -> insert(connection, row));
      } catch (SchemaException e) {
        if (!mayBeMissing || attempt == CHUNK_ATTEMPTS || !e.sqlState().equals(NO_CHUNK)) {
          throw e;
        }
        // One that was there already may just have come; if it did not help, it is not what is
        // amiss.
        mayBeMissing = createChunk(Objects.requireNonNull(format).codec().time(row)).created();
      }
    }
  }

  /** The statement cannot misread a value, so the columns need checking only once. */
  private WriteResult insert(Connection connection, T row) throws SQLException {
    Format<T> known = format;
    RowCodec<T> codec = known == null ? codec(connection) : known.codec();
    try {
      codec.check(row);
    } catch (MappingException e) {
      throw errors.refused(e.getMessage(), e.getCause());
    }
    rowInsert.insert(connection, row);
    return new WriteResult(1, 0, List.of());
  }

  @Override
  public WriteResult insertAll(Iterable<? extends T> rows) {
    return insertAll(rows.iterator());
  }

  @Override
  public WriteResult insertAll(Iterator<? extends T> rows) {
    OfferedRows<T> offered = new OfferedRows<>(rows, errors);
    if (offered.isEmpty()) {
      return new WriteResult(0, 0, List.of());
    }
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
    List<StoredType> types = ColumnCheck.lock(connection, table);
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
    if (!backend.writesToChunks()) {
      return new ChunkTarget(table.name().sql(), Long.MIN_VALUE, Long.MAX_VALUE);
    }
    for (int attempt = 0; attempt < CHUNK_ATTEMPTS; attempt++) {
      Optional<ChunkTarget> chunk = backend.openChunk(connection, table.name(), time);
      if (chunk.isPresent()) {
        return chunk.get();
      }
      if (attempt > 0) {
        backend.refuseClosedChunk(connection, table.name(), time);
      }
      createChunk(time);
    }
    throw new ConflictException(
        "%s: the chunk of time %d was dropped %d times right after its creation; is that older than"
                .formatted(errors.task(), time, CHUNK_ATTEMPTS)
            + " the table's retention?");
  }

  /**
   * On a connection of its own, so that other writers see the chunk at once and its locks are not
   * held until this load is done.
   */
  private ChunkSpan createChunk(long time) {
    return database.transactionDirect(
        "creating a chunk of " + table.name(),
        connection -> backend.createChunk(connection, table.name(), time));
  }
}
