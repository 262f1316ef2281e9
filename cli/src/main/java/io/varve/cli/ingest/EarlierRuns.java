package io.varve.cli.ingest;

import io.varve.cli.csv.CsvRow;
import io.varve.cli.shell.CommandException;
import io.varve.cli.shell.Interruption;
import io.varve.ingest.StoredBatch;
import io.varve.model.QualifiedName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What earlier runs of an import have stored: which lines of the file, with which content.
 * Immutable and thread-safe.
 */
public final class EarlierRuns {

  private static final Pattern BATCH =
      Pattern.compile("[^/]+/(\\d{1,18})-(\\d{1,18})/([0-9a-f]{8})");

  /**
   * Lines that are stored.
   *
   * @param checksum of their rows
   * @param written rows in the table
   * @param skipped rows left out because their key was there
   */
  record Part(LineRange lines, int checksum, long written, long skipped) {}

  private final ImportId id;
  private final List<Part> parts;

  private EarlierRuns(ImportId id, List<Part> parts) {
    this.id = id;
    this.parts = parts;
  }

  /** None: the import begins. */
  public static EarlierRuns none(ImportId id) {
    return new EarlierRuns(id, List.of());
  }

  /**
   * What the ledger says; refuses an import into another table.
   *
   * @param batches those of the import
   */
  public static EarlierRuns of(ImportId id, QualifiedName table, List<StoredBatch> batches) {
    List<Part> parts = new ArrayList<>();
    for (StoredBatch batch : batches) {
      Matcher name = BATCH.matcher(batch.id());
      if (!name.matches()) {
        throw CommandException.usage(
            "--import-id: %s names batches that are no import's, such as %s"
                .formatted(id, batch.id()),
            "choose another id");
      }
      requireTable(id, table, batch);
      LineRange lines = new LineRange(Long.parseLong(name.group(1)), Long.parseLong(name.group(2)));
      int checksum = Integer.parseUnsignedInt(name.group(3), 16);
      parts.add(new Part(lines, checksum, batch.written(), batch.skipped()));
    }
    parts.sort(Comparator.comparingLong(part -> part.lines().first()));
    return new EarlierRuns(id, List.copyOf(parts));
  }

  private static void requireTable(ImportId id, QualifiedName table, StoredBatch batch) {
    if (batch.table().filter(table::equals).isPresent()) {
      return;
    }
    throw CommandException.usage(
        "--import-id: import %s was used for %s"
            .formatted(
                id,
                batch
                    .table()
                    .map(used -> "table " + used + ", not for " + table)
                    .orElse("a table that has been dropped since")),
        "choose another id for another table");
  }

  /** Whether there were none. */
  public boolean isEmpty() {
    return parts.isEmpty();
  }

  /** Whether the row that starts on that line is stored, or was rejected. */
  public boolean hold(long line) {
    int index = partsBefore(line);
    return index < parts.size() && parts.get(index).lines().first() <= line;
  }

  /** How many parts end before that line. */
  int partsBefore(long line) {
    int low = 0;
    int high = parts.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (parts.get(middle).lines().last() < line) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  List<Part> parts() {
    return parts;
  }

  ImportId id() {
    return id;
  }

  /** Refuses a file that is not the one they read; reads no further than they got. */
  public void verify(Iterator<CsvRow> file, Interruption interruption) {
    new RemainingRows(file, this, interruption).verify();
  }
}
