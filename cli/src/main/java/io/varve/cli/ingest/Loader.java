package io.varve.cli.ingest;

import io.varve.ConstraintException;
import io.varve.DataException;
import io.varve.InDoubtException;
import io.varve.MappingException;
import io.varve.VarveException;
import io.varve.cli.csv.CsvRow;
import io.varve.cli.csv.Reject;
import io.varve.cli.csv.RejectsFile;
import io.varve.cli.csv.RowParser;
import io.varve.cli.shell.CommandException;
import io.varve.cli.shell.ExitCode;
import io.varve.cli.shell.Interruption;
import io.varve.ingest.TableWriter;
import io.varve.model.Row;
import io.varve.model.Table;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes the rows of a file in batches, each in a transaction of its own. Rows that cannot be
 * written are put aside and do not hold up the others: {@code offered = written + rejected}. They
 * are in the rejects file before the rows around them are committed. Not thread-safe.
 *
 * <p>Where a batch is refused because of a row, it is divided until the row is found.
 */
public final class Loader {

  private static final int BATCH_ROWS = 50_000;
  private static final long BATCH_CHARACTERS = 8L << 20;

  /** If the server has refused so many rows and taken none, it is not the rows that are wrong. */
  private static final long MOST_REFUSED = 1_000;

  /** Where the rows of a transaction stand in the file. */
  private record Lines(long first, long last) {}

  private final Table<Row> table;
  private final TableWriter<Row> writer;
  private final RowParser parser;
  private final RejectsFile rejects;
  private final long mostRejects;
  private final Interruption interruption;

  private final TimeSpan span = new TimeSpan();
  private final int time;
  private final List<Row> batch = new ArrayList<>();
  private final List<CsvRow> sources = new ArrayList<>();
  private long batchCharacters;
  private long offered;
  private long written;
  private long refused;
  private Lines sent = new Lines(0, 0);
  private long committedLine;
  private @Nullable Reject firstReject;
  private final Set<String> wholeColumns = new LinkedHashSet<>();

  /**
   * @param mostRejects with more rejected rows than that the load ends
   */
  public Loader(
      IngestPlan plan,
      TableWriter<Row> writer,
      RejectsFile rejects,
      long mostRejects,
      Interruption interruption) {
    this.table = plan.table();
    this.parser = plan.parser();
    this.time = plan.timeIndex();
    this.writer = writer;
    this.rejects = rejects;
    this.mostRejects = mostRejects;
    this.interruption = interruption;
  }

  /** Rows read, whatever became of them. */
  public long offered() {
    return offered;
  }

  /** Rows committed. */
  public long written() {
    return written;
  }

  /** The times of the rows committed. */
  public TimeSpan span() {
    return span;
  }

  /** The first row put aside. */
  public Optional<Reject> firstReject() {
    return Optional.ofNullable(firstReject);
  }

  /** The columns of whole numbers for which the file has others. */
  public Set<String> wholeColumns() {
    return Collections.unmodifiableSet(wholeColumns);
  }

  /** Rows put aside. */
  public long rejected() {
    return rejects.count();
  }

  /**
   * Writes them all. If it fails, what was committed stays, and the error says how to go on.
   *
   * @param rows the rows of the file, in order
   */
  public void load(Iterator<CsvRow> rows) {
    try {
      while (rows.hasNext()) {
        add(rows.next());
      }
      flush();
      rejects.flush();
    } catch (CommandException e) {
      throw written == 0 ? e : e.adding(committed());
    } catch (InDoubtException e) {
      throw CommandException.failure(String.valueOf(e.getMessage()), inDoubt(), e);
    } catch (VarveException e) {
      throw CommandException.failure(String.valueOf(e.getMessage()), committed(), e)
          .exitingWith(ExitCode.of(e));
    }
  }

  private void add(CsvRow row) {
    offered++;
    try {
      batch.add(table.newRow(parser.parse(row)));
      sources.add(row);
      batchCharacters += row.characters();
    } catch (Reject e) {
      reject(row, e);
    }
    if (batch.size() == BATCH_ROWS || batchCharacters >= BATCH_CHARACTERS) {
      flush();
    }
  }

  private void flush() {
    interruption.check();
    write(0, batch.size());
    batch.clear();
    sources.clear();
    batchCharacters = 0;
  }

  private void write(int from, int to) {
    if (from == to) {
      return;
    }
    interruption.check();
    sent = new Lines(sources.get(from).line(), sources.get(to - 1).line());
    rejects.flush();
    try {
      List<Row> part = batch.subList(from, to);
      written += writer.insertAll(part).written();
      part.forEach(row -> span.add(Objects.requireNonNull(row.value(time))));
      committedLine = sent.last();
    } catch (MappingException | DataException | ConstraintException e) {
      if (to - from == 1) {
        rejectAlone(sources.get(from), e);
      } else {
        int middle = (from + to) >>> 1;
        write(from, middle);
        write(middle, to);
      }
    }
  }

  private void rejectAlone(CsvRow row, VarveException e) {
    refused++;
    // It was alone: that it was the first of its batch says nothing.
    String reason = String.valueOf(e.getMessage()).replaceFirst(", row 0(?=[,:])", "");
    reject(row, new Reject(row.line(), "", "", reason));
    if (refused > MOST_REFUSED && written == 0) {
      throw CommandException.failure(
          "the server refuses every row, the last because: " + reason, null, e);
    }
  }

  private void reject(CsvRow row, Reject reject) {
    rejects.add(row, reject);
    firstReject = firstReject == null ? reject : firstReject;
    if (reject.isFraction()) {
      wholeColumns.add(reject.column());
    }
    if (rejects.count() > mostRejects) {
      throw CommandException.failure(
          String.format(
              Locale.ROOT,
              "more than %,d rows rejected; line %d%s, \"%s\" %s",
              mostRejects,
              reject.line(),
              reject.column().isEmpty() ? "" : ", column " + reject.column(),
              reject.value(),
              reject.reason()),
          null);
    }
  }

  private String committed() {
    return written == 0
        ? "no row of this run is committed: it can be run again"
        : String.format(
            Locale.ROOT,
            "%,d rows are committed; go on with --from-line %d",
            written,
            committedLine + 1);
  }

  private String inDoubt() {
    return String.format(
        Locale.ROOT,
        "%,d rows are committed, those of lines %d to %d perhaps: if they are in the table, go on"
            + " with --from-line %d, else with --from-line %d",
        written,
        sent.first(),
        sent.last(),
        sent.last() + 1,
        sent.first());
  }
}
