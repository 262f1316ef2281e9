package io.varve.testkit;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** What a proxy does to what passes through it. Thread-safe. */
final class Disturbance {

  /** What becomes of a connection that commits. */
  enum Fate {
    PASSES,
    /** The server never gets the COMMIT. */
    CUT_BEFORE,
    /** The client never gets the answer. */
    CUT_AFTER
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final LongAdder roundTrips = new LongAdder();
  private final LongAdder copies = new LongAdder();
  private volatile Duration toServer = Duration.ZERO;
  private volatile Duration toClient = Duration.ZERO;
  private volatile boolean refusing;
  private volatile boolean silent;
  private int cutsBefore;
  private int cutsAfter;

  void delay(Duration towardsServer, Duration towardsClient) {
    toServer = towardsServer;
    toClient = towardsClient;
  }

  void delayToServer() {
    wait(toServer);
  }

  void delayToClient() {
    wait(toClient);
  }

  private static void wait(Duration delay) {
    long end = System.nanoTime() + delay.toNanos();
    for (long left = delay.toNanos(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  void refuse(boolean now) {
    refusing = now;
  }

  boolean isRefusing() {
    return refusing;
  }

  void silence(boolean now) {
    lock.lock();
    try {
      silent = now;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Lets those who wait look whether it is over for them. */
  void wake() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until bytes pass again, or it is over. */
  void awaitPassage(BooleanSupplier over) {
    if (!silent) {
      return;
    }
    lock.lock();
    try {
      while (silent && !over.getAsBoolean()) {
        changed.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  void cutCommits(int before, int after) {
    lock.lock();
    try {
      cutsBefore = before;
      cutsAfter = after;
    } finally {
      lock.unlock();
    }
  }

  /** Decides about a commit that is about to pass. */
  Fate commit() {
    lock.lock();
    try {
      if (cutsBefore > 0) {
        cutsBefore--;
        return Fate.CUT_BEFORE;
      }
      if (cutsAfter > 0) {
        cutsAfter--;
        return Fate.CUT_AFTER;
      }
      return Fate.PASSES;
    } finally {
      lock.unlock();
    }
  }

  int cutsLeft() {
    lock.lock();
    try {
      return cutsBefore + cutsAfter;
    } finally {
      lock.unlock();
    }
  }

  void countRoundTrip() {
    roundTrips.increment();
  }

  long roundTrips() {
    return roundTrips.sum();
  }

  void countCopy() {
    copies.increment();
  }

  long copies() {
    return copies.sum();
  }
}
