package io.varve.spool;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Files that are on the disk on return, readable by their owner alone. Nothing here is disturbed by
 * an interrupt, which would close a {@link FileChannel} in the middle of its work.
 */
final class Disk {

  private static final boolean POSIX =
      FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

  /** A step with channels. */
  @FunctionalInterface
  interface Step<R> {
    R run() throws IOException;
  }

  private Disk() {}

  /** Makes the directory, and those above it, if it is not there; returns its real path. */
  static Path directory(Path path) throws IOException {
    Deque<Path> parents = new ArrayDeque<>();
    Path parent = path.toAbsolutePath();
    while (!Files.exists(parent) && parent.getParent() != null) {
      parent = parent.getParent();
      parents.push(parent);
    }
    Files.createDirectories(path, mode("rwx------"));
    for (Path made : parents) {
      sync(made);
    }
    return path.toRealPath();
  }

  /** Makes a file in the place of any that is there. */
  static RandomAccessFile create(Path path) throws IOException {
    Files.deleteIfExists(path);
    return open(path);
  }

  /** Opens a file for reading and writing, makes it if it is not there. */
  static RandomAccessFile open(Path path) throws IOException {
    if (!Files.exists(path)) {
      Files.createFile(path, mode("rw-------"));
    }
    return new RandomAccessFile(path.toFile(), "rw");
  }

  private static FileAttribute<?>[] mode(String mode) {
    return POSIX
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))
        }
        : new FileAttribute<?>[0];
  }

  static byte[] read(Path path) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
      return read(file, 0, Math.toIntExact(file.length()));
    }
  }

  static byte[] read(RandomAccessFile file, long at, int length) throws IOException {
    byte[] bytes = new byte[length];
    file.seek(at);
    file.readFully(bytes);
    return bytes;
  }

  /** Writes a whole file. */
  static void write(Path path, byte[] bytes) throws IOException {
    try (RandomAccessFile file = create(path)) {
      file.write(bytes);
      file.getFD().sync();
    }
  }

  static void truncate(Path path, long length) throws IOException {
    try (RandomAccessFile file = open(path)) {
      file.setLength(length);
      file.getFD().sync();
    }
  }

  /** Makes what was created, renamed and deleted in a directory durable. */
  static void sync(Path directory) throws IOException {
    if (POSIX) {
      uninterrupted(
          () -> {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
              channel.force(true);
              return true;
            }
          });
    }
  }

  /** Runs the step again if an interrupt ends it; the thread stays interrupted. */
  static <R> R uninterrupted(Step<R> step) throws IOException {
    boolean interrupted = false;
    try {
      while (true) {
        interrupted |= Thread.interrupted();
        try {
          return step.run();
        } catch (ClosedByInterruptException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
