package io.varve.cli;

import io.varve.Preset;
import io.varve.Varve;
import io.varve.VarveException;
import io.varve.cli.csv.CsvFormat;
import io.varve.cli.csv.CsvInput;
import io.varve.cli.csv.CsvRow;
import io.varve.cli.csv.CsvRows;
import io.varve.cli.csv.Header;
import io.varve.cli.csv.RejectsFile;
import io.varve.cli.csv.Sample;
import io.varve.cli.ingest.ConstraintColumns;
import io.varve.cli.ingest.DryRun;
import io.varve.cli.ingest.EarlierRuns;
import io.varve.cli.ingest.ExistingTablePlanner;
import io.varve.cli.ingest.ImportId;
import io.varve.cli.ingest.IngestPlan;
import io.varve.cli.ingest.IngestRequest;
import io.varve.cli.ingest.Loader;
import io.varve.cli.ingest.NewTablePlanner;
import io.varve.cli.ingest.OnConflict;
import io.varve.cli.ingest.Statistics;
import io.varve.cli.ingest.TimeSpan;
import io.varve.cli.shell.CommandException;
import io.varve.cli.shell.ExitCode;
import io.varve.cli.shell.Shell;
import io.varve.ingest.Batches;
import io.varve.model.QualifiedName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code varve ingest}: a CSV file into a table. */
@Command(
    name = "ingest",
    description = "Load a CSV file into a table, which is created if it is not there.",
    sortOptions = false,
    footer = {
      "",
      "Delimiter, header, types and the time column are found from the content of the first",
      "10,000 rows; --dry-run shows what was found. The encoding is UTF-8 unless a byte order",
      "mark says UTF-16 or --encoding another; bytes that do not suit it end the load.",
      "",
      "A row that does not fit is put into the rejects file and the others are written: exit",
      "code 3. The file holds line, column, value and reason, then the row's own fields: correct",
      "these there and load that file into the table, with the same --zone, --time-format,",
      "--decimal, --null, --tag and --on-conflict; the load ends with that command.",
      "",
      "Rows are committed in batches, and which lines they hold is recorded with them. A load that",
      "breaks off, even by kill -9, goes on when the same command runs again with the same",
      "--import-id: it ends with exactly the file's rows, each once. The record of a load with an id",
      "is kept for that; SELECT varve.forget_batches('30 days') removes what is older.",
      "",
      "Empty fields are null, and so are NULL and \\N without quotes (or the texts given with",
      "--null). NaN and Infinity are values of double precision. A date alone means midnight.",
      "Times without an offset are in --zone; of an hour that comes twice when the clocks go",
      "back the first is meant, one that is skipped is rejected. Texts that repeat are",
      "dimensions; other columns are measures.",
      "",
      "Examples:",
      "  varve ingest --dry-run weather.csv",
      "  varve ingest --table weather --dimension station --zone UTC weather.csv",
      "  varve ingest --table weather --decimal , --time-format 'dd.MM.yyyy' wetter.csv",
      "  zcat weather.csv.gz | varve ingest --table weather -"
    })
final class IngestCommand extends BaseCommand {

  private static final String STANDARD_INPUT = "-";

  /** Where counting the rows that were there before a load ends. */
  private static final long MOST_COUNTED = 100_000;

  /** Besides those of the workers: the claim of the import, and what is looked up meanwhile. */
  private static final int OTHER_CONNECTIONS = 2;

  @Parameters(paramLabel = "FILE", description = "The file, plain or .gz; - is standard input.")
  private String file = STANDARD_INPUT;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private final DesignOptions design = new DesignOptions();
  @Mixin private final CsvOptions csv = new CsvOptions();
  @Mixin private final LoadOptions how = new LoadOptions();

  @Option(
      names = "--rejects",
      paramLabel = "FILE",
      description =
          "Where rejected rows go (default: FILE.rejects.csv, of a load with a name FILE.ID.rejects.csv;"
              + " those of such a file FILE.rejects.2.csv). A load that"
              + " starts again replaces the file, one that goes on adds to it.")
  private @Nullable Path rejects;

  @Option(
      names = "--dry-run",
      description = "Read everything, show what would happen, and change nothing.")
  private boolean dryRun;

  @Override
  ExitCode run(Shell shell) {
    boolean fromStandardInput = file.equals(STANDARD_INPUT);
    CsvInput source =
        fromStandardInput ? CsvInput.stream(shell.in()) : CsvInput.file(Path.of(file));
    IngestRequest request = design.request(source.path());
    CsvFormat format = csv.format();
    Connections connections = new Connections(shell, root().url());
    ImportId id = how.isNamed() ? how.importId() : null;
    how.check(request.onConflict());
    try (CsvRows rows = source.open(format)) {
      Input input = new Input(source, rows, Sample.read(source, rows, format));
      IngestReport report = new IngestReport(shell, request, id, reload(shell), root().isJson());
      return dryRun
          ? tryOut(shell, connections, request, input, report)
          : load(shell, connections, request, input, report);
    }
  }

