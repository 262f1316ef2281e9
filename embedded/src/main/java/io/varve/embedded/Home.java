package io.varve.embedded;

import io.varve.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Set;

/**
 * The layout of a directory that holds a durable server:
 *
 * <pre>
 * server.lock          first file made, by which the directory is known as ours
 * clients/             who uses the server
 * password             of the database user
 * binaries/&lt;version&gt;/  PostgreSQL
 * data/                its data directory
 * log/                 what it says: a file per weekday, and start.log
 * </pre>
 */
final class Home {

  private static final String LOCK = "server.lock";
  private static final Set<String> NOT_CONTENT = Set.of("lost+found");
  private static final int PASSWORD_BYTES = 32;
  private static final Duration BINARIES_KEPT = Duration.ofDays(30);
  private static final Duration LOG_KEPT = Duration.ofDays(6);
  private static final long LOG_BYTES_KEPT = 64L << 20;

  private final Path directory;

  private Home(Path directory) {
    this.directory = directory;
  }

  /**
   * Makes the directory if it is absent.
   *
   * @throws ConfigException if it is not a directory, belongs to somebody else, or holds something
   *     that is not ours
   */
  static Home open(Path path) {
    Path directory = PlainPath.require(path);
    if (Files.exists(directory) && !Files.isDirectory(directory)) {
      throw new ConfigException(
          "%s is a file: expected a directory, or nothing".formatted(directory));
    }
    try {
      if (!Files.exists(directory)) {
        create(directory);
      }
      CurrentUser.requireOwnerOf(directory);
      requireOurs(directory);
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
      return new Home(PlainPath.require(directory.toRealPath()));
    } catch (IOException e) {
      throw Failures.of("directory %s cannot be used".formatted(directory), e);
    }
  }

  private static void create(Path directory) throws IOException {
    Files.createDirectories(directory.getParent());
    Files.createDirectories(directory, FileTree.PRIVATE_DIRECTORY);
  }

  private static void requireOurs(Path directory) throws IOException {
    List<String> names =
        FileTree.list(directory).stream()
            .map(each -> each.getFileName().toString())
            .filter(each -> !NOT_CONTENT.contains(each))
            .sorted()
            .toList();
    if (!names.isEmpty() && !names.contains(LOCK)) {
      throw new ConfigException(
          "%s holds %s: expected an empty directory, or one with a Varve database (known by its %s)"
              .formatted(directory, names.subList(0, Math.min(3, names.size())), LOCK));
    }
  }

  ServerLock lock() {
    return new ServerLock(directory.resolve(LOCK));
  }

  Clients clients() {
    return new Clients(directory.resolve("clients"));
  }

  Path binaries() {
    return directory.resolve("binaries");
  }

  Path data() {
    return directory.resolve("data");
  }

  Path log() {
    return directory.resolve("log");
  }

  /** The password of the database user, made up on first use. */
  String password() {
    Path file = directory.resolve("password");
    try {
      if (!Files.exists(file)) {
        requireNoData(file);
        FileTree.writePrivate(file, newPassword() + "\n");
      }
      String password = Files.readString(file).strip();
      if (password.isEmpty()) {
        throw new ConfigException(
            "%s is empty: expected the password of the database".formatted(file));
      }
      return password;
    } catch (IOException e) {
      throw Failures.of("password file %s cannot be used".formatted(file), e);
    }
  }

  private void requireNoData(Path passwordFile) {
    if (Files.exists(data())) {
      throw new ConfigException(
          "%s is missing: expected the password of the database in %s; restore it from a backup"
              .formatted(passwordFile, data()));
    }
  }

  private static String newPassword() {
    byte[] random = new byte[PASSWORD_BYTES];
    new SecureRandom().nextBytes(random);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
  }

  /** Makes what the server needs and drops what it no longer does; it must not be running. */
  void prepareStart(PostgresInstallation installation) {
    try {
      Files.createDirectories(log());
      for (Path each : FileTree.list(log())) {
        dropIfOutgrown(each);
      }
      touch(installation.directory());
      for (Path each : FileTree.list(binaries())) {
        dropIfUnused(each);
      }
    } catch (IOException e) {
      throw Failures.of("%s cannot be prepared for a start".formatted(directory), e);
    }
  }

  private static void touch(Path path) throws IOException {
    Files.setLastModifiedTime(path, FileTime.from(Instant.now()));
  }

  private static void dropIfUnused(Path binaries) throws IOException {
    if (PostgresBinaries.isUnfinished(binaries) || isOlderThan(BINARIES_KEPT, binaries)) {
      FileTree.delete(binaries);
    }
  }

  /** The server begins a file anew only if it runs on the day its turn comes round. */
  private static void dropIfOutgrown(Path log) throws IOException {
    if (isOlderThan(LOG_KEPT, log) || Files.size(log) > LOG_BYTES_KEPT) {
      Files.delete(log);
    }
  }

  private static boolean isOlderThan(Duration age, Path path) throws IOException {
    return Files.getLastModifiedTime(path).toInstant().isBefore(Instant.now().minus(age));
  }
}
