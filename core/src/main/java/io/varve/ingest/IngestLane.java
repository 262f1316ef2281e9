package io.varve.ingest;

import io.varve.ingest.IngestBatch.Waiting;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * The rows that wait for one worker, in the order they came. A batch is ready when there are enough
 * rows or bytes, when the oldest row has lingered, or when somebody waits for it. Thread-safe.
 */
final class IngestLane<T> {

  /**
   * When a batch is ready.
   *
   * @param linger in nanoseconds
   */
  record Limits(int rows, long bytes, long linger) {}

  private final Limits limits;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Condition settledMore = lock.newCondition();
  private final Deque<Waiting<T>> queue = new ArrayDeque<>();
  private long queuedBytes;
  private long put;
  private long flightStart;
  private int flying;
  private long urgent;
  private boolean closing;
  private boolean abandoned;

  IngestLane(Limits limits) {
    this.limits = limits;
  }

  /** Takes a row; whether it did, which it does until it is closed. */
  boolean add(Waiting<T> row) {
    lock.lock();
    try {
      if (closing) {
        return false;
      }
      queue.add(row);
      queuedBytes += row.bytes();
      put++;
      if (queue.size() == 1 || isFull()) {
        changed.signal();
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * The next rows to write, waiting for them; none once the lane is closed and empty.
   *
   * @param taken is given the rows before anybody can see that they have left the lane: so whoever
   *     looks at the lane first and then at what is being written misses none
   */
  List<Waiting<T>> take(Consumer<List<Waiting<T>>> taken) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!isReady()) {
        if (queue.isEmpty()) {
          changed.await();
        } else {
          changed.awaitNanos(lingering());
        }
      }
      List<Waiting<T>> rows = new ArrayList<>(Math.min(queue.size(), limits.rows()));
      long bytes = 0;
      while (!queue.isEmpty() && rows.size() < limits.rows() && bytes < limits.bytes()) {
        Waiting<T> row = queue.remove();
        bytes += row.bytes();
        rows.add(row);
      }
      queuedBytes -= bytes;
      flightStart = head() - rows.size();
      flying = rows.size();
      taken.accept(rows);
      return rows;
    } finally {
      lock.unlock();
    }
  }

  private boolean isReady() {
    return closing || isFull() || !queue.isEmpty() && (head() < urgent || lingering() <= 0);
  }

  /** How many rows came before the first that waits. */
  private long head() {
    return put - queue.size();
  }

  /** How many rows came before the first of which it is not known what became of it. */
  private long unsettled() {
    return flying > 0 ? flightStart : head();
  }

  private boolean isFull() {
    return queue.size() >= limits.rows() || queuedBytes >= limits.bytes();
  }

  private long lingering() {
    return queue.isEmpty()
        ? limits.linger()
        : queue.element().since() + limits.linger() - System.nanoTime();
  }

  /** It is known what became of so many of the rows taken last. */
  void settle(int rows) {
    lock.lock();
    try {
      flying -= rows;
      settledMore.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Writes what is there without lingering; returns what {@link #awaitSettled} takes. */
  long hurry() {
    lock.lock();
    try {
      urgent = put;
      changed.signal();
      return put;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until it is known what became of the first so many rows, or nobody writes any more. */
  void awaitSettled(long rows) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (unsettled() < rows && !abandoned) {
        settledMore.await();
      }
    } finally {
      lock.unlock();
    }
  }

  /** When the row that has waited longest came, if any waits. */
  OptionalLong oldest() {
    lock.lock();
    try {
      return queue.isEmpty() ? OptionalLong.empty() : OptionalLong.of(queue.element().since());
    } finally {
      lock.unlock();
    }
  }

  /** Takes the row out that has waited longest, if any waits; it counts as settled. */
  List<Waiting<T>> removeOldest() {
    return remove(1);
  }

  /** Takes all rows out; they count as settled. */
  List<Waiting<T>> removeAll() {
    return remove(Integer.MAX_VALUE);
  }

  private List<Waiting<T>> remove(int most) {
    lock.lock();
    try {
      List<Waiting<T>> rows = new ArrayList<>();
      while (!queue.isEmpty() && rows.size() < most) {
        Waiting<T> row = queue.remove();
        queuedBytes -= row.bytes();
        rows.add(row);
      }
      settledMore.signalAll();
      return rows;
    } finally {
      lock.unlock();
    }
  }

  /** Nobody takes rows out any more: none come in, and nobody waits for them. */
  void abandon() {
    lock.lock();
    try {
      closing = true;
      abandoned = true;
      settledMore.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Takes no more rows; what is there is still handed out. */
  void close() {
    lock.lock();
    try {
      closing = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
