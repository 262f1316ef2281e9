package io.varve.spool;

import io.varve.CapacityException;
import io.varve.ClosedException;
import io.varve.ConfigException;
import io.varve.InDoubtException;
import io.varve.VarveException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Internal: an append-only log of batches on local disk, read in the order they were appended. A
 * batch is on the disk when {@link #append} returns. Thread-safe; a directory has one user at a
 * time.
 *
 * <p>The log is cut into segments, one file each. Which batches of a segment have been replayed is
 * written down only when the log is closed: whoever replays them must recognise one that comes
 * again after a crash. When all of them have been, {@link #removeReplayed} deletes the file and
 * tells their names.
 */
public final class SpoolLog implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SpoolLog.class);

  private static final long MOST_PER_SEGMENT = 16L << 20;
  private static final int LEAST_SEGMENTS = 8;

  private final Path directory;
  private final String table;
  private final long maxBytes;
  private final long segmentBytes;
  private final DirectoryLock directoryLock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Segment> segments = new ArrayDeque<>();
  private final List<String> removed = new ArrayList<>();
  private @Nullable Segment active;
  private @Nullable SpoolBatch head;
  private long lastNumber;
  private boolean closed;
  private volatile SpoolState state;

  private SpoolLog(
      Path directory,
      String table,
      long maxBytes,
      DirectoryLock directoryLock,
      SpoolRecovery recovery) {
    this.directory = directory;
    this.table = table;
    this.maxBytes = maxBytes;
    this.segmentBytes = Math.min(MOST_PER_SEGMENT, maxBytes / LEAST_SEGMENTS);
    this.directoryLock = directoryLock;
    this.segments.addAll(recovery.segments());
    this.lastNumber = recovery.lastNumber();
    this.state = recovery.state();
  }

  /**
   * Opens the log and looks at every batch in it.
   *
   * @param directory made if it is not there
   * @param maxBytes what the log may take on disk, replayed batches of a segment included
   * @param table what the rows are of; a log of anything else is refused
   * @throws ConfigException if somebody else uses the directory, if it holds rows of another table,
   *     or if it cannot be used
   */
  public static SpoolLog open(Path directory, long maxBytes, String table) {
    try {
      Path real = Disk.directory(directory);
      DirectoryLock directoryLock = DirectoryLock.of(real);
      try {
        SpoolRecovery recovery = new SpoolRecovery(real, table);
        recovery.run();
        return new SpoolLog(real, table, maxBytes, directoryLock, recovery);
      } catch (IOException | RuntimeException | Error e) {
        directoryLock.close();
        throw e;
      }
    } catch (IOException e) {
      throw new ConfigException(
          "spool %s cannot be used: %s; expected a directory to read and write"
              .formatted(directory, e),
          null,
          e);
    }
  }

  /** What is there now; does not wait for the disk. */
  public SpoolState state() {
    return state;
  }

  /**
   * Appends the batch, which is on the disk on return.
   *
   * @throws CapacityException if there is no room or it cannot be written; nothing of it is kept
   * @throws InDoubtException if it cannot be written, and what may have been written of it cannot
   *     be cut off: it may be found when the log is opened again
   */
  public void append(SpoolBatch batch) {
    lock.lock();
    try {
      requireOpen();
      cutTail();
      segmentFor(batch).append(batch);
      head = state.batches() == 0 ? batch : head;
      publish(1, batch.rows());
    } catch (IOException e) {
      throw failed(e);
    } finally {
      lock.unlock();
    }
  }

  /** Nothing of a batch that was not appended may be found later: its rows were not accepted. */
  private VarveException failed(IOException e) {
    try {
      cutTail();
      return new CapacityException(
          "spool %s cannot be written: %s; free space on its disk".formatted(directory, e),
          null,
          e);
    } catch (IOException again) {
      e.addSuppressed(again);
      return new InDoubtException(
          "spool %s cannot be written, nor what was written be cut off: %s; check its disk"
              .formatted(directory, e),
          null,
          e);
    }
  }

  private void cutTail() throws IOException {
    if (active != null && active.hasTail()) {
      active.cutTail();
    }
  }

  private Segment segmentFor(SpoolBatch batch) throws IOException {
    long length = SegmentFormat.lengthOf(batch);
    Segment current = active;
    if (current != null && (current.isEmpty() || current.size() + length <= segmentBytes)) {
      requireRoom(length);
      return current;
    }
    SegmentFormat format = new SegmentFormat(table, lastNumber + 1);
    requireRoom(format.headerLength() + length);
    if (current != null) {
      current.close();
      active = null;
    }
    Segment next = Segment.create(SpoolRecovery.segment(directory, lastNumber + 1), format);
    lastNumber++;
    active = next;
    segments.add(next);
    return next;
  }

  private void requireRoom(long bytes) {
    long used = bytes();
    if (used + bytes > maxBytes) {
      throw new CapacityException(
          "spool %s is full: it takes %d bytes and a batch %d more; expected at most %d"
              .formatted(directory, used, bytes, maxBytes));
    }
  }

  /**
   * The oldest batch that is not replayed; the same until {@link #pass} is called.
   *
   * @throws CapacityException if it cannot be read
   */
  public Optional<SpoolBatch> head() {
    lock.lock();
    try {
      requireOpen();
      if (head == null && state.batches() > 0) {
        head = unreplayed().head();
        publish(0, 0);
      }
      return Optional.ofNullable(head);
    } catch (IOException e) {
      throw new CapacityException(
          "spool %s cannot be read: %s; check its disk".formatted(directory, e), null, e);
    } finally {
      lock.unlock();
    }
  }

  private Segment unreplayed() {
    return segments.stream().filter(segment -> !segment.isReplayed()).findFirst().orElseThrow();
  }

  /** The {@link #head} has been replayed. */
  public void pass() {
    pass(() -> {});
  }

  /** The same; the step is run before anybody can see it. */
  public void pass(Runnable step) {
    lock.lock();
    try {
      requireOpen();
      SpoolBatch passed = head().orElseThrow();
      unreplayed().pass(passed);
      head = null;
      step.run();
      publish(-1, -passed.rows());
    } finally {
      lock.unlock();
    }
  }

  /**
   * Deletes the files whose batches have all been replayed; it is certain on return that they do
   * not come back. Returns the names of their batches, for which nobody will ask any more.
   *
   * @throws CapacityException if that fails; their names come another time
   */
  public List<String> removeReplayed() {
    lock.lock();
    try {
      requireOpen();
      while (!segments.isEmpty() && segments.element().isReplayed()) {
        remove(segments.element());
      }
      if (!removed.isEmpty()) {
        Disk.sync(directory);
      }
      List<String> names = List.copyOf(removed);
      removed.clear();
      return names;
    } catch (IOException e) {
      throw new CapacityException(
          "spool %s: replayed batches cannot be deleted: %s; check its disk"
              .formatted(directory, e),
          null,
          e);
    } finally {
      publish(0, 0);
      lock.unlock();
    }
  }

  private void remove(Segment segment) throws IOException {
    segment.close();
    active = segment == active ? null : active;
    Files.deleteIfExists(segment.path());
    segments.remove();
    removed.addAll(segment.replayed());
  }

  /** Waits until there is a batch to replay; false once the log is closed. */
  public boolean awaitBatch() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!closed && state.batches() == 0) {
        changed.await();
      }
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until something has been appended, replayed or removed, so long at most. */
  public void awaitChange(long nanos) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      changed.awaitNanos(nanos);
    } finally {
      lock.unlock();
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new ClosedException("spool " + directory + " has been closed");
    }
  }

  private long bytes() {
    return segments.stream().mapToLong(Segment::size).sum();
  }

  private void publish(int batches, int rows) {
    SpoolState before = state;
    long left = before.batches() + batches;
    Optional<Instant> oldest = head == null ? before.oldest() : Optional.of(head.spooledAt());
    state =
        new SpoolState(
            left,
            before.rows() + rows,
            bytes(),
            left == 0 ? Optional.empty() : oldest,
            before.bytesCut(),
            before.damaged());
    changed.signalAll();
  }

  /** Lets others use the directory; what is in it stays. */
  @Override
  public void close() {
    lock.lock();
    try {
      if (!closed) {
        closed = true;
        changed.signalAll();
        closeFiles();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("spool %s: %s".formatted(directory, e.getMessage()), e);
    } finally {
      lock.unlock();
    }
  }

  /** A mark that cannot be written costs only that batches are replayed once more. */
  private void mark() {
    Optional<ReplayMark> mark = segments.isEmpty() ? Optional.empty() : segments.element().mark();
    try {
      if (mark.isPresent()) {
        mark.get().write(directory);
      } else {
        ReplayMark.delete(directory);
      }
    } catch (IOException e) {
      LOG.warn("spool {}: what is replayed cannot be marked, and comes again: {}", directory, e);
    }
  }

  private void closeFiles() throws IOException {
    try {
      if (active != null) {
        active.close();
      }
      mark();
    } finally {
      directoryLock.close();
    }
  }
}
