package io.varve.ingest;

import io.varve.backend.Backend.ChunkTarget;
import io.varve.ingest.BatchTransaction.Batch;
import io.varve.model.Table;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Function;

/**
 * Sends the rows of one call, within its transaction, the way that suits them; returns how many
 * were stored. Thread-safe.
 */
final class BatchStore<T> {

  /** How many bytes of rows are kept to be sent again without a refused one. */
  private static final ChunkLoad.Limits RETAINING =
      new ChunkLoad.Limits(64L << 10, 8L << 20, 4L << 20);

  private final Table<T> table;
  private final String columns;
  private final ChunkAccess chunks;
  private final RowErrors errors;

  /**
   * @param columns the quoted names of the table's columns, joined by commas
   */
  BatchStore(Table<T> table, String columns, ChunkAccess chunks, RowErrors errors) {
    this.table = table;
    this.columns = columns;
    this.chunks = chunks;
    this.errors = errors;
  }

  /** By one statement, if the columns can be sent so; there must be chunks for all. */
  long few(Batch<T> batch, OfferedRows<T> offered) throws SQLException {
    if (offered.fetched().isEmpty()) {
      return 0;
    }
    ArrayInsert<T> arrays = arrays(batch);
    if (!arrays.fits() || !mergesFromArrays(batch)) {
      return many(batch, offered);
    }
    TupleBlock<T> block = new TupleBlock<>();
    for (T row : offered.fetched()) {
      if (row == null) {
        throw errors.refused("null; expected a row", null);
      }
      long time = batch.format().codec().time(row);
      block.add(batch.format().codec(), row, block.count());
      batch.touched().ifPresent(touched -> touched.add(time));
    }
    if (batch.call().merge().isPresent()) {
      return merge(arrays, block, batch);
    }
    long stored = arrays.insert(chunks.whole(), "", block);
    if (stored != block.count()) {
      throw errors.discarded(block.count(), stored);
    }
    return stored;
  }

  private long merge(ArrayInsert<T> arrays, TupleBlock<T> block, Batch<T> batch)
      throws SQLException {
    Merge merge = batch.call().merge().orElseThrow();
    KeyOrder key = batch.format().key();
    long keys = KeyRepeats.countKeys(batch.format(), block);
    boolean repeats = !key.isExact() || keys < block.count();
    long stored = arrays.merge(merge, key, repeats, block);
    if (merge.replaces() && key.isExact() && stored != keys) {
      throw errors.discarded(keys, stored);
    }
    return stored;
  }

  /** Whether the rows can be merged from arrays as they would be from a temporary table. */
  private static boolean mergesFromArrays(Batch<?> batch) {
    KeyOrder key = batch.format().key();
    boolean counted =
        batch.call().merge().filter(Merge::replaces).isPresent()
            && batch.format().table().triggers().discards();
    return batch.call().merge().isEmpty() || key.holdsInArrays() && (key.isExact() || !counted);
  }

  private ArrayInsert<T> arrays(Batch<T> batch) throws SQLException {
    return ArrayInsert.of(batch.connection(), table, columns, batch.format().types());
  }

  /** By COPY; chunks that are missing are made. */
  long many(Batch<T> batch, OfferedRows<T> offered) throws SQLException {
    RowLoad<T> load = open(batch);
    boolean finished = false;
    try {
      offered.addTo(load, batch.refusals());
      long written = load.finish();
      finished = true;
      return written;
    } finally {
      if (!finished) {
        load.cancel();
      }
    }
  }

  private RowLoad<T> open(Batch<T> batch) throws SQLException {
    Connection connection = batch.connection();
    RowCodec<T> codec = batch.format().codec();
    RetainedCopy.Server<T> server =
        new RetainedCopy.Server<>(
            relation -> ServerCopy.start(connection, relation, columns),
            batch.savepoint(),
            arrays(batch),
            errors);
    ChunkLoad.Chunks opener =
        time -> {
          ChunkTarget chunk = chunks.open(connection, time);
          batch.savepoint().passed();
          return batch.format().table().triggers().hears() ? chunks.through(chunk) : chunk;
        };
    RowLoad<T> load =
        batch.call().merge().isPresent()
            ? new StageLoad<>(batch, batch.call().merge().get(), opener, server)
            : new ChunkLoad<>(codec, copies(batch, server), opener, limits(batch));
    return batch.touched().isEmpty()
        ? load
        : new CapturedLoad<>(load, codec, batch.touched().get());
  }

  private Function<ChunkTarget, ChunkRows<T>> copies(
      Batch<T> batch, RetainedCopy.Server<T> server) {
    return batch.refusals().isolating()
        ? chunk -> new RetainedCopy<>(chunk, server, batch.refusals(), stored -> {})
        : chunk -> new ChunkCopy<>(chunk, server.copies(), errors);
  }

  private static ChunkLoad.Limits limits(Batch<?> batch) {
    return batch.refusals().isolating() ? RETAINING : ChunkLoad.Limits.DEFAULT;
  }
}
