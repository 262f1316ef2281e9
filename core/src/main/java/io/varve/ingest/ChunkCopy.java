package io.varve.ingest;

import io.varve.backend.Backend.ChunkTarget;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one chunk: those that wait, and the COPY that sends them. Remembers which offered row
 * each line of the COPY was, to name the one the server refuses. Not thread-safe.
 */
final class ChunkCopy {

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

  /** Whether rows of this time belong here. */
  boolean holds(long time) {
    return chunk.start() <= time && time < chunk.end();
  }

  /** Adds a row; one that is refused leaves nothing behind. Returns how many bytes it takes. */
  <T> int add(RowCodec<T> codec, T row, long index) {
    int before = waiting.size();
    codec.encode(row, waiting);
    lines.add(index);
    return waiting.size() - before;
  }

  /** How many bytes wait to be sent. */
  int waiting() {
    return waiting.size();
  }

  /** How many bytes the current COPY has sent. */
  long sent() {
    return sent;
  }

  /** Sends what waits, in the current COPY or a new one. */
  void send() {
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

  /**
   * Sends what waits and ends the COPY; returns how many rows it stored. Whatever fails leaves the
   * COPY to {@link #cancel}.
   */
  long end() {
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

  /** Gives up a COPY that has not ended well, so that its connection can roll back. */
  void cancel() {
    if (copy != null) {
      copy.cancel();
    }
  }
}
