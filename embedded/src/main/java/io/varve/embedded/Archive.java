package io.varve.embedded;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * Unpacks a {@code .tar.xz} into a directory and nowhere else: names and links that lead out of it
 * are refused, and so is everything that is neither a directory, a file nor a symbolic link.
 */
final class Archive {

  private static final int OWNER_MAY_EXECUTE = 0100;

  private final Path root;

  private Archive(Path root) {
    this.root = root;
  }

  static void unpack(InputStream packed, Path directory) throws IOException {
    Archive archive = new Archive(directory.toRealPath());
    TarArchiveInputStream tar =
        new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(packed)));
    for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
      archive.place(entry, tar);
    }
  }

  private void place(TarArchiveEntry entry, InputStream content) throws IOException {
    Path path = inside(root.resolve(entry.getName()), entry);
    if (path.equals(root)) {
      return;
    }
    Files.createDirectories(path.getParent());
    if (!path.getParent().toRealPath().equals(path.getParent())) {
      throw new IOException("archive entry %s lies behind a link".formatted(entry.getName()));
    }
    if (entry.isDirectory()) {
      Files.createDirectories(path);
    } else if (entry.isSymbolicLink()) {
      placeLink(entry, path);
    } else if (entry.isFile() && !entry.isLink()) {
      placeFile(entry, path, content);
    } else {
      throw new IOException(
          "archive entry %s is neither directory, file nor symbolic link"
              .formatted(entry.getName()));
    }
  }

  private void placeLink(TarArchiveEntry entry, Path path) throws IOException {
    Path target = Path.of(entry.getLinkName());
    inside(path.resolveSibling(target), entry);
    Files.createSymbolicLink(path, target);
  }

  private static void placeFile(TarArchiveEntry entry, Path path, InputStream content)
      throws IOException {
    Files.copy(content, path);
    boolean executable = (entry.getMode() & OWNER_MAY_EXECUTE) != 0;
    Files.setPosixFilePermissions(
        path, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
  }

  private Path inside(Path path, TarArchiveEntry entry) throws IOException {
    Path normal = path.normalize();
    if (!normal.startsWith(root)) {
      throw new IOException("archive entry %s leads out of it".formatted(entry.getName()));
    }
    return normal;
  }
}
