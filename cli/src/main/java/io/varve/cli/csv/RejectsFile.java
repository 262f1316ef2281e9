package io.varve.cli.csv;

import de.siegmar.fastcsv.writer.CsvWriter;
import io.varve.cli.shell.CommandException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the rejected rows: line, column, value and reason, as CSV. The file is made with the first
 * of them. Not thread-safe.
 */
public final class RejectsFile implements AutoCloseable {

  private final Path path;
  private final StandardOpenOption mode;
  private @Nullable CsvWriter writer;
  private long count;

  private RejectsFile(Path path, StandardOpenOption mode) {
    this.path = path;
    this.mode = mode;
  }

  /** A new file; an earlier one of that name is replaced. */
  public static RejectsFile replacing(Path path) {
    return new RejectsFile(path, StandardOpenOption.TRUNCATE_EXISTING);
  }

  /** The file of a load that goes on: what is in it stays. */
  public static RejectsFile extending(Path path) {
    return new RejectsFile(path, StandardOpenOption.APPEND);
  }

  /** Where they go. */
  public Path path() {
    return path;
  }

  /** How many there are. */
  public long count() {
    return count;
  }

  /** Keeps one. */
  public void add(Reject reject) {
    try {
      CsvWriter open = writer;
      if (open == null) {
        open = open();
        writer = open;
      }
      open.writeRecord(
          Long.toString(reject.line()), reject.column(), reject.value(), reject.reason());
      count++;
    } catch (UncheckedIOException e) {
      throw notKept(e.getCause());
    }
  }

  private CsvWriter open() {
    try {
      boolean isNew = mode != StandardOpenOption.APPEND || !Files.exists(path);
      CsvWriter fresh =
          CsvWriter.builder().build(Files.newBufferedWriter(path, StandardOpenOption.CREATE, mode));
      if (isNew) {
        fresh.writeRecord("line", "column", "value", "reason");
      }
      return fresh;
    } catch (IOException e) {
      throw notKept(e);
    }
  }

  private CommandException notKept(IOException e) {
    String reason = e instanceof NoSuchFileException ? "no such directory" : e.getMessage();
    return CommandException.failure(
        "the rejected rows cannot be kept in " + path + ": " + reason,
        "name another file with --rejects",
        e);
  }

  @Override
  public void close() {
    if (writer != null) {
      try {
        writer.close();
      } catch (IOException e) {
        throw CommandException.failure(
            "the rejected rows could not all be kept in " + path + ": " + e.getMessage(), null, e);
      }
    }
  }
}
