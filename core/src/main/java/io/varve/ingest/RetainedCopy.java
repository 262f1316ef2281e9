package io.varve.ingest;

import io.varve.backend.Backend.ChunkTarget;
import java.sql.SQLException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one chunk, kept until the server has taken them: a row it refuses is put aside, and
 * the others go again. Not thread-safe.
 *
 * <p>PostgreSQL names the line of a COPY that it refuses, and a COPY that fails has stored nothing.
 * The first time, all other rows are sent as arrays, together with the way back to the savepoint:
 * one round trip, if there was no more than that one. Then by COPY, first those before the refused
 * line, which are known to be good, then the rest, in steps that grow as long as they pass. Only
 * where the server names no line is a step halved until the row is found.
 */
final class RetainedCopy<T> implements ChunkRows<T> {

  /** Steps after a second refusal begin with so many rows. */
  private static final int FIRST_STEP = 64;

  /** What a step needs of its transaction. */
  record Server<T>(
      Copy.Starter copies, RowSavepoint savepoint, ArrayInsert<T> arrays, RowErrors errors) {}

  private final ChunkTarget chunk;
  private final Server<T> server;
  private final RowRefusals<T> refusals;
  private final Consumer<TupleBlock<T>> stored;
  private final TupleBlock<T> block = new TupleBlock<>();
  private @Nullable Copy copy;
  private @Nullable SQLException refused;
  private int sent;

  /**
   * @param stored is given the rows that were stored, in order, before they are forgotten
   */
  RetainedCopy(
      ChunkTarget chunk,
      Server<T> server,
      RowRefusals<T> refusals,
      Consumer<TupleBlock<T>> stored) {
    this.chunk = chunk;
    this.server = server;
    this.refusals = refusals;
    this.stored = stored;
  }

  @Override
  public boolean holds(long time) {
    return chunk.start() <= time && time < chunk.end();
  }

  @Override
  public int add(RowCodec<T> codec, T row, long index) {
    return block.add(codec, row, index);
  }

  @Override
  public int waiting() {
    return block.bytes().size() - sent;
  }

  @Override
  public long sent() {
    return sent;
  }

  @Override
  public void send() {
    int from = sent;
    sent = block.bytes().size();
    if (refused != null) {
      return;
    }
    try {
      if (copy == null) {
        server.savepoint().ready();
        copy = server.copies().start(chunk.sql());
      }
      copy.write(block.bytes(), from, sent);
    } catch (SQLException e) {
      requireRefusal(e);
      refused = e;
    }
  }

  @Override
  public long end() {
    if (block.count() == 0) {
      return 0;
    }
    try {
      long count = store();
      server.savepoint().mend();
      stored.accept(block);
      return count;
    } catch (SQLException e) {
      throw server.errors().translate(e);
    } finally {
      copy = null;
      refused = null;
      sent = 0;
      block.clear();
    }
  }

  @Override
  public void cancel() {
    if (copy != null) {
      copy.cancel();
    }
  }

  private long store() throws SQLException {
    send();
    try {
      if (refused == null) {
        return checked(copy.end(), block.count());
      }
    } catch (SQLException e) {
      refused = e;
    }
    copy = null;
    int before = putAside(refused, 0, block.count());
    return before < 0 ? storeInSteps(Math.max(1, block.count() / 2)) : storeOthers();
  }

  private long storeOthers() throws SQLException {
    if (block.count() > 0 && server.arrays().fits()) {
      try {
        long count = server.arrays().insert(chunk, server.savepoint().ahead(), block);
        return checked(count, block.count());
      } catch (SQLException e) {
        requireRefusal(e);
        server.savepoint().broken();
      }
    }
    return storeInSteps(Math.max(FIRST_STEP, block.count()));
  }

  private long storeInSteps(int firstStep) throws SQLException {
    long count = 0;
    int from = 0;
    int step = firstStep;
    while (from < block.count()) {
      int to = (int) Math.min(block.count(), (long) from + step);
      try {
        count += copy(from, to);
        from = to;
        step = Math.max(FIRST_STEP, Math.min(block.count(), 2 * step));
      } catch (SQLException e) {
        int before = putAside(e, from, to);
        step = before < 0 ? Math.max(1, (to - from) / 2) : Math.max(FIRST_STEP, before);
      }
    }
    return count;
  }

  private long copy(int from, int to) throws SQLException {
    server.savepoint().ready();
    copy = server.copies().start(chunk.sql());
    copy.write(block.bytes(), block.start(from), block.start(to));
    long count = copy.end();
    copy = null;
    return checked(count, to - from);
  }

  private long checked(long count, int offered) {
    if (count != offered) {
      throw server.errors().discarded(offered, count);
    }
    server.savepoint().passed();
    return count;
  }

  /**
   * Puts the refused one of these rows aside; returns how many stand before it, or -1 if the server
   * has not named it and there are several.
   */
  private int putAside(SQLException e, int from, int to) throws SQLException {
    requireRefusal(e);
    server.savepoint().broken();
    long line = to - from == 1 ? 1 : server.errors().line(e, chunk).orElse(0);
    if (line < 1 || line > to - from) {
      return -1;
    }
    int position = from + (int) line - 1;
    RowFailure failure = server.errors().failure(block.index(position), e, chunk);
    refusals.add(block.row(position), failure);
    block.remove(position);
    return position - from;
  }

  private void requireRefusal(SQLException e) {
    if (!server.errors().isRefusal(e)) {
      throw server.errors().translate(e);
    }
  }
}
