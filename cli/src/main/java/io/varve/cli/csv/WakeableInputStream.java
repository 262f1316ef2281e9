package io.varve.cli.csv;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * A pipe whose reader can be interrupted: another thread waits for the bytes, which may not come
 * for a long time. One thread reads.
 */
final class WakeableInputStream extends InputStream {

  private static final int CHUNK = 64 * 1024;
  private static final int MOST_CHUNKS = 8;

  /** What the other thread has read; no bytes stand for the end. */
  private record Chunk(byte[] bytes, @Nullable IOException failure) {}

  private final InputStream pipe;
  private final BlockingQueue<Chunk> chunks = new LinkedBlockingQueue<>(MOST_CHUNKS);
  private @Nullable Thread pump;
  private Chunk current = new Chunk(new byte[0], null);
  private int at;
  private boolean ended;

  WakeableInputStream(InputStream pipe) {
    this.pipe = pipe;
  }

  private void pump() {
    try {
      Chunk chunk;
      do {
        chunk = readPipe();
        chunks.put(chunk);
      } while (chunk.bytes().length > 0);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // nobody reads any more
    }
  }

  private Chunk readPipe() {
    byte[] bytes = new byte[CHUNK];
    try {
      int read = pipe.read(bytes);
      return new Chunk(read <= 0 ? new byte[0] : Arrays.copyOf(bytes, read), null);
    } catch (IOException e) {
      return new Chunk(new byte[0], e);
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (at == current.bytes().length && !ended) {
      next();
    }
    if (ended) {
      return -1;
    }
    int count = Math.min(length, current.bytes().length - at);
    System.arraycopy(current.bytes(), at, buffer, offset, count);
    at += count;
    return count;
  }

  private void next() throws IOException {
    if (pump == null) {
      pump = new Thread(this::pump, "varve-input");
      pump.setDaemon(true);
      pump.start();
    }
    try {
      current = chunks.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
    at = 0;
    ended = current.bytes().length == 0;
    if (current.failure() != null) {
      throw current.failure();
    }
  }

  @Override
  public int available() {
    return current.bytes().length - at;
  }

  /** A thread that waits for the pipe would be waited for: then it is left to the process's end. */
  @Override
  public void close() throws IOException {
    if (pump != null) {
      pump.interrupt();
    }
    if (pump == null || ended) {
      pipe.close();
    }
  }
}
