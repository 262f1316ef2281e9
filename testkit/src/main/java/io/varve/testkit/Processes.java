package io.varve.testkit;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Waits for processes in the calling thread. {@code onExit} would answer from the common pool,
 * which the test itself may keep busy.
 */
final class Processes {

  private static final Duration PAUSE = Duration.ofMillis(5);

  private Processes() {}

  static int exitCode(Process process) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return process.waitFor();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  static void awaitEnd(ProcessHandle process) {
    while (process.isAlive()) {
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }
}