  private Reload reload(Shell shell) {
    return new Reload(shell.program(), spec.commandLine().getParseResult(), root().url());
  }

  /** An open file, read up to the end of its sample. */
  private record Input(CsvInput source, CsvRows rows, Sample sample) {}

  private ExitCode tryOut(
      Shell shell,
      Connections connections,
      IngestRequest request,
      Input input,
      IngestReport report) {
    IngestPlan plan = planWithoutTouching(connections, request, input);
    DryRun trial = new DryRun(plan, shell.interruption());
    try (Progress progress = Progress.bytes(shell, "reading", input.source().size())) {
      shell.interruption().during(() -> {}, () -> trial.read(rows(input, progress, () -> 0)));
    }
    report.dryRun(plan, trial, existing(connections, plan, trial));
    return exitCode(trial.offered() - trial.rejected(), trial.rejected());
  }

  /** The local database is not even made for this. */
  private static IngestPlan planWithoutTouching(
      Connections connections, IngestRequest request, Input input) {
    if (!connections.exists()) {
      return newTable(request, input);
    }
    try (Varve varve = connections.open(Preset.BULK)) {
      return plan(varve, request, input);
    }
  }

  /** Rows of the file's time span that are in the table already; none where it is new. */
  private static long existing(Connections connections, IngestPlan plan, DryRun trial) {
    if (plan.isNew() || trial.span().first().isEmpty()) {
      return 0;
    }
    try (Varve varve = connections.open(Preset.BULK)) {
      return trial.span().count(varve.from(plan.table()), Long.MAX_VALUE);
    }
  }

  private ExitCode load(
      Shell shell,
      Connections connections,
      IngestRequest request,
      Input input,
      IngestReport report) {
    refuseSourceAsRejects(input.source());
    int workers = how.workers(request.onConflict());
    try (Varve varve = connections.open(Preset.BULK, workers + OTHER_CONNECTIONS)) {
      IngestPlan plan = plan(varve, request, input);
      varve.toolkit().install();
      try (Batches.Claim claim = varve.batches().claim(how.importId().text())) {
        EarlierRuns earlier = earlier(shell, varve, plan, input);
        boolean created = plan.isNew() && varve.schema().create(plan.table());
        Target target = new Target(varve, plan, created, claim, earlier, request.onConflict());
        return load(shell, target, input, report);
      }
    }
  }

  /** Where the rows go, and how many are there already. */
  private record Target(
      Varve varve,
      IngestPlan plan,
      boolean created,
      Batches.Claim claim,
      EarlierRuns earlier,
      OnConflict onConflict) {}

  private ExitCode load(Shell shell, Target target, Input input, IngestReport report) {
    Varve varve = target.varve();
    Loader loader = write(shell, target, input, report);
    boolean isAppended = target.earlier().isEmpty() && target.onConflict() == OnConflict.error;
    if (!target.created() && isAppended && how.fromLine() == 1) {
      sayWhatWasThere(shell, varve, target.plan(), loader);
    }
    if (!how.isNamed()) {
      forget(shell, varve);
    }
    if (loader.written() > 0) {
      analyze(shell, varve, target.plan().table().name(), target.created(), loader.span());
    }
    long rejected = loader.rejected() + loader.rejectedBefore();
    return exitCode(loader.offered() - rejected, rejected);
  }

  /** What runs before this one have stored; refuses another file than theirs. */
  private EarlierRuns earlier(Shell shell, Varve varve, IngestPlan plan, Input input) {
    ImportId id = how.importId();
    if (!how.isNamed()) {
      return EarlierRuns.none(id);
    }
    refuseOthers(id, varve.batches().otherWriters(id.text(), plan.table().name()));
    EarlierRuns earlier =
        EarlierRuns.of(id, plan.table().name(), varve.batches().stored(id.text()));
    CsvInput source = input.source();
    boolean isReadable = source.path().filter(Files::isRegularFile).isPresent();
    if (!earlier.isEmpty() && isReadable) {
      verify(shell, source, earlier);
    }
    return earlier;
  }

  /** What other users have stored of it cannot be told from what is not stored. */
  private static void refuseOthers(ImportId id, Set<String> writers) {
    if (!writers.isEmpty()) {
      throw CommandException.usage(
          "--import-id: import %s was begun by %s".formatted(id, String.join(" and ", writers)),
          "go on with it as that user, or choose another id");
    }
  }

  /** Before anything is sent; what can be read only once is compared as it comes. */
  private void verify(Shell shell, CsvInput source, EarlierRuns earlier) {
    CsvFormat format = csv.format();
    try (CsvRows rows = source.open(format);
        Progress progress = Progress.bytes(shell, "comparing", source.size())) {
      Input again = new Input(source, rows, Sample.read(source, rows, format));
      shell
          .interruption()
          .during(
              () -> {}, () -> earlier.verify(rows(again, progress, () -> 0), shell.interruption()));
    }
  }

  private void forget(Shell shell, Varve varve) {
    try {
      varve.batches().forget(how.importId().text());
    } catch (VarveException e) {
      shell.say(
          "warning: the ledger keeps the batches of this load, which nobody needs: "
              + e.getMessage());
    }
  }

