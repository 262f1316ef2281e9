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
import io.varve.cli.ingest.DryRun;
import io.varve.cli.ingest.ExistingTablePlanner;
import io.varve.cli.ingest.IngestPlan;
import io.varve.cli.ingest.IngestRequest;
import io.varve.cli.ingest.Loader;
import io.varve.cli.ingest.NewTablePlanner;
import io.varve.cli.ingest.Statistics;
import io.varve.cli.ingest.TimeSpan;
import io.varve.cli.shell.CommandException;
import io.varve.cli.shell.ExitCode;
import io.varve.cli.shell.Shell;
import io.varve.model.QualifiedName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Iterator;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

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
      "them there and load that file into the table. Rows are committed in batches; if the load",
      "fails midway it says how to go on. A load that runs again may repeat its options.",
      "",
      "Empty fields are null, and so are NULL and \\N without quotes (or the texts given with",
      "--null). NaN and Infinity are values of double precision. A date alone means midnight.",
      "Times without an offset are in --zone; of an hour that comes twice when the clocks go",
      "back the first is meant, one that is skipped is rejected. Texts that repeat are",
      "dimensions; other columns are measures.",
      "",
      "Examples:",
      "  varve ingest --dry-run weather.csv",
      "  varve ingest --table weather --dimension station --zone Europe/Berlin weather.csv",
      "  varve ingest --table weather --decimal , --time-format 'dd.MM.yyyy HH:mm' wetter.csv",
      "  zcat weather.csv.gz | varve ingest --table weather -"
    })
final class IngestCommand extends BaseCommand {

  private static final String STANDARD_INPUT = "-";

  /** Where counting the rows that were there before a load ends. */
  private static final long MOST_COUNTED = 100_000;

  @Parameters(paramLabel = "FILE", description = "The file, plain or .gz; - is standard input.")
  private String file = STANDARD_INPUT;

  @Mixin private final DesignOptions design = new DesignOptions();
  @Mixin private final CsvOptions csv = new CsvOptions();

  @Option(
      names = "--rejects",
      paramLabel = "FILE",
      description =
          "Where rejected rows go (default: FILE.rejects.csv, then FILE.rejects.2.csv). A load that"
              + " starts again replaces the file.")
  private @Nullable Path rejects;

  @Option(
      names = "--max-rejects",
      paramLabel = "N",
      description =
          "End the load when more rows than that are rejected (default: only after 1,000 that the"
              + " server refused before it took one).")
  private long maxRejects = Long.MAX_VALUE;

  @Option(
      names = "--from-line",
      paramLabel = "N",
      description = "Leave out the rows before this line, to go on with a load that failed.")
  private long fromLine = 1;

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
    try (CsvRows rows = source.open(format)) {
      Input input = new Input(source, rows, Sample.read(source, rows, format));
      IngestReport report = new IngestReport(shell, request, root().isJson());
      return dryRun
          ? tryOut(shell, connections, request, input, report)
          : load(shell, connections, request, input, report);
    }
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
      shell.interruption().during(() -> {}, () -> trial.read(rows(input, progress)));
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
    try (Varve varve = connections.open(Preset.BULK)) {
      IngestPlan plan = plan(varve, request, input);
      boolean created = plan.isNew() && varve.schema().create(plan.table());
      Loader loader = load(shell, varve, plan, created, input, report);
      if (!created && fromLine == 1) {
        sayWhatWasThere(shell, varve, plan, loader);
      }
      if (loader.written() > 0) {
        analyze(shell, varve, plan.table().name(), created, loader.span());
      }
      return exitCode(loader.written(), loader.rejected());
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

  private Loader load(
      Shell shell,
      Varve varve,
      IngestPlan plan,
      boolean created,
      Input input,
      IngestReport report) {
    if (fromLine <= 1 && Files.isRegularFile(rejectsPath())) {
      shell.say("the rejected rows of a load before, in " + rejectsPath() + ", are replaced");
    }
    try (RejectsFile rejected = rejectsFile(input.sample().header())) {
      long start = System.nanoTime();
      Loader loader =
          new Loader(plan, varve.table(plan.table()), rejected, maxRejects, shell.interruption());
      try (Progress progress = Progress.bytes(shell, "loading", input.source().size())) {
        shell.interruption().during(() -> {}, () -> loader.load(rows(input, progress)));
      }
      report.loaded(plan, created, loader, rejected, System.nanoTime() - start);
      return loader;
    }
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

  private Iterator<CsvRow> rows(Input input, Progress progress) {
    Iterator<CsvRow> all = input.sample().followedBy(input.rows(), fromLine);
    return progress.follow(all, input.rows()::bytesRead);
  }

  private RejectsFile rejectsFile(Header header) {
    return fromLine > 1
        ? RejectsFile.extending(rejectsPath(), header.titles(), csv.nulls(), fromLine)
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
        ? Path.of(
            "varve-rejects-%s.csv"
                .formatted(
                    DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT)
                        .format(LocalDateTime.now())))
        : RejectsFile.beside(file);
  }
}
