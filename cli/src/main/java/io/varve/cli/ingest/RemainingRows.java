package io.varve.cli.ingest;

import io.varve.cli.csv.CsvRow;
import io.varve.cli.ingest.EarlierRuns.Part;
import io.varve.cli.shell.CommandException;
import io.varve.cli.shell.Interruption;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a file without those that earlier runs have stored; these are compared with what was
 * stored, and a difference ends the reading. Not thread-safe.
 */
final class RemainingRows implements Iterator<CsvRow> {

  private final Iterator<CsvRow> file;
  private final ImportId id;
  private final List<Part> parts;
  private final Interruption interruption;
  private RowChecksum checksum = new RowChecksum();
  private int part;
  private long left;
  private @Nullable CsvRow next;

  RemainingRows(Iterator<CsvRow> file, EarlierRuns earlier, Interruption interruption) {
    this.file = file;
    this.id = earlier.id();
    this.parts = earlier.parts();
    this.interruption = interruption;
  }

  /** How many rows were left out. */
  long left() {
    return left;
  }

  /** Reads as far as the earlier runs got. */
  void verify() {
    while (part < parts.size() && hasNext()) {
      next = null;
    }
  }

  @Override
  public boolean hasNext() {
    while (next == null && file.hasNext()) {
      interruption.check();
      CsvRow row = file.next();
      if (isStored(row)) {
        checksum.add(row);
        left++;
      } else {
        next = row;
      }
    }
    if (next == null) {
      pass(Long.MAX_VALUE);
    }
    return next != null;
  }

  private boolean isStored(CsvRow row) {
    if (part == parts.size()) {
      return false;
    }
    pass(row.line());
    return part < parts.size() && parts.get(part).lines().first() <= row.line();
  }

  /** Leaves the parts that end before a line. */
  private void pass(long line) {
    while (part < parts.size() && parts.get(part).lines().last() < line) {
      Part stored = parts.get(part++);
      if (checksum.value() != stored.checksum()) {
        throw CommandException.failure(
            "%s are not what import %s stored: expected the same file"
                .formatted(stored.lines(), id),
            "give the file it began with, read with the same options, or another --import-id for"
                + " another file");
      }
      checksum = new RowChecksum();
    }
  }

  @Override
  public CsvRow next() {
    if (!hasNext() || next == null) {
      throw new NoSuchElementException();
    }
    CsvRow row = next;
    next = null;
    return row;
  }
}
