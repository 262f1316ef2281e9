package io.varve.testkit;

import io.varve.jdbc.Identifiers;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;

/**
 * A copy of a running server's data that a replica can start from: the binaries come without {@code
 * pg_basebackup}. The log it needs to become consistent is not copied but kept by a replication
 * slot, for the replica to fetch. Not thread-safe.
 */
final class BaseBackup {

  /** Belongs to the running server, not to its data. */
  private static final Set<String> LEFT_OUT =
      Set.of("postmaster.pid", "postmaster.opts", "varve.start", "backup_label", "standby.signal");

  /** Directories the server wants, with contents it does not. */
  private static final Set<String> EMPTIED =
      Set.of(
          "pg_dynshmem",
          "pg_notify",
          "pg_replslot",
          "pg_serial",
          "pg_snapshots",
          "pg_stat_tmp",
          "pg_subtrans",
          "pg_wal");

  private final TestDatabase server;
  private final Path data;

  BaseBackup(TestDatabase server, Path data) {
    this.server = server;
    this.data = data;
  }

  /**
   * Copies the data.
   *
   * @param slot the name of the slot to be made
   */
  void copyTo(Path target, String slot) {
    try (Connection connection = server.jdbc();
        Statement statement = connection.createStatement()) {
      String name = Identifiers.literal(slot);
      statement.execute("select pg_create_physical_replication_slot(%s, true)".formatted(name));
      statement.execute("select pg_backup_start(%s, true)".formatted(name));
      copyFiles(target);
      try (ResultSet end = statement.executeQuery("select labelfile from pg_backup_stop(false)")) {
        end.next();
        Files.writeString(target.resolve("backup_label"), end.getString(1));
      }
    } catch (SQLException | IOException e) {
      throw new IllegalStateException("no copy of the data of " + server.url(), e);
    }
  }

  private void copyFiles(Path target) throws IOException {
    Files.walkFileTree(
        data,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
              throws IOException {
            Files.createDirectory(
                target.resolve(data.relativize(directory)),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            boolean emptied = EMPTIED.contains(data.relativize(directory).toString());
            return emptied ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Path relative = data.relativize(file);
            if (!LEFT_OUT.contains(relative.toString())) {
              copy(file, target.resolve(relative));
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure)
              throws IOException {
            if (failure instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw failure;
          }
        });
  }

  /** A file that goes meanwhile is one the log tells to remove. */
  private static void copy(Path from, Path to) throws IOException {
    try {
      Files.copy(from, to);
    } catch (NoSuchFileException e) {
      Files.deleteIfExists(to);
    }
  }
}
