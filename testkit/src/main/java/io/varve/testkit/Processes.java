package io.varve.testkit;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Waits for processes in the calling thread. {@code onExit} would answer from the common pool,
 * which the test itself may keep busy.
 */
final class Processes {

  private static final Duration PAUSE = Duration.ofMillis(5);

  private Processes() {}

  static int exitCode(Process process) {
    await(() -> !process.isAlive());
    return process.exitValue();
  }

  static void awaitEnd(ProcessHandle process) {
    await(() -> !process.isAlive());
  }

  private static void await(BooleanSupplier ended) {
    while (!ended.getAsBoolean()) {
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }
}
