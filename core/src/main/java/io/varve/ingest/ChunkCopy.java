package io.varve.ingest;

import io.varve.backend.Backend.ChunkTarget;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one chunk: those that wait, and the COPY that sends them. Remembers which offered row
 * each line of the COPY was, to name the one the server refuses. Not thread-safe.
 */
final class ChunkCopy {

  private static final int INITIAL_BYTES = 8 << 10;

  private final ChunkTarget chunk;
  private final String columns;
  private final RowErrors errors;
  private final CopyBuffer waiting = new CopyBuffer(INITIAL_BYTES);
  private final RowLines lines = new RowLines();
  private @Nullable CopyStream stream;
  private long sent;

  /**
   * @param columns their quoted names, joined by commas
   */
  ChunkCopy(ChunkTarget chunk, String columns, RowErrors errors) {
    this.chunk = chunk;
    this.columns = columns;
    this.errors = errors;
  }

  /** Whether rows of this time belong here; the largest number stands for an end without limit. */
  boolean holds(long time) {
    return time >= chunk.start() && (time < chunk.end() || chunk.end() == Long.MAX_VALUE);
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
  void send(Connection connection) {
    try {
      if (stream == null) {
        stream = CopyStream.start(connection, chunk.sql(), columns);
        sent = 0;
      }
      stream.write(waiting);
      sent += waiting.size();
      waiting.truncate(0);
    } catch (SQLException e) {
      throw errors.translate(e, chunk, lines);
    }
  }

  /** Sends what waits and ends the COPY; returns how many rows it stored. */
  long end(Connection connection) {
    if (waiting.size() > 0) {
      send(connection);
    }
    if (stream == null) {
      return 0;
    }
    try {
      long stored = stream.end();
      if (stored != lines.count()) {
        throw errors.discarded(lines.count(), stored);
      }
      return stored;
    } catch (SQLException e) {
      throw errors.translate(e, chunk, lines);
    } finally {
      stream = null;
      lines.clear();
      waiting.release();
    }
  }

  /** Gives up a COPY that is going on, so that its connection can roll back. */
  void cancel() {
    if (stream != null) {
      stream.cancel();
    }
  }
}
