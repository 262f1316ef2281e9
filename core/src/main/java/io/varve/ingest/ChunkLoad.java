package io.varve.ingest;

import io.varve.backend.Backend.ChunkTarget;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Splits the rows of one load by chunk and sends each chunk's rows by COPY.
 *
 * <p>A connection can have one COPY at a time, so one chunk's rows <em>stream</em>: they are sent
 * whenever 64 KiB have come together. The rows of other chunks wait. When what waits exceeds the
 * budget, the chunk with the most is sent, and streams from then on. So sorted rows pass straight
 * through, and interleaved ones change the chunk once per some hundred KiB; memory stays within the
 * budget whatever the order.
 *
 * <p>The driver looks at the server's answer only when a COPY ends. So none is longer than some
 * megabytes: a refused row stops the load soon, and what must be remembered to name it is bounded.
 *
 * <p>Not thread-safe; used within one transaction, which the caller ends.
 */
final class ChunkLoad<T> {

  /** Where the rows of a time go; called while no COPY is going on. */
  @FunctionalInterface
  interface Chunks {
    ChunkTarget at(long time) throws SQLException;
  }

  /**
   * In bytes.
   *
   * @param send what is sent at once
   * @param backlog what may wait in memory
   * @param copy what one COPY sends before it is ended
   */
  record Limits(long send, long backlog, long copy) {
    static final Limits DEFAULT = new Limits(64L << 10, 8L << 20, 16L << 20);
  }

  private final RowCodec<T> codec;
  private final Copy.Starter starter;
  private final RowErrors errors;
  private final Chunks chunks;
  private final Limits limits;

  private final NavigableMap<Long, ChunkCopy> copies = new TreeMap<>();
  private @Nullable ChunkCopy latest;
  private @Nullable ChunkCopy streaming;
  private long waiting;
  private long written;

  ChunkLoad(
      RowCodec<T> codec, Copy.Starter starter, RowErrors errors, Chunks chunks, Limits limits) {
    this.codec = codec;
    this.starter = starter;
    this.errors = errors;
    this.chunks = chunks;
    this.limits = limits;
  }

  /** Takes the row of that index; a row that is refused leaves nothing behind. */
  void add(T row, long index) throws SQLException {
    ChunkCopy copy = copy(codec.time(row));
    waiting += copy.add(codec, row, index);
    if ((streaming == null || streaming == copy) && copy.waiting() >= limits.send()) {
      send(copy);
    } else if (waiting > limits.backlog()) {
      send(largest());
    }
  }

  /** Sends what is left; returns how many rows the server stored in all. */
  long finish() {
    endStream();
    for (ChunkCopy copy : copies.values()) {
      written += copy.end();
    }
    return written;
  }

  /** Gives up what is going on, so that the connection can roll back. */
  void cancel() {
    copies.values().forEach(ChunkCopy::cancel);
  }

  private ChunkCopy copy(long time) throws SQLException {
    ChunkCopy copy = latest;
    if (copy == null || !copy.holds(time)) {
      Map.Entry<Long, ChunkCopy> before = copies.floorEntry(time);
      copy = before != null && before.getValue().holds(time) ? before.getValue() : open(time);
      latest = copy;
    }
    return copy;
  }

  private ChunkCopy open(long time) throws SQLException {
    endStream();
    ChunkTarget chunk = chunks.at(time);
    ChunkCopy copy = new ChunkCopy(chunk, starter, errors);
    copies.put(chunk.start(), copy);
    return copy;
  }

  private void send(ChunkCopy copy) {
    if (streaming != copy) {
      endStream();
      streaming = copy;
    }
    waiting -= copy.waiting();
    copy.send();
    if (copy.sent() >= limits.copy()) {
      endStream();
    }
  }

  private void endStream() {
    if (streaming != null) {
      ChunkCopy ending = streaming;
      streaming = null;
      waiting -= ending.waiting();
      written += ending.end();
    }
  }

  private ChunkCopy largest() {
    return copies.values().stream().max(Comparator.comparingInt(ChunkCopy::waiting)).orElseThrow();
  }
}
