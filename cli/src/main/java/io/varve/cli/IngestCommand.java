package io.varve.cli;

import io.varve.Preset;
import io.varve.Varve;
import io.varve.cli.csv.CsvFormat;
import io.varve.cli.csv.CsvInput;
import io.varve.cli.csv.CsvRow;
import io.varve.cli.csv.CsvRows;
import io.varve.cli.csv.RejectsFile;
import io.varve.cli.csv.Sample;
import io.varve.cli.ingest.DryRun;
import io.varve.cli.ingest.ExistingTablePlanner;
import io.varve.cli.ingest.IngestPlan;
import io.varve.cli.ingest.IngestRequest;
import io.varve.cli.ingest.Loader;
import io.varve.cli.ingest.NewTablePlanner;
import io.varve.cli.ingest.Statistics;
import io.varve.cli.shell.ExitCode;
import io.varve.cli.shell.Shell;
import io.varve.model.QualifiedName;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Iterator;
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
      "Encoding, delimiter, header, types and the time column are found from the content of",
      "the first 10,000 rows; --dry-run shows what was found. A row that does not fit is put",
      "into the rejects file and the others are written: exit code 3. Rows are committed in",
      "batches; if the load fails midway it says how to go on.",
      "",
      "Empty fields are null, and so are NULL and \\N without quotes (or the texts given with",
      "--null). NaN and Infinity are values of double precision. A date alone means midnight.",
      "Times without an offset are in --zone; of an hour that comes twice when the clocks go",
      "back the first is meant, one that is skipped is rejected. Texts that repeat are",
      "dimensions; other columns are measures."
    })
final class IngestCommand extends BaseCommand {

  private static final String STANDARD_INPUT = "-";

  @Parameters(paramLabel = "FILE", description = "The file, plain or .gz; - is standard input.")
  private String file = STANDARD_INPUT;

  @Mixin private final DesignOptions design = new DesignOptions();
  @Mixin private final CsvOptions csv = new CsvOptions();

  @Option(
      names = "--rejects",
      paramLabel = "FILE",
      description = "Where rejected rows go (default: FILE.rejects.csv).")
  private @Nullable Path rejects;

  @Option(
      names = "--max-rejects",
      paramLabel = "N",
      description = "End the load when more rows than that are rejected (default: never).")
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
    report.dryRun(plan, trial);
    return trial.rejected() == 0 ? ExitCode.OK : ExitCode.PARTIAL;
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

  private ExitCode load(
      Shell shell,
      Connections connections,
      IngestRequest request,
      Input input,
      IngestReport report) {
    try (Varve varve = connections.open(Preset.BULK);
        RejectsFile rejected = rejectsFile()) {
      IngestPlan plan = plan(varve, request, input);
      boolean created = plan.isNew() && varve.schema().create(plan.table());
      long start = System.nanoTime();
      Loader loader =
          new Loader(plan, varve.table(plan.table()), rejected, maxRejects, shell.interruption());
      try (Progress progress = Progress.bytes(shell, "loading", input.source().size())) {
        shell.interruption().during(() -> {}, () -> loader.load(rows(input, progress)));
      }
      long nanos = System.nanoTime() - start;
      if (created) {
        Statistics.refresh(varve, plan.table().name());
      }
      report.loaded(plan, created, loader, rejected, nanos);
      return exitCode(loader);
    }
  }

  private static ExitCode exitCode(Loader loader) {
    if (loader.rejected() == 0) {
      return ExitCode.OK;
    }
    return loader.written() == 0 ? ExitCode.FAILURE : ExitCode.PARTIAL;
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

  private RejectsFile rejectsFile() {
    return fromLine > 1
        ? RejectsFile.extending(rejectsPath())
        : RejectsFile.replacing(rejectsPath());
  }

  private Path rejectsPath() {
    if (rejects != null) {
      return rejects;
    }
    return file.equals(STANDARD_INPUT)
        ? Path.of(
            "varve-rejects-%s.csv"
                .formatted(
                    DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").format(LocalDateTime.now())))
        : Path.of(file + ".rejects.csv");
  }
}
