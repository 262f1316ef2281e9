package io.varve.cli.csv;

import de.siegmar.fastcsv.writer.CsvWriter;
import io.varve.cli.shell.CommandException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the rejected rows: line, column, value and reason, as CSV. The file is made with the first
 * of them; an earlier one of that name is replaced. Not thread-safe.
 */
public final class RejectsFile implements AutoCloseable {

  private final Path path;
  private @Nullable CsvWriter writer;
  private long count;

  public RejectsFile(Path path) {
    this.path = path;
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
    CsvWriter open = writer;
    if (open == null) {
      open = open();
      writer = open;
      open.writeRecord("line", "column", "value", "reason");
    }
    open.writeRecord(
        Long.toString(reject.line()), reject.column(), reject.value(), reject.reason());
    count++;
  }

  private CsvWriter open() {
    try {
      return CsvWriter.builder().build(Files.newBufferedWriter(path));
    } catch (IOException e) {
      throw CommandException.failure(
          "the rejected rows cannot be kept in " + path + ": " + e.getMessage(),
          "name another file with --rejects",
          e);
    }
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
