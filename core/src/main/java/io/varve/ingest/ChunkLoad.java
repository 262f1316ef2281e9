package io.varve.ingest;

import io.varve.backend.Backend.ChunkTarget;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Function;
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
final class ChunkLoad<T> implements RowLoad<T> {

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
  private final Function<ChunkTarget, ChunkRows<T>> opener;
  private final Chunks chunks;
  private final Limits limits;

  private final NavigableMap<Long, ChunkRows<T>> copies = new TreeMap<>();
  private @Nullable ChunkRows<T> latest;
  private @Nullable ChunkRows<T> streaming;
  private long waiting;
  private long written;

  /**
   * @param opener how a chunk's rows are sent
   */
  ChunkLoad(
      RowCodec<T> codec, Function<ChunkTarget, ChunkRows<T>> opener, Chunks chunks, Limits limits) {
    this.codec = codec;
    this.opener = opener;
    this.chunks = chunks;
    this.limits = limits;
  }

  @Override
  public void add(T row, long index) throws SQLException {
    ChunkRows<T> copy = copy(codec.time(row));
    waiting += copy.add(codec, row, index);
    if ((streaming == null || streaming == copy) && copy.waiting() >= limits.send()) {
      send(copy);
    } else if (waiting > limits.backlog()) {
      send(largest());
    }
  }

  @Override
  public long finish() {
    endStream();
    for (ChunkRows<T> copy : copies.values()) {
      written += copy.end();
    }
    return written;
  }

  @Override
  public void cancel() {
    copies.values().forEach(ChunkRows::cancel);
  }

  private ChunkRows<T> copy(long time) throws SQLException {
    ChunkRows<T> copy = latest;
    if (copy == null || !copy.holds(time)) {
      Map.Entry<Long, ChunkRows<T>> before = copies.floorEntry(time);
      copy = before != null && before.getValue().holds(time) ? before.getValue() : open(time);
      latest = copy;
    }
    return copy;
  }

  private ChunkRows<T> open(long time) throws SQLException {
    endStream();
    ChunkTarget chunk = chunks.at(time);
    ChunkRows<T> copy = opener.apply(chunk);
    copies.put(chunk.start(), copy);
    return copy;
  }

  private void send(ChunkRows<T> copy) {
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
      ChunkRows<T> ending = streaming;
      streaming = null;
      waiting -= ending.waiting();
      written += ending.end();
    }
  }

  private ChunkRows<T> largest() {
    return copies.values().stream().max(Comparator.comparingInt(ChunkRows::waiting)).orElseThrow();
  }
}
