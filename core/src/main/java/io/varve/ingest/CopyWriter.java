package io.varve.ingest;

import io.varve.ClosedException;
import io.varve.MappingException;
import io.varve.SchemaException;
import io.varve.VarveException;
import io.varve.backend.Backend;
import io.varve.jdbc.Database;
import io.varve.jdbc.Identifiers;
import io.varve.jdbc.Retry;
import io.varve.model.Column;
import io.varve.model.Table;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Internal: writes one row by a prepared INSERT, a few by one statement with an array per column,
 * and many by hand-packed binary COPY: straight into the chunks where the server leaves those to
 * Varve, or, where the table may have a row's key, by way of a temporary table.
 */
public final class CopyWriter<T> implements TableWriter<T> {

  private static final WriteOptions<?> PLAIN_APPEND = WriteOptions.append();

  /** What a server says that has no partition for a row. */
  private static final Optional<String> NO_CHUNK = Optional.of("23514");

  private final Database database;
  private final Retry retry;
  private final WriteReports reports;
  private final FewRows few;
  private final Table<T> table;
  private final RowErrors errors;
  private final RowSize<T> size;
  private final RowInsert<T> rowInsert;
  private final TableFormat<T> format;
  private final ChunkAccess chunks;
  private final BatchTransaction<T> transaction;
  private final BatchStore<T> store;

  /**
   * @param retry when to send rows again that are still at hand
   * @param reports who is told of each call
   */
  public CopyWriter(
      Database database, Backend backend, Retry retry, WriteReports reports, Table<T> table) {
    this(database, backend, retry, reports, FewRows.MEASURED, table);
  }

  CopyWriter(
      Database database,
      Backend backend,
      Retry retry,
      WriteReports reports,
      FewRows few,
      Table<T> table) {
    List<String> names = table.columns().stream().<String>map(Column::name).toList();
    String columns = names.stream().map(Identifiers::quote).collect(Collectors.joining(", "));
    this.database = database;
    this.retry = retry;
    this.reports = reports;
    this.few = few;
    this.table = table;
    this.errors = new RowErrors(table.name(), names);
    this.size = new RowSize<>(table);
    Capture capture = new Capture(table.name());
    this.rowInsert = new RowInsert<>(table, columns, errors, capture);
    this.format = new TableFormat<>(backend, table);
    this.chunks = new ChunkAccess(database, backend, table.name());
    this.transaction = new BatchTransaction<>(database, format, errors, capture, table);
    this.store = new BatchStore<>(table, columns, chunks, errors);
  }

  @Override
  public WriteResult insert(T row) {
    return insert(row, WriteOptions.append());
  }

  @Override
  public WriteResult insertAll(Iterable<? extends T> rows) {
    return insertAll(rows, WriteOptions.append());
  }

  @Override
  public WriteResult insertAll(Iterator<? extends T> rows) {
    return insertAll(rows, WriteOptions.append());
  }

  @Override
  public WriteResult insert(T row, WriteOptions<T> options) {
    if (!options.equals(PLAIN_APPEND)) {
      return insertAll(Collections.singletonList(row), options);
    }
    WriteReport report = reports.begin(table.name(), WriteMode.APPEND);
    return report.of(() -> 1, () -> retry.write(false, () -> report.attempt(() -> insertOne(row))));
  }

  private WriteResult insertOne(T row) {
    if (row == null) {
      throw errors.refused("null; expected a row", null);
    }
    boolean mayBeMissing = chunks.areOurs();
    for (int attempt = 1; ; attempt++) {
      try {
        return database.transaction(errors.task(), connection -> insertOne(connection, row));
      } catch (SchemaException e) {
        if (!mayBeMissing || attempt == ChunkAccess.ATTEMPTS || !e.sqlState().equals(NO_CHUNK)) {
          throw e;
        }
        // One that was there already may just have come; if it did not help, it is not what is
        // amiss.
        mayBeMissing = createChunks(List.of(row));
      }
    }
  }

  /** The statement cannot misread a value, so the columns need checking only once. */
  private WriteResult insertOne(Connection connection, T row) throws SQLException {
    Optional<TableFormat.Format<T>> known = format.known();
    RowCodec<T> codec = (known.isPresent() ? known.get() : format.lock(connection)).codec();
    try {
      codec.check(row);
    } catch (MappingException e) {
      throw errors.refused(e.getMessage(), e.getCause());
    }
    rowInsert.insert(connection, row, codec.time(row));
    return new WriteResult(1, 0, List.of());
  }

  /** What can be gone through again can be sent again. */
  @Override
  public WriteResult insertAll(Iterable<? extends T> rows, WriteOptions<T> options) {
    return rows instanceof Collection<? extends T> all
        ? insertAgain(all, options)
        : insertOnce(rows::iterator, options);
  }