  /** Loading a file twice doubles it. What others write meanwhile is counted with it. */
  private static void sayWhatWasThere(Shell shell, Varve varve, IngestPlan plan, Loader loader) {
    TimeSpan span = loader.span();
    try {
      long most = loader.written() + MOST_COUNTED + 1;
      long before = span.count(varve.from(plan.table()), most) - loader.written();
      if (before > 0) {
        shell.say(
            String.format(
                Locale.ROOT,
                "the table already held %s between %s and %s",
                before > MOST_COUNTED
                    ? String.format(Locale.ROOT, "more than %,d rows", MOST_COUNTED)
                    : IngestReport.rows(before),
                IngestReport.text(span.first().orElseThrow()),
                IngestReport.text(span.last().orElseThrow())));
      }
    } catch (VarveException e) {
      shell.say("warning: whether the table held rows of that time is unknown: " + e.getMessage());
    }
  }

  private Loader write(Shell shell, Target target, Input input, IngestReport report) {
    boolean isBegun = how.fromLine() > 1 || !target.earlier().isEmpty();
    if (!isBegun && Files.isRegularFile(rejectsPath())) {
      shell.say("the rejected rows of a load before, in " + rejectsPath() + ", are replaced");
    }
    try (RejectsFile rejected = rejectsFile(input.sample().header(), target.earlier())) {
      long start = System.nanoTime();
      Loader loader = loader(shell, target, rejected);
      try (Progress progress = Progress.bytes(shell, "loading", input.source().size())) {
        loader.load(rows(input, progress, loader::done));
      }
      report.loaded(target.plan(), target.created(), loader, rejected, System.nanoTime() - start);
      return loader;
    }
  }

  private Loader loader(Shell shell, Target target, RejectsFile rejected) {
    Varve varve = target.varve();
    IngestPlan plan = target.plan();
    return new Loader(
        plan,
        varve.table(plan.table()),
        ConstraintColumns.of(varve, plan.table().name()),
        rejected,
        new Loader.Options(
            how.importId(),
            target.claim(),
            target.earlier(),
            target.onConflict(),
            how.workers(target.onConflict()),
            how.batchRows(),
            how.maxRejects(),
            reload(shell).goingOn(how.importId(), how.isNamed())),
        shell.interruption());
  }

  /** The rows are committed and reported by then: what fails here does not fail the load. */
  private static void analyze(
      Shell shell, Varve varve, QualifiedName table, boolean created, TimeSpan touched) {
    try {
      if (created) {
        Statistics.refresh(varve, table);
      } else {
        Statistics.refresh(varve, table, touched);
      }
    } catch (VarveException e) {
      shell.say(
          "warning: %s; until the server has analysed it queries may be slow: run ANALYZE %s"
              .formatted(e.getMessage(), table.sql()));
    }
  }

  private static ExitCode exitCode(long fit, long rejected) {
    if (rejected == 0) {
      return ExitCode.OK;
    }
    return fit == 0 ? ExitCode.FAILURE : ExitCode.PARTIAL;
  }

  private static IngestPlan plan(Varve varve, IngestRequest request, Input input) {
    QualifiedName name = QualifiedName.parse(request.table());
    return varve.schema().exists(name)
        ? new ExistingTablePlanner(request, varve.schema().inspect(name), input.sample()).plan()
        : newTable(request, input);
  }

  private static IngestPlan newTable(IngestRequest request, Input input) {
    return new NewTablePlanner(request, input.source(), input.rows(), input.sample()).plan();
  }

  private Iterator<CsvRow> rows(Input input, Progress progress, LongSupplier done) {
    Iterator<CsvRow> all = input.sample().followedBy(input.rows(), how.fromLine());
    return progress.follow(all, input.rows()::bytesRead, done);
  }

  /** Rows that are not read again keep their place in it. */
  private RejectsFile rejectsFile(Header header, EarlierRuns earlier) {
    long from = how.fromLine();
    return from > 1 || !earlier.isEmpty()
        ? RejectsFile.extending(
            rejectsPath(), header.titles(), csv.nulls(), line -> line < from || earlier.hold(line))
        : RejectsFile.replacing(rejectsPath(), header.titles(), csv.nulls());
  }

  /** It would be removed before it is read. */
  private void refuseSourceAsRejects(CsvInput source) {
    Path path = rejectsPath();
    try {
      if (source.path().isPresent()
          && Files.exists(path)
          && Files.isSameFile(source.path().get(), path)) {
        throw CommandException.usage(
            "--rejects: " + path + " is the file to load", "name another file");
      }
    } catch (IOException e) {
      throw CommandException.failure(path + " cannot be looked at: " + e.getMessage(), null, e);
    }
  }

  private Path rejectsPath() {
    if (rejects != null) {
      return rejects;
    }
    return file.equals(STANDARD_INPUT)
        ? Path.of("varve-rejects-%s.csv".formatted(how.importId()))
        : RejectsFile.beside(file, how.importId().isGenerated() ? "" : "." + how.importId());
  }
}
