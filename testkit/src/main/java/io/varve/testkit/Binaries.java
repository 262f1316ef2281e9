package io.varve.testkit;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** Unpacks a PostgreSQL: the one on the class path, or the jar a system property names. */
final class Binaries {

  static final String CLASS_PATH_VERSION = "18";
  private static final String ARCHIVE = "postgres-linux-x86_64.txz";

  private Binaries() {}

  static void unpack(String majorVersion, Path directory) {
    try (InputStream archive = open(majorVersion);
        TarArchiveInputStream tar =
            new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(archive)))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        unpack(tar, entry, directory);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("PostgreSQL could not be unpacked into " + directory, e);
    }
  }

  private static InputStream open(String majorVersion) throws IOException {
    if (majorVersion.equals(CLASS_PATH_VERSION)) {
      InputStream archive = Binaries.class.getResourceAsStream("/" + ARCHIVE);
      if (archive == null) {
        throw new IllegalStateException("the class path holds no " + ARCHIVE);
      }
      return archive;
    }
    return openJar(jar(majorVersion));
  }

  private static Path jar(String majorVersion) {
    String property = "varve.test.binaries." + majorVersion;
    String jar = System.getProperty(property);
    if (jar == null) {
      throw new IllegalArgumentException(
          "PostgreSQL %s: expected the system property %s to name the jar of its binaries"
              .formatted(majorVersion, property));
    }
    return Path.of(jar);
  }

  private static InputStream openJar(Path jar) throws IOException {
    ZipInputStream zip = new ZipInputStream(Files.newInputStream(jar));
    for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
      if (entry.getName().equals(ARCHIVE)) {
        return zip;
      }
    }
    zip.close();
    throw new IOException(jar + " holds no " + ARCHIVE);
  }

  private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path directory)
      throws IOException {
    Path path = directory.resolve(entry.getName()).normalize();
    if (!path.startsWith(directory)) {
      throw new IOException("entry " + entry.getName() + " leaves the directory");
    }
    if (entry.isDirectory()) {
      Files.createDirectories(path);
      return;
    }
    Files.createDirectories(path.getParent());
    if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
    } else {
      Files.copy(tar, path);
      String permissions = (entry.getMode() & 0100) == 0 ? "rw-r--r--" : "rwxr-xr-x";
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }
  }
}