  @Override
  public WriteResult insertAll(Iterator<? extends T> rows, WriteOptions<T> options) {
    return insertOnce(() -> rows, options);
  }

  private WriteResult insertAgain(Collection<? extends T> rows, WriteOptions<T> options) {
    WriteReport report = reports.begin(table.name(), options.mode());
    return report.of(
        rows::size,
        () -> {
          WriteCall<T> call = WriteCall.of(table, options).sized(rows.size());
          return retry.write(
              options.isRepeatable(), () -> report.attempt(() -> write(offered(rows), call)));
        });
  }

  private OfferedRows<T> offered(Collection<? extends T> rows) {
    return new OfferedRows<>(rows::iterator, errors, size);
  }

  private WriteResult insertOnce(Supplier<Iterator<? extends T>> rows, WriteOptions<T> options) {
    WriteReport report = reports.begin(table.name(), options.mode());
    OfferedRows<T> offered = new OfferedRows<>(rows, errors, size);
    return report.of(
        offered::count,
        () -> {
          WriteCall<T> call = WriteCall.of(table, options);
          return report.attempt(() -> write(offered, call));
        });
  }

  /** Takes rows one by one from now on. */
  public Ingester<T> ingester(IngesterOptions<T> options) {
    String name = "varve-ingest " + table.name() + " ";
    AtomicInteger threads = new AtomicInteger();
    return DefaultIngester.open(
        table,
        options,
        new BatchWrites(options.write()),
        task -> {
          Thread thread = new Thread(task, name + threads.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        });
  }

  /** The batches of an ingester. */
  private final class BatchWrites implements BatchWriter<T> {

    private final WriteOptions<T> options;

    BatchWrites(WriteOptions<T> options) {
      this.options = options;
    }

    @Override
    public WriteReport begin() {
      return reports.begin(table.name(), options.mode());
    }

    @Override
    public WriteResult write(
        IngestBatch<T> batch,
        Optional<String> predecessor,
        Retry patience,
        WriteReport report,
        Runnable retried) {
      WriteCall<T> call = WriteCall.of(table, options, batch, predecessor);
      AtomicBoolean first = new AtomicBoolean(true);
      return patience.write(
          call.options().isRepeatable(),
          () -> {
            if (call.cancellation().isCancelled()) {
              throw new ClosedException(errors.task() + ": the ingester is being closed");
            }
            if (!first.getAndSet(false)) {
              retried.run();
            }
            try {
              return report.attempt(() -> CopyWriter.this.write(offered(batch.values()), call));
            } catch (VarveException e) {
              call.cancellation().failed(e.inDoubt());
              throw e;
            }
          });
    }

    @Override
    public void forget(List<String> ids) {
      transaction.forget(ids);
    }
  }

  private WriteResult write(OfferedRows<T> offered, WriteCall<T> call) {
    try {
      int most = call.merge().isPresent() ? few.toMerge() : few.toAppend();
      boolean areFew = offered.areAtMost(most, few.bytes());
      if (areFew && offered.fetched().isEmpty() && call.options().batchId().isEmpty()) {
        return new WriteResult(0, 0, List.of());
      }
      return areFew ? writeFew(offered, call) : writeMany(offered, call);
    } finally {
      offered.restoreInterrupt();
    }
  }

  /**
   * Tries one statement, if the columns can be sent so. If it has no chunk, that is made and it is
   * tried again; if it refuses a row, COPY finds out which.
   */
  private WriteResult writeFew(OfferedRows<T> offered, WriteCall<T> call) {
    boolean mayBeMissing = chunks.areOurs();
    for (int attempt = 1; attempt < ChunkAccess.ATTEMPTS; attempt++) {
      try {
        return transaction.run(call, offered, batch -> store.few(batch, offered));
      } catch (SchemaException e) {
        if (!mayBeMissing || !e.sqlState().equals(NO_CHUNK)) {
          throw e;
        }
        mayBeMissing = createChunks(offered.fetched());
      } catch (VarveException e) {
        if (!errors.isRefusal(e) || !fitArrays()) {
          throw e;
        }
        break;
      }
    }
    return writeMany(offered, call);
  }

  /** Whether the columns found last can be sent as arrays. */
  private boolean fitArrays() {
    return format.known().filter(found -> Unnest.fits(table, found.types())).isPresent();
  }

  private WriteResult writeMany(OfferedRows<T> offered, WriteCall<T> call) {
    return transaction.run(call, offered, batch -> store.many(batch, offered));
  }

  /** Whether any was missing. */
  private boolean createChunks(List<T> rows) {
    RowCodec<T> codec = format.known().orElseThrow().codec();
    NavigableSet<Long> times = new TreeSet<>();
    rows.forEach(row -> times.add(codec.time(row)));
    return chunks.createAll(times);
  }
}
