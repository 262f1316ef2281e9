package io.varve.ingest;

import io.varve.backend.Backend.ChunkTarget;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one chunk: those that wait, and the COPY that sends them. Remembers which offered row
 * each line of the COPY was, to name the one the server refuses. Not thread-safe.
 */
final class ChunkCopy<T> implements ChunkRows<T> {

  private static final int INITIAL_BYTES = 8 << 10;

  private final ChunkTarget chunk;
  private final Copy.Starter starter;
  private final RowErrors errors;
  private final CopyBuffer waiting = new CopyBuffer(INITIAL_BYTES);
  private final RowLines lines = new RowLines();
  private @Nullable Copy copy;
  private long sent;

  ChunkCopy(ChunkTarget chunk, Copy.Starter starter, RowErrors errors) {
    this.chunk = chunk;
    this.starter = starter;
    this.errors = errors;
  }

  @Override
  public boolean holds(long time) {
    return chunk.start() <= time && time < chunk.end();
  }

  @Override
  public int add(RowCodec<T> codec, T row, long index) {
    int before = waiting.size();
    codec.encode(row, waiting);
    lines.add(index);
    return waiting.size() - before;
  }

  @Override
  public int waiting() {
    return waiting.size();
  }

  @Override
  public long sent() {
    return sent;
  }

  @Override
  public void send() {
    try {
      if (copy == null) {
        copy = starter.start(chunk.sql());
        sent = 0;
      }
      copy.write(waiting);
      sent += waiting.size();
      waiting.truncate(0);
    } catch (SQLException e) {
      throw errors.translate(e, chunk, lines);
    }
  }

  @Override
  public long end() {
    if (waiting.size() > 0) {
      send();
    }
    if (copy == null) {
      return 0;
    }
    try {
      long stored = copy.end();
      if (stored != lines.count()) {
        throw errors.discarded(lines.count(), stored);
      }
      copy = null;
      lines.clear();
      waiting.release();
      return stored;
    } catch (SQLException e) {
      throw errors.translate(e, chunk, lines);
    }
  }

  @Override
  public void cancel() {
    if (copy != null) {
      copy.cancel();
    }
  }
}
