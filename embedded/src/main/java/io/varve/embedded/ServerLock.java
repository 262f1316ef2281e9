package io.varve.embedded;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The lock under which processes decide to start or stop the server of a directory. The system
 * releases it with the process that holds it, however that ends. Thread-safe, not reentrant.
 */
final class ServerLock {

  private final Path file;
  private final Object withinThisProcess;

  /**
   * @param file its real path, so that all spellings meet
   */
  ServerLock(Path file) {
    this.file = file;
    // A file lock belongs to the process: closing any channel on the file gives it up. Threads must
    // therefore take turns before they open it, whichever class loader this class came through. An
    // interned string is the one object all of them share.
    this.withinThisProcess = ("io.varve.embedded " + file).intern();
  }

  /**
   * Does the work while no other thread or process does.
   *
   * @throws io.varve.DeadlineException if another process holds the lock for longer than that
   */
  <T extends @Nullable Object> T whileHeld(Duration patience, Supplier<T> work) {
    synchronized (withinThisProcess) {
      try (FileChannel channel =
          FileChannel.open(
              file,
              Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
              FileTree.PRIVATE_FILE)) {
        acquire(channel, Deadline.after(patience));
        return work.get();
      } catch (IOException e) {
        throw Failures.of("lock file %s cannot be used".formatted(file), e);
      }
    }
  }

  /** The same for work without a result. */
  void whileHeld(Duration patience, Runnable work) {
    this.<@Nullable Void>whileHeld(
        patience,
        () -> {
          work.run();
          return null;
        });
  }

  private void acquire(FileChannel channel, Deadline deadline) throws IOException {
    while (channel.tryLock() == null) {
      deadline.pauseFor("%s, held by a process that starts or stops the server".formatted(file));
    }
  }
}
