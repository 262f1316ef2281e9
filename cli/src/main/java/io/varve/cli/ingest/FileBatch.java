package io.varve.cli.ingest;

import io.varve.VarveException;
import io.varve.cli.csv.CsvRow;
import io.varve.cli.csv.Reject;
import io.varve.cli.csv.RowParser;
import io.varve.cli.shell.CommandException;
import io.varve.ingest.DeadLetter;
import io.varve.ingest.RowFailure;
import io.varve.ingest.WriteResult;
import io.varve.model.Row;
import io.varve.model.Table;
import java.util.AbstractCollection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Rows of a file that are written together. Those that do not fit are put aside at once, those the
 * database refuses when it does: before the others are committed, and once, however often the batch
 * is sent. Not thread-safe.
 */
final class FileBatch {

  /** If the database has refused so many rows and taken none, it is not the rows that are wrong. */
  private static final long MOST_REFUSED = 1_000;

  private static final String KEY_IS_THERE = "23505";
  private static final Pattern ROW = Pattern.compile(", row (\\d{1,9})(?=[,:])");

  private final List<CsvRow> rows;
  private final RejectedRows rejects;
  private final ConstraintColumns constraints;
  private final List<CsvRow> sources = new ArrayList<>();
  private final List<Row> values = new ArrayList<>();
  private final Set<Long> refused = new HashSet<>();
  private long lastRefused = -1;

  /**
   * @param rows at least one, in the order of the file
   */
  FileBatch(List<CsvRow> rows, RejectedRows rejects, ConstraintColumns constraints) {
    this.rows = rows;
    this.rejects = rejects;
    this.constraints = constraints;
  }

  LineRange lines() {
    return new LineRange(rows.get(0).line(), rows.get(rows.size() - 1).line());
  }

  int checksum() {
    RowChecksum checksum = new RowChecksum();
    rows.forEach(checksum::add);
    return checksum.value();
  }

  /** Makes the table's rows; those that do not fit are put aside. */
  void parse(RowParser parser, Table<Row> table) {
    for (CsvRow row : rows) {
      try {
        values.add(table.newRow(parser.parse(row)));
        sources.add(row);
      } catch (Reject e) {
        rejects.keep(row, e);
      }
    }
  }

  /** How many do not fit. */
  long unfit() {
    return rows.size() - values.size();
  }

  /**
   * The rows that fit; may be gone through again.
   *
   * @param check is run before each of them, and may throw to end the writing
   */
  Collection<Row> values(Runnable check) {
    return new AbstractCollection<>() {
      @Override
      public int size() {
        return values.size();
      }

      @Override
      public Iterator<Row> iterator() {
        Iterator<Row> all = values.iterator();
        return new Iterator<>() {
          @Override
          public boolean hasNext() {
            return all.hasNext();
          }

          @Override
          public Row next() {
            check.run();
            return all.next();
          }
        };
      }
    };
  }

  /**
   * Puts aside a row that the database refuses.
   *
   * @param isAnyTaken whether it has taken others
   */
  void refuse(DeadLetter<Row> letter, boolean isAnyTaken) {
    RowFailure failure = letter.failure();
    CsvRow row = sources.get((int) failure.index());
    lastRefused = Math.max(lastRefused, failure.index());
    if (!refused.add(failure.index())) {
      return;
    }
    String column =
        failure.column() != null ? failure.column() : constraints.of(failure).orElse("");
    String reason = ROW.matcher(failure.message()).replaceFirst("");
    rejects.keep(row, Reject.byServer(row.line(), column, reason));
    rejects.flush();
    boolean noneHere = lastRefused + 1 == refused.size();
    if (noneHere && !isAnyTaken && rejects.refused() > MOST_REFUSED) {
      throw refusesAll(failure, reason);
    }
  }

  private static CommandException refusesAll(RowFailure failure, String reason) {
    return CommandException.failure(
        "the server refuses every row, the last because: " + reason,
        KEY_IS_THERE.equals(failure.sqlState())
            ? "rows whose key is there are left out with --on-conflict skip, and replace what is"
                + " there with --on-conflict update"
            : null);
  }

  /** The batch is stored: rows that were refused at first may be as well. */
  void stored(WriteResult result) {
    Set<Long> failed = new HashSet<>();
    result.failures().forEach(failure -> failed.add(failure.index()));
    if (failed.contains(-1L)) {
      return; // another call has stored the batch, and only that knows which rows it refused
    }
    refused.stream()
        .filter(index -> !failed.contains(index))
        .forEach(index -> rejects.taken(sources.get(index.intValue()).line()));
    refused.retainAll(failed);
  }

  /**
   * The times of the rows that were stored.
   *
   * @param time the position of the time in a row
   */
  TimeSpan span(int time) {
    TimeSpan span = new TimeSpan();
    for (int i = 0; i < values.size(); i++) {
      if (!refused.contains((long) i)) {
        span.add(Objects.requireNonNull(values.get(i).value(time)));
      }
    }
    return span;
  }

  /** The error's words, with lines of the file for rows of the batch. */
  String inFile(VarveException e) {
    return ROW.matcher(String.valueOf(e.getMessage())).replaceAll(this::line);
  }

  private String line(MatchResult row) {
    int index = Integer.parseInt(row.group(1));
    return index < sources.size() ? ", line " + sources.get(index).line() : "";
  }
}
