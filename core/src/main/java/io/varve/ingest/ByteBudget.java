package io.varve.ingest;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A bound on the bytes that wait. What alone exceeds it is let in when nothing else is there.
 * Thread-safe.
 */
final class ByteBudget {

  private final long capacity;
  private final AtomicLong used = new AtomicLong();
  private final AtomicInteger waiters = new AtomicInteger();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition freed = lock.newCondition();

  ByteBudget(long capacity) {
    this.capacity = capacity;
  }

  long used() {
    return used.get();
  }

  /** Takes the bytes, if there is room. */
  boolean tryAcquire(long bytes) {
    while (true) {
      long before = used.get();
      if (before > 0 && before + bytes > capacity) {
        return false;
      }
      if (used.compareAndSet(before, before + bytes)) {
        return true;
      }
    }
  }

  /** Takes the bytes, room or not. */
  void acquireBeyond(long bytes) {
    used.addAndGet(bytes);
  }

  /** Takes the bytes, waiting for room so long at most; whether it got them. */
  boolean acquire(long bytes, long nanos) throws InterruptedException {
    if (tryAcquire(bytes)) {
      return true;
    }
    lock.lockInterruptibly();
    waiters.incrementAndGet();
    try {
      long left = nanos;
      while (!tryAcquire(bytes)) {
        if (left <= 0) {
          return false;
        }
        left = freed.awaitNanos(left);
      }
      return true;
    } finally {
      waiters.decrementAndGet();
      lock.unlock();
    }
  }

  void release(long bytes) {
    used.addAndGet(-bytes);
    if (waiters.get() > 0) {
      lock.lock();
      try {
        freed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }
}
