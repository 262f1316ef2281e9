package io.varve.ingest;

import io.varve.backend.Backend.ChunkTarget;
import io.varve.ingest.BatchTransaction.Batch;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Rows for a table whose key may have them: by COPY into a temporary table, from there into the
 * table. Not thread-safe; used within one transaction.
 *
 * <p>Where refused rows are to be put aside, the temporary table has the table's checks, so that
 * COPY names the row. That must not be where a trigger may mend the row first. What only the table
 * itself can refuse (another unique key, a foreign key, a trigger) is found by halving.
 *
 * <p>The temporary table is made in the transaction that fills it, so COPY only ever appends to it:
 * its rows stand in the order they came in. Nothing else may fill it.
 */
final class StageLoad<T> implements RowLoad<T> {

  static final String NAME = "varve_stage";
  static final String STAGE = "pg_temp." + NAME;

  static final ChunkTarget TARGET = new ChunkTarget(STAGE, Long.MIN_VALUE, Long.MAX_VALUE, true);

  private static final String PLAIN =
      "CREATE TEMPORARY TABLE varve_stage ON COMMIT DROP AS SELECT %s FROM ONLY %s WITH NO DATA";

  private static final String CHECKED =
      """
      CREATE TEMPORARY TABLE varve_stage (LIKE %2$s INCLUDING CONSTRAINTS INCLUDING DEFAULTS
        INCLUDING GENERATED INCLUDING IDENTITY) ON COMMIT DROP""";

  private static final String MEMORY =
      """
      ;
      SELECT pg_catalog.set_config('work_mem', '64MB', true)
       WHERE pg_catalog.pg_size_bytes(pg_catalog.current_setting('work_mem')) < 64 << 20
      """;

  private final Batch<T> batch;
  private final Merge merge;
  private final ChunkLoad.Chunks chunks;
  private final RowErrors errors;
  private final boolean isolating;
  private final ChunkRows<T> stage;
  private final NavigableMap<Long, ChunkTarget> known = new TreeMap<>();
  private final KeyRepeats<T> repeats;
  private final StagedRows<T> rows = new StagedRows<>();

  /**
   * @param merge how the rows are taken over; the table's columns and name are its own
   * @param server what the COPY is sent by
   */
  StageLoad(Batch<T> batch, Merge merge, ChunkLoad.Chunks chunks, RetainedCopy.Server<T> server)
      throws SQLException {
    this.batch = batch;
    this.merge = merge;
    this.chunks = chunks;
    this.errors = server.errors();
    this.isolating = batch.refusals().isolating();
    this.repeats = new KeyRepeats<>(batch.format());
    this.stage =
        isolating
            ? new RetainedCopy<>(TARGET, copying(server), batch.refusals(), this::remember)
            : new ChunkCopy<>(TARGET, server.copies(), errors);
    create();
  }

  private static <T> RetainedCopy.Server<T> copying(RetainedCopy.Server<T> server) {
    return new RetainedCopy.Server<>(
        server.copies(), server.savepoint(), server.arrays().unfit(), server.errors());
  }

  private void create() throws SQLException {
    LockedTable table = batch.format().table();
    boolean checked = isolating && table.readable() && !table.triggers().mends();
    try (Statement statement = batch.connection().createStatement()) {
      statement.execute(
          (checked ? CHECKED : PLAIN).formatted(merge.columns(), merge.table()) + MEMORY);
    }
  }

  private void remember(TupleBlock<T> block) {
    for (int i = 0; i < block.count(); i++) {
      rows.add(block.index(i), block.row(i));
    }
  }

  @Override
  public void add(T row, long index) throws SQLException {
    ensureChunk(batch.format().codec().time(row));
    stage.add(batch.format().codec(), row, index);
    repeats.add(row);
    if (!isolating) {
      rows.add(index);
    }
    if (stage.waiting() >= ChunkLoad.Limits.DEFAULT.send()) {
      stage.send();
    }
    if (stage.sent() >= ChunkLoad.Limits.DEFAULT.copy()) {
      stage.end();
    }
  }

  /** The statement that takes the rows over cannot make chunks. */
  private void ensureChunk(long time) throws SQLException {
    Map.Entry<Long, ChunkTarget> before = known.floorEntry(time);
    if (before == null || time >= before.getValue().end()) {
      stage.end();
      ChunkTarget chunk = chunks.at(time);
      known.put(chunk.start(), chunk);
    }
  }

  @Override
  public long finish() throws SQLException {
    stage.end();
    return rows.count() == 0
        ? 0
        : new StagedMerge<>(batch, merge, errors, rows, target()).run(repeats.mayBe());
  }

  @Override
  public void cancel() {
    stage.cancel();
  }

  /**
   * Looking for each row's chunk costs time that rows of a single one need not take. Who may change
   * rows of the table may not always do so in its chunks.
   */
  private String target() {
    ChunkTarget first = known.firstEntry().getValue();
    return known.size() == 1 && first.mergeable() ? first.sql() : merge.table();
  }
}
