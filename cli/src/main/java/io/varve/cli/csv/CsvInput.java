package io.varve.cli.csv;

import io.varve.cli.shell.CommandException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;

/** Where the rows come from: a file, or standard input. */
public final class CsvInput {

  private final String name;
  private final Optional<Path> path;
  private final Opener opener;

  @FunctionalInterface
  private interface Opener {
    InputStream open() throws IOException;
  }

  private CsvInput(String name, Optional<Path> path, Opener opener) {
    this.name = name;
    this.path = path;
    this.opener = opener;
  }

  /** A file, or a pipe that has a name. */
  public static CsvInput file(Path path) {
    return new CsvInput(path.toString(), Optional.of(path), () -> open(path));
  }

  /** A channel asks for its position now and then, which a pipe has not. */
  private static InputStream open(Path path) throws IOException {
    boolean seekable =
        Files.isRegularFile(path) || Files.isDirectory(path) || Files.notExists(path);
    return seekable
        ? Files.newInputStream(path)
        : new WakeableInputStream(new FileInputStream(path.toFile()));
  }

  /** A stream that can be read once. */
  public static CsvInput stream(InputStream in) {
    return new CsvInput("standard input", Optional.empty(), () -> new WakeableInputStream(in));
  }

  /** The name for messages. */
  public String name() {
    return name;
  }

  /** The file, if it is one. */
  public Optional<Path> path() {
    return path;
  }

  /** Size in bytes, if it is known. */
  public OptionalLong size() {
    return path.filter(Files::isRegularFile)
        .map(file -> OptionalLong.of(file.toFile().length()))
        .orElse(OptionalLong.empty());
  }

  /** Starts reading; refuses what is no CSV. */
  public CsvRows open(CsvFormat format) {
    try {
      return CsvRows.open(this, format, openBytes());
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private CountingInputStream openBytes() throws IOException {
    if (path.filter(Files::isDirectory).isPresent()) {
      throw CommandException.failure(name + " is a directory", "name one CSV file");
    }
    return new CountingInputStream(new BufferedInputStream(opener.open(), 64 * 1024));
  }

  /** The error for a file that cannot be read. */
  CommandException unreadable(IOException e) {
    if (e instanceof NoSuchFileException) {
      return CommandException.failure("there is no file " + name, null, e);
    }
    if (e instanceof AccessDeniedException) {
      return CommandException.failure(
          name + " cannot be read: permission denied", "check its permissions", e);
    }
    if (e instanceof EOFException) {
      return CommandException.failure(
          name + ": the compressed file ends too early", "it is cut off: copy it again", e);
    }
    return CommandException.failure(name + " cannot be read: " + e.getMessage(), null, e);
  }

  @Override
  public String toString() {
    return name;
  }

  /** What other formats begin with. */
  enum Foreign {
    PARQUET("a Parquet file", "PAR1"),
    ZIP("a ZIP archive", "PK\u0003\u0004"),
    BZIP2("compressed with bzip2", "BZh"),
    XZ("compressed with xz", "\u00fd7zXZ"),
    ZSTD("compressed with zstd", "\u0028\u00b5\u002f\u00fd"),
    PDF("a PDF file", "%PDF-"),
    SQLITE("an SQLite database", "SQLite format 3");

    final String title;
    private final byte[] magic;

    Foreign(String title, String magic) {
      this.title = title;
      this.magic = magic.getBytes(StandardCharsets.ISO_8859_1);
    }

    static Optional<Foreign> of(byte[] head) {
      for (Foreign format : values()) {
        if (startsWith(head, format.magic)) {
          return Optional.of(format);
        }
      }
      return Optional.empty();
    }

    static boolean startsWith(byte[] head, byte[] magic) {
      return head.length >= magic.length
          && Arrays.equals(head, 0, magic.length, magic, 0, magic.length);
    }
  }
}
