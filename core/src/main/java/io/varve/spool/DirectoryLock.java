package io.varve.spool;

import io.varve.ConfigException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The right to use a directory, which one object at a time has.
 *
 * <p>Between processes a locked file decides. Within one it would not do: a file's lock belongs to
 * the process and is lost when any channel on the file is closed, so whoever is second must not
 * even open it. What this process uses is noted in the system properties, the one table that all
 * class loaders of a process share.
 */
final class DirectoryLock implements AutoCloseable {

  private static final String NOTE = "io.varve.spool in use: ";

  private final Path directory;
  private final FileChannel channel;

  private DirectoryLock(Path directory, FileChannel channel) {
    this.directory = directory;
    this.channel = channel;
  }

  /**
   * @param directory its real path
   * @throws ConfigException if somebody else uses it
   */
  static DirectoryLock of(Path directory) throws IOException {
    if (System.getProperties().putIfAbsent(NOTE + directory, "") != null) {
      throw inUse(directory, "another ingester of this process");
    }
    boolean locked = false;
    try {
      FileChannel channel = Disk.uninterrupted(() -> locked(directory.resolve("lock")));
      if (channel == null) {
        throw inUse(directory, "another process");
      }
      locked = true;
      return new DirectoryLock(directory, channel);
    } finally {
      if (!locked) {
        System.getProperties().remove(NOTE + directory);
      }
    }
  }

  private static ConfigException inUse(Path directory, String by) {
    return new ConfigException(
        "spool %s is used by %s; expected a directory for each ingester".formatted(directory, by));
  }

  /** Null if another process has it. */
  private static @Nullable FileChannel locked(Path file) throws IOException {
    Disk.open(file).close();
    FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
    FileLock lock = null;
    try {
      lock = channel.tryLock();
      return lock == null ? null : channel;
    } finally {
      if (lock == null) {
        channel.close();
      }
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
    System.getProperties().remove(NOTE + directory);
  }
}
