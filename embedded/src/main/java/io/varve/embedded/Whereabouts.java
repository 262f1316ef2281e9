package io.varve.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/**
 * Where a process runs.
 *
 * @param boot one boot of one machine
 * @param container the processes that can see each other there
 * @param process one process only, even after its id has been given to another
 */
record Whereabouts(String boot, String container, String process) {

  private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
  private static final Path CONTAINER = Path.of("/proc/self/ns/pid");

  static Whereabouts here() {
    ProcessHandle self = ProcessHandle.current();
    long started = self.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    try {
      return new Whereabouts(
          Files.readString(BOOT).strip(),
          Files.readSymbolicLink(CONTAINER).toString(),
          self.pid() + "." + started);
    } catch (IOException e) {
      throw Failures.of("this machine and container cannot be told from others", e);
    }
  }

  /** The same for all processes that can see each other, as a part of a file name. */
  String machine() {
    return Integer.toHexString((boot + container).hashCode());
  }
}
