package io.varve.ingest;

/** Breaks off one attempt, made by the thread that makes this object, if it takes too long. */
final class TimeLimit {

  private final Thread thread = Thread.currentThread();
  private final Cancellation attempt;
  private boolean passed;
  private boolean ended;

  TimeLimit(Cancellation attempt) {
    this.attempt = attempt;
  }

  /** The time is over: breaks the attempt's connection, or its waiting for one. */
  synchronized void pass() {
    if (!ended) {
      passed = true;
      attempt.breakOff();
      thread.interrupt();
    }
  }

  /** The attempt is over; whether it was broken off. Called by the thread that made it. */
  synchronized boolean end() {
    if (!ended && passed) {
      // The interrupt was this object's: it has had its effect.
      Thread.interrupted();
    }
    ended = true;
    return passed;
  }
}
