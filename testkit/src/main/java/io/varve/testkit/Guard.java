package io.varve.testkit;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A temporary directory with a server's data in it, and the process that removes both.
 *
 * <p>The guard process waits at a pipe from this one. The pipe closes when the guard is closed, and
 * also when this process ends in any other way, a SIGKILL included; then the guard stops the
 * server, gives its shared memory and disk back and deletes the directory. So there is one way to
 * clean up, whatever happened.
 */
final class Guard implements AutoCloseable {

  private static final String SCRIPT =
      """
      trap '' HUP INT TERM
      read -r closed
      home=$1
      pidfile=$2/postmaster.pid
      data=$2
      # An id may have been given to another process, even since the last look.
      is_server() { [ -n "$pid" ] && [ "$(readlink "/proc/$pid/cwd" 2>/dev/null)" = "$data" ]; }
      pid=$(sed -n 1p "$pidfile" 2>/dev/null)
      if is_server; then
        kill -QUIT "$pid" 2>/dev/null
        for i in $(seq 100); do is_server && sleep 0.1 || break; done
        is_server && kill -KILL "$pid" 2>/dev/null
      fi
      segment=$(sed -n '7s/.* //p' "$pidfile" 2>/dev/null) && ipcrm -m "$segment" 2>/dev/null
      for i in $(seq 50); do
        mountpoint -q "$home/disk" && umount "$home/disk"
        rm -rf "$home" && exit 0
        sleep 0.1
      done
      exit 1
      """;

  private final Path home;
  private final Process process;

  private Guard(Path home) throws IOException {
    this.home = home;
    Files.createDirectory(disk());
    this.process =
        new ProcessBuilder("sh", "-c", SCRIPT, "guard", home.toString(), data().toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
  }

  static Guard onTemporaryDirectory() {
    try {
      return new Guard(Files.createTempDirectory("varve-test-").toRealPath());
    } catch (IOException e) {
      throw new UncheckedIOException("no temporary directory for a server", e);
    }
  }

  Path home() {
    return home;
  }

  /** Where the server's data goes; made by the server. */
  Path data() {
    return disk().resolve("data");
  }

  private Path disk() {
    return home.resolve("disk");
  }

  /** Puts the data on a disk of its own. */
  void mountDisk(int megabytes) throws IOException {
    String options = "size=" + megabytes + "m,mode=700";
    Process mount =
        new ProcessBuilder(
                List.of("mount", "-t", "tmpfs", "-o", options, "none", disk().toString()))
            .redirectErrorStream(true)
            .start();
    String said = new String(mount.getInputStream().readAllBytes());
    if (Processes.exitCode(mount) != 0) {
      throw new IOException(said.strip());
    }
  }

  void fillDisk() {
    byte[] block = new byte[64 * 1024];
    try {
      try (OutputStream file = Files.newOutputStream(filler())) {
        while (space() > 0) {
          file.write(block);
        }
      } catch (IOException e) {
        if (space() > 0) {
          throw e;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the disk of " + home + " cannot be filled", e);
    }
  }

  private long space() throws IOException {
    return Files.getFileStore(disk()).getUsableSpace();
  }

  void freeDisk() {
    try {
      Files.deleteIfExists(filler());
    } catch (IOException e) {
      throw new UncheckedIOException("the disk of " + home + " cannot be freed", e);
    }
  }

  private Path filler() {
    return disk().resolve("filler");
  }

  @Override
  public void close() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      throw new UncheckedIOException("the guard of " + home + " is gone", e);
    }
    if (Processes.exitCode(process) != 0) {
      throw new IllegalStateException("cleaning up " + home + " failed");
    }
  }
}
