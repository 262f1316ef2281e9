package io.varve.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/**
 * Where a process runs, as a part of a file name.
 *
 * @param machine the same for all processes that can see each other: those of one boot of one
 *     machine, in one container
 * @param process the same for one process only, even after its id has been given to another
 */
record Whereabouts(String machine, String process) {

  private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
  private static final Path CONTAINER = Path.of("/proc/self/ns/pid");

  static Whereabouts here() {
    ProcessHandle self = ProcessHandle.current();
    long started = self.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    return new Whereabouts(machineName(), self.pid() + "." + started);
  }

  private static String machineName() {
    try {
      String name = Files.readString(BOOT).strip() + Files.readSymbolicLink(CONTAINER);
      return Integer.toHexString(name.hashCode());
    } catch (IOException e) {
      throw Failures.of("this machine and container cannot be told from others", e);
    }
  }
}
