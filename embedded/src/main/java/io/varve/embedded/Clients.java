package io.varve.embedded;

import io.varve.ConnectionException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * Who uses the server of a directory: one file each, {@code <machine>-<process>-<random>.lock},
 * locked for as long as its process lives. A file whose lock is free was left by a process that
 * died. To be used while the {@link ServerLock} is held.
 */
final class Clients {

  private final Path directory;
  private final Whereabouts here = Whereabouts.here();

  Clients(Path directory) {
    this.directory = directory;
  }

  /** Adds one client; it counts until it leaves or this process ends. */
  Client join() {
    Path file =
        directory.resolve(
            "%s-%s-%s.lock".formatted(here.machine(), here.process(), UUID.randomUUID()));
    try {
      Files.createDirectories(directory);
      FileChannel channel =
          FileChannel.open(
              file,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              FileTree.PRIVATE_FILE);
      channel.lock();
      return new Client(file, channel);
    } catch (IOException e) {
      throw Failures.of("client file %s cannot be made".formatted(file), e);
    }
  }

  boolean isEmpty() {
    return living(any -> true).isEmpty();
  }

  /**
   * Refuses a directory used from another container or machine. Its server cannot be seen from
   * here, and a second one on the same files would destroy them.
   *
   * @throws ConnectionException if it is
   */
  void requireAllHere() {
    List<Path> elsewhere = living(file -> !nameOf(file).startsWith(here.machine() + "-"));
    if (!elsewhere.isEmpty()) {
      throw new ConnectionException(
          "%s is in use from another container or machine (%s): expected that to be closed first"
              .formatted(directory.getParent(), elsewhere.get(0).getFileName()));
    }
  }

  private List<Path> living(Predicate<Path> candidates) {
    try {
      return FileTree.list(directory).stream().filter(candidates).filter(this::isAlive).toList();
    } catch (IOException e) {
      throw Failures.of("clients in %s cannot be listed".formatted(directory), e);
    }
  }

  /**
   * Files of this process are known by their name and must not even be opened: closing them again
   * would give up their locks.
   */
  private boolean isAlive(Path file) {
    if (nameOf(file).startsWith(here.machine() + "-" + here.process() + "-")) {
      return true;
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      if (channel.tryLock() == null) {
        return true;
      }
      Files.delete(file);
      return false;
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      throw Failures.of("client file %s cannot be tried".formatted(file), e);
    }
  }

  private static String nameOf(Path file) {
    return file.getFileName().toString();
  }

  /** One user of the server. */
  static final class Client {

    private final Path file;
    private final FileChannel channel;

    private Client(Path file, FileChannel channel) {
      this.file = file;
      this.channel = channel;
    }

    void leave() {
      try {
        Files.deleteIfExists(file);
        channel.close();
      } catch (IOException e) {
        throw Failures.of("client file %s cannot be deleted".formatted(file), e);
      }
    }
  }
}
