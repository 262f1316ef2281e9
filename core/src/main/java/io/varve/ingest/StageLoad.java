package io.varve.ingest;

import io.varve.backend.Backend.ChunkTarget;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Rows for a table whose key may have them: by COPY into a temporary table, from there by one
 * statement into the table. Not thread-safe; used within one transaction.
 *
 * <p>Where refused rows are to be put aside, the temporary table has the table's checks, so that
 * COPY names the row. What only the table itself can refuse (another unique key, a foreign key, a
 * trigger) is found by halving.
 */
final class StageLoad<T> implements RowLoad<T> {

  static final String STAGE = "pg_temp.varve_stage";

  private static final ChunkTarget TARGET =
      new ChunkTarget(STAGE, Long.MIN_VALUE, Long.MAX_VALUE, true);

  private static final String PLAIN =
      """
      CREATE TEMPORARY TABLE varve_stage ON COMMIT DROP AS SELECT %s FROM ONLY %s WITH NO DATA;
      SET LOCAL work_mem = '64MB'
      """;

  private static final String CHECKED =
      """
      CREATE TEMPORARY TABLE varve_stage (LIKE %2$s INCLUDING CONSTRAINTS INCLUDING DEFAULTS
        INCLUDING GENERATED INCLUDING IDENTITY) ON COMMIT DROP;
      SET LOCAL work_mem = '64MB'
      """;

  private final RowCodec<T> codec;
  private final Connection connection;
  private final String table;
  private final Merge merge;
  private final ChunkLoad.Chunks chunks;
  private final RetainedCopy.Server<T> server;
  private final RowRefusals<T> refusals;
  private final ChunkRows<T> stage;
  private final NavigableMap<Long, ChunkTarget> known = new TreeMap<>();
  private final KeyRepeats<T> repeats;
  private final RowLines lines = new RowLines();
  private final List<T> rows = new ArrayList<>();

  /**
   * @param columns their quoted names, joined by commas
   * @param table its quoted name
   */
  StageLoad(
      RowCodec<T> codec,
      Connection connection,
      String columns,
      String table,
      Merge merge,
      KeyRepeats<T> repeats,
      ChunkLoad.Chunks chunks,
      RetainedCopy.Server<T> server,
      RowRefusals<T> refusals)
      throws SQLException {
    this.codec = codec;
    this.connection = connection;
    this.table = table;
    this.merge = merge;
    this.repeats = repeats;
    this.chunks = chunks;
    this.server = server;
    this.refusals = refusals;
    this.stage =
        refusals.isolating()
            ? new RetainedCopy<>(TARGET, server, refusals, this::remember)
            : new ChunkCopy<>(TARGET, server.copies(), server.errors());
    execute((refusals.isolating() ? CHECKED : PLAIN).formatted(columns, table));
  }

  private void remember(TupleBlock<T> block) {
    for (int i = 0; i < block.count(); i++) {
      lines.add(block.index(i));
      rows.add(block.row(i));
    }
  }

  @Override
  public void add(T row, long index) throws SQLException {
    ensureChunk(codec.time(row));
    stage.add(codec, row, index);
    repeats.add(row);
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
    if (known.isEmpty()) {
      return 0;
    }
    if (!refusals.isolating()) {
      return execute(merge.fromStage(STAGE, target(), repeats.mayBe()));
    }
    return lines.count() == 0 ? 0 : mergeLines(1, lines.count());
  }

  @Override
  public void cancel() {
    stage.cancel();
  }

  /** Takes these lines over; both ends belong to them. */
  private long mergeLines(long first, long last) throws SQLException {
    try {
      server.savepoint().ready();
      long count = mergeRange(first, last);
      server.savepoint().passed();
      return count;
    } catch (SQLException e) {
      if (!server.errors().isRefusal(e)) {
        throw e;
      }
      server.savepoint().broken();
      if (first == last) {
        refusals.add(
            rows.get((int) first - 1), server.errors().failure(lines.row(first), e, TARGET));
        server.savepoint().mend();
        return 0;
      }
    }
    long middle = (first + last) >>> 1;
    return merge.lastWinsByItself()
        ? mergeLines(first, middle) + mergeLines(middle + 1, last)
        : mergeLines(middle + 1, last) + mergeLines(first, middle);
  }

  /**
   * Looking for each row's chunk costs time that rows of a single one need not take. Who may change
   * rows of the table may not always do so in its chunks.
   */
  private String target() {
    ChunkTarget first = known.firstEntry().getValue();
    return known.size() == 1 && first.mergeable() ? first.sql() : table;
  }

  private long mergeRange(long first, long last) throws SQLException {
    if (first == 1 && last == lines.count()) {
      return execute(merge.fromStage(STAGE, target(), repeats.mayBe()));
    }
    String range =
        "(SELECT *, ctid, row_number() OVER (ORDER BY ctid) AS \"varve line\" FROM %s) AS stage"
                .formatted(STAGE)
            + " WHERE \"varve line\" BETWEEN ? AND ?";
    try (PreparedStatement statement =
        connection.prepareStatement(merge.fromStage(range, target(), true))) {
      statement.setLong(1, first);
      statement.setLong(2, last);
      return statement.executeLargeUpdate();
    }
  }

  private long execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
      return statement.getLargeUpdateCount();
    }
  }
}
