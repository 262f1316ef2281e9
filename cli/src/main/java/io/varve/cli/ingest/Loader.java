package io.varve.cli.ingest;

import io.varve.VarveException;
import io.varve.cli.csv.CsvRow;
import io.varve.cli.csv.Reject;
import io.varve.cli.csv.RejectsFile;
import io.varve.cli.csv.RowParser;
import io.varve.cli.ingest.EarlierRuns.Part;
import io.varve.cli.shell.CommandException;
import io.varve.cli.shell.ExitCode;
import io.varve.cli.shell.Interruption;
import io.varve.ingest.Batches;
import io.varve.ingest.TableWriter;
import io.varve.ingest.WriteOptions;
import io.varve.ingest.WriteResult;
import io.varve.model.Row;
import io.varve.model.Table;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Writes the rows of a file in batches, each in a transaction of its own that records in the ledger
 * which lines it stores. So a load that breaks off, even by {@code kill -9}, can go on: lines that
 * the ledger has are not sent again. The ledger knows lines and not batches, so batches may be of
 * another size then.
 *
 * <p>One thread reads, others make rows and write them; with one of these the order of the file is
 * kept. Rows that cannot be written are put aside and do not hold up the others: they are in the
 * rejects file before the rows around them are committed. In the end {@code offered = written +
 * skipped + rejected + what earlier runs had done}. Not thread-safe.
 */
public final class Loader {

  /**
   * How to load.
   *
   * @param claim keeps others from writing the import's batches
   * @param earlier what earlier runs of the same import have stored
   * @param workers threads that write, each with a connection of its own
   * @param batchRows rows of a batch, fewer where they are long or wide
   * @param mostRejects with more rejected rows the load ends
   * @param goOn the command that goes on with the load if it breaks off
   */
  public record Options(
      ImportId id,
      Batches.Claim claim,
      EarlierRuns earlier,
      OnConflict onConflict,
      int workers,
      int batchRows,
      long mostRejects,
      String goOn) {}

  private final Table<Row> table;
  private final TableWriter<Row> writer;
  private final RowParser parser;
  private final int time;
  private final WriteOptions<Row> write;
  private final ConstraintColumns constraints;
  private final Options options;
  private final RejectedRows rejects;
  private final Interruption interruption;
  private final Tally tally = new Tally();
  private long stored;

  public Loader(
      IngestPlan plan,
      TableWriter<Row> writer,
      ConstraintColumns constraints,
      RejectsFile rejects,
      Options options,
      Interruption interruption) {
    this.table = plan.table();
    this.parser = plan.parser();
    this.time = plan.timeIndex();
    this.write = options.onConflict().options(plan);
    this.writer = writer;
    this.constraints = constraints;
    this.rejects = new RejectedRows(rejects, options.mostRejects());
    this.options = options;
    this.interruption = interruption;
  }

  /** Rows read, whatever became of them. */
  public long offered() {
    return tally.counts().sum() + stored;
  }

  /** Rows this load has dealt with so far; may be asked by another thread. */
  public long done() {
    return tally.counts().sum();
  }

  /** Rows this load has committed. */
  public long written() {
    return tally.counts().written();
  }

  /** Rows this load has left out because their key was there. */
  public long skipped() {
    return tally.counts().skipped();
  }

  /** Rows this load has put aside. */
  public long rejected() {
    return tally.counts().rejected();
  }

  /** Rows of the file that earlier runs had dealt with. */
  public long before() {
    return stored;
  }

  /** Rows of the file that earlier runs had committed. */
  public long writtenBefore() {
    return options.earlier().parts().stream().mapToLong(Part::written).sum();
  }

  /** Rows of the file that earlier runs had left out. */
  public long skippedBefore() {
    return options.earlier().parts().stream().mapToLong(Part::skipped).sum();
  }

  /** Rows of the file that earlier runs had put aside. */
  public long rejectedBefore() {
    return stored - writtenBefore() - skippedBefore();
  }

