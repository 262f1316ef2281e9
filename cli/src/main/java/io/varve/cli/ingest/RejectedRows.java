package io.varve.cli.ingest;

import io.varve.cli.csv.CsvRow;
import io.varve.cli.csv.Reject;
import io.varve.cli.csv.RejectsFile;
import io.varve.cli.shell.CommandException;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a load that are put aside: all of them in a file, some of them told of. Thread-safe.
 */
final class RejectedRows {

  private final RejectsFile file;
  private final long most;
  private final Set<Long> taken = new HashSet<>();
  private final Set<String> wholeColumns = new LinkedHashSet<>();
  private @Nullable Reject first;
  private long count;
  private long refused;

  /**
   * @param most with more of them the load ends
   */
  RejectedRows(RejectsFile file, long most) {
    this.file = file;
    this.most = most;
  }

  /** Keeps one; throws if there are too many. */
  synchronized void keep(CsvRow row, Reject reject) {
    file.add(row, reject);
    count++;
    refused += reject.isByServer() ? 1 : 0;
    first = first == null || reject.line() < first.line() ? reject : first;
    if (reject.isFraction()) {
      wholeColumns.add(reject.column());
    }
    if (count > most) {
      throw tooMany(reject);
    }
  }

  private CommandException tooMany(Reject reject) {
    return CommandException.failure(
        String.format(
            Locale.ROOT,
            "more than %,d rows rejected; line %d%s, %s%s",
            most,
            reject.line(),
            reject.column().isEmpty() ? "" : ", column " + reject.column(),
            reject.isByServer() ? "" : "\"" + reject.value() + "\" ",
            reject.reason()),
        null);
  }

  /** A row that was kept has been stored after all, when its batch was sent again. */
  synchronized void taken(long line) {
    taken.add(line);
    count--;
    refused--;
  }

  /** Hands what was kept over to the operating system. */
  synchronized void flush() {
    file.flush();
  }

  /** The load is over. */
  synchronized void finish() {
    file.flush();
    if (!taken.isEmpty()) {
      file.retain(line -> !taken.contains(line));
    }
  }

  /** How many the database has refused. */
  synchronized long refused() {
    return refused;
  }

  /** The one that stands first in the file. */
  synchronized Optional<Reject> first() {
    return Optional.ofNullable(first);
  }

  /** The columns of whole numbers for which the file has others. */
  synchronized Set<String> wholeColumns() {
    return Collections.unmodifiableSet(wholeColumns);
  }
}