  /** The times of the rows committed. */
  public TimeSpan span() {
    return tally.span();
  }

  /** The first row put aside. */
  public Optional<Reject> firstReject() {
    return rejects.first();
  }

  /** The columns of whole numbers for which the file has others. */
  public Set<String> wholeColumns() {
    return rejects.wholeColumns();
  }

  /**
   * Writes them all. If it fails, what was committed stays, and the error says how to go on.
   *
   * @param rows the rows of the file, in order
   */
  public void load(Iterator<CsvRow> rows) {
    RemainingRows remaining = new RemainingRows(rows, options.earlier(), interruption);
    try {
      writeAll(new RowBatches(remaining, options.earlier(), options.batchRows()));
      stored = remaining.left();
    } catch (CommandException e) {
      throw explained(interruption.isRequested() ? Interruption.ended() : e);
    }
  }

  private void writeAll(RowBatches batches) {
    try (Workers workers = new Workers(options.workers())) {
      interruption.during(workers::stop, () -> writeAll(batches, workers));
    } catch (CommandException e) {
      finishAfter(e);
      throw e;
    }
    rejects.finish();
  }

  private void finishAfter(CommandException failure) {
    try {
      rejects.finish();
    } catch (CommandException e) {
      failure.addSuppressed(e);
    }
  }

  /** Batches that have been read are written even if the file cannot be read any further. */
  private void writeAll(RowBatches batches, Workers workers) {
    CommandException unreadable = null;
    while (unreadable == null) {
      interruption.check();
      try {
        if (!batches.hasNext()) {
          break;
        }
        List<CsvRow> batch = batches.next();
        workers.submit(() -> write(batch, workers));
      } catch (CommandException e) {
        unreadable = e;
      }
    }
    workers.finish();
    interruption.check();
    if (unreadable != null) {
      throw unreadable;
    }
  }

  private void write(List<CsvRow> rows, Workers workers) {
    FileBatch batch = new FileBatch(rows, rejects, constraints);
    batch.parse(parser, table);
    rejects.flush();
    LineRange lines = batch.lines();
    tally.began(lines);
    try {
      WriteResult result = write(batch, lines, workers);
      batch.stored(result);
      tally.committed(lines, result, batch.unfit(), batch.span(time));
    } catch (VarveException e) {
      if (!e.inDoubt()) {
        tally.undone(lines);
      }
      throw CommandException.failure(batch.inFile(e), null, e).exitingWith(ExitCode.of(e));
    } catch (CommandException e) {
      tally.undone(lines);
      throw e;
    }
  }

  private WriteResult write(FileBatch batch, LineRange lines, Workers workers) {
    return writer.insertAll(
        batch.values(() -> requireGoing(workers)),
        write
            .deadLetters(letter -> batch.refuse(letter, tally.isAnyTaken()))
            .batch(options.id().batch(lines, batch.checksum()), options.claim()));
  }

  private static void requireGoing(Workers workers) {
    if (workers.isStopped()) {
      throw Interruption.ended();
    }
  }

  private CommandException explained(CommandException e) {
    String committed = committed();
    boolean isTold = tally.counts().sum() > 0 || !tally.doubtful().isEmpty();
    return isTold || e.getCause() instanceof VarveException ? e.adding(committed) : e;
  }

  private String committed() {
    List<LineRange> doubtful = tally.doubtful();
    if (tally.counts().sum() == 0 && doubtful.isEmpty()) {
      return "no row of this run is committed: it can be run again";
    }
    String perhaps =
        doubtful.isEmpty()
            ? ""
            : ", those of %s perhaps"
                .formatted(
                    doubtful.stream()
                        .map(LineRange::toString)
                        .collect(Collectors.joining(" and ")));
    return String.format(
        Locale.ROOT,
        "%,d rows are committed%s; go on with: %s",
        tally.counts().written(),
        perhaps,
        options.goOn());
  }
}
