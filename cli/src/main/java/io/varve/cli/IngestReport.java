package io.varve.cli;

import io.varve.cli.csv.LocalZone;
import io.varve.cli.csv.Reject;
import io.varve.cli.csv.RejectsFile;
import io.varve.cli.ingest.DryRun;
import io.varve.cli.ingest.ImportId;
import io.varve.cli.ingest.IngestPlan;
import io.varve.cli.ingest.IngestRequest;
import io.varve.cli.ingest.Loader;
import io.varve.cli.ingest.OnConflict;
import io.varve.cli.ingest.PlannedColumn;
import io.varve.cli.ingest.TimeSpan;
import io.varve.cli.output.ChartOptions;
import io.varve.cli.output.JsonDocument;
import io.varve.cli.output.OutputColumn;
import io.varve.cli.output.OutputFormat;
import io.varve.cli.output.RowsWriter;
import io.varve.cli.output.RowsWriters;
import io.varve.cli.output.Values;
import io.varve.cli.shell.Shell;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tells what became of a file, or what would. */
final class IngestReport {

  private final Shell shell;
  private final IngestRequest request;
  private final @Nullable ImportId importId;
  private final Reload reload;
  private final boolean json;

  /**
   * @param importId the name of the load, if the user gave one
   * @param reload how rejected rows are loaded
   */
  IngestReport(
      Shell shell,
      IngestRequest request,
      @Nullable ImportId importId,
      Reload reload,
      boolean json) {
    this.shell = shell;
    this.reload = reload;
    this.request = request;
    this.importId = importId;
    this.json = json;
  }

  /**
   * @param existing rows of the file's time span that are in the table already
   */
  void dryRun(IngestPlan plan, DryRun trial, long existing) {
    if (json) {
      shell.out().println(JsonDocument.of(dryRunDocument(plan, trial, existing)));
      return;
    }
    String title =
        plan.isNew() ? "would create table %s with chunks of %s" : "would add to table %s";
    line(title, plan.table().name(), plan.chunk());
    if (request.onConflict() != OnConflict.error) {
      line("%s", conflicts(plan));
    }
    line("");
    columns(plan);
    line("");
    line(
        "%,d offered = %,d would be written + %,d rejected",
        trial.offered(), trial.offered() - trial.rejected(), trial.rejected());
    TimeSpan span = trial.span();
    span.first().ifPresent(first -> line("from %s to %s", text(first), text(span.last().get())));
    line("%s", duplicates(trial));
    if (!plan.isNew()) {
      line("the table already holds %s of that time", rows(existing));
    }
    zone();
    trial.examples().forEach(reject -> line("%s", text(reject)));
  }

  private String conflicts(IngestPlan plan) {
    String key = "(" + String.join(", ", plan.table().key()) + ")";
    String action = request.onConflict() == OnConflict.skip ? "are left out" : "are updated";
    return (plan.isNew() ? "with the key " + key + ": " : "")
        + "rows whose "
        + key
        + " is there "
        + action;
  }

  private static String duplicates(DryRun trial) {
    String all = trial.compared() < trial.offered() - trial.rejected() ? "the first " : "";
    return String.format(
        Locale.ROOT,
        "%,d of %s%,d rows repeat the time and dimensions of another row of the file",
        trial.duplicates(),
        all,
        trial.compared());
  }

  private void columns(IngestPlan plan) {
    RowsWriter table =
        RowsWriters.of(OutputFormat.table, shell, Values.utc(), ChartOptions.wide(shell.width()));
    table.begin(
        List.of("column", "from", "type", "role", "note").stream().map(OutputColumn::of).toList());
    for (PlannedColumn column : plan.columns()) {
      table.row(
          new Object[] {
            column.slot().column(), column.from(), column.type().sql(), role(column), column.note()
          });
    }
    table.end();
  }

  void loaded(IngestPlan plan, boolean created, Loader load, RejectsFile rejects, long nanos) {
    load.firstReject().ifPresent(reject -> shell.say(text(reject)));
    load.wholeColumns().forEach(column -> shell.say(widening(plan, column)));
    if (json) {
      shell.out().println(JsonDocument.of(document(plan, created, load, rejects, nanos)));
      return;
    }
    if (created) {
      line("created table %s with chunks of %s", plan.table().name(), plan.chunk());
      plan.columns().stream()
          .filter(column -> column.note().endsWith(PlannedColumn.WHOLE_NUMBERS))
          .forEach(column -> line("column %s: %s", column.slot().column(), column.note()));
    }
    line(
        "%s: %,d offered = %s, in %.1f s (%,d rows/s)",
        plan.table().name(), load.offered(), sum(load), nanos / 1e9, rate(load.written(), nanos));
    if (load.before() > 0 && load.before() == load.offered()) {
      line("nothing was left to do: import %s had come to the end of the file before", importId);
    }
    zone();
    if (load.rejected() + load.rejectedBefore() > 0) {
      rejected(rejects, plan.table().name().toString());
    }
  }

  private void rejected(RejectsFile rejects, String table) {
    if (!Files.exists(rejects.path())) {
      line("the rejected rows were in %s, which is not there any more", rejects.path());
      return;
    }
    line(
        "the rejected rows are in %s: correct their own fields there, behind the rejected_* columns,"
            + " which are left out, and load that file:",
        rejects.path());
    line("%s", reload.command(table, rejects.path()));
  }

  /** What became of the rows; what cannot have happened is not told of. */
  private String sum(Loader load) {
    boolean isMerge = request.onConflict() != OnConflict.error;
    List<String> parts = new ArrayList<>();
    parts.add(part(load.written(), "written"));
    if (isMerge || load.skipped() > 0) {
      parts.add(part(load.skipped(), "skipped"));
    }
    parts.add(part(load.rejected(), "rejected"));
    if (load.before() > 0) {
      parts.add(part(load.writtenBefore(), "stored before"));
    }
    if (load.skippedBefore() > 0) {
      parts.add(part(load.skippedBefore(), "skipped before"));
    }
    if (load.rejectedBefore() > 0) {
      parts.add(part(load.rejectedBefore(), "rejected before"));
    }
    return String.join(" + ", parts);
  }

  private static String part(long rows, String what) {
    return String.format(Locale.ROOT, "%,d %s", rows, what);
  }

  private String widening(IngestPlan plan, String column) {
    return "column %s takes whole numbers only; for others: %s sql 'alter table %s alter column %s type double precision'"
        .formatted(column, shell.program(), plan.table().name(), plain(column));
  }

  /** As SQL takes it within single quotes of a shell. */
  private static String plain(String column) {
    return column.matches("[a-z_][a-z0-9_]*") ? column : '"' + column.replace("\"", "\"\"") + '"';
  }

  private void zone() {
    LocalZone zone = request.zone();
    if (zone.resolved() > 0) {
      line("times without an offset were taken as %s", zoneName());
    }
    if (zone.repeated() > 0) {
      line("%,d of them came twice when the clocks went back: the first is meant", zone.repeated());
    }
  }

  private String zoneName() {
    String id = request.zone().id().getId();
    return id.equals("Z") ? "UTC" : id;
  }

  private Map<String, Object> dryRunDocument(IngestPlan plan, DryRun trial, long existing) {
    Map<String, Object> document = design(plan);
    document.put("dryRun", true);
    document.put("offered", trial.offered());
    document.put("wouldWrite", trial.offered() - trial.rejected());
    document.put("rejected", trial.rejected());
    document.put("from", trial.span().first().orElse(null));
    document.put("to", trial.span().last().orElse(null));
    document.put("duplicates", trial.duplicates());
    document.put("compared", trial.compared());
    document.put("existing", plan.isNew() ? null : existing);
    document.put("rejects", trial.examples().stream().map(IngestReport::document).toList());
    return document;
  }

  private Map<String, Object> document(
      IngestPlan plan, boolean created, Loader load, RejectsFile rejects, long nanos) {
    Map<String, Object> document = design(plan);
    document.put("created", created);
    document.put("offered", load.offered());
    document.put("written", load.written());
    document.put("skipped", load.skipped());
    document.put("rejected", load.rejected());
    document.put("writtenBefore", load.writtenBefore());
    document.put("skippedBefore", load.skippedBefore());
    document.put("rejectedBefore", load.rejectedBefore());
    boolean isAnyRejected = load.rejected() + load.rejectedBefore() > 0;
    document.put("rejectsFile", isAnyRejected ? rejects.path().toString() : null);
    document.put("importId", importId == null ? null : importId.text());
    document.put("seconds", nanos / 1_000_000 / 1e3);
    document.put("rowsPerSecond", rate(load.written(), nanos));
    return document;
  }

  private Map<String, Object> design(IngestPlan plan) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("table", plan.table().name().toString());
    document.put("isNew", plan.isNew());
    document.put("chunk", plan.isNew() ? plan.chunk() : null);
    document.put("key", plan.table().key());
    document.put("zone", zoneName());
    document.put("columns", plan.columns().stream().map(IngestReport::document).toList());
    return document;
  }

  private static Map<String, Object> document(PlannedColumn column) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("name", column.slot().column());
    document.put("from", column.from());
    document.put("type", column.type().sql());
    document.put("role", role(column));
    document.put("note", column.note());
    return document;
  }

  private static Map<String, Object> document(Reject reject) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("line", reject.line());
    document.put("column", reject.column());
    document.put("value", reject.value());
    document.put("reason", reject.reason());
    return document;
  }

  /** What the server refuses is a whole row, and its words say why. */
  private static String text(Reject reject) {
    if (reject.column().isEmpty() && reject.value().isEmpty()) {
      return "line %d: %s".formatted(reject.line(), reject.reason());
    }
    String where = reject.column().isEmpty() ? "" : ", column " + reject.column();
    if (reject.isByServer()) {
      return "line %d%s: %s"
          .formatted(
              reject.line(),
              reject.column().contains(", ") ? where.replaceFirst("column", "columns") : where,
              reject.reason());
    }
    String value =
        reject.value().length() > 60 ? reject.value().substring(0, 59) + "…" : reject.value();
    return "line %d%s: \"%s\" %s".formatted(reject.line(), where, value, reject.reason());
  }

  static String rows(long count) {
    return count == 1 ? "1 row" : String.format(Locale.ROOT, "%,d rows", count);
  }

  static String text(Object time) {
    return Values.utc().text(time);
  }

  private static String role(PlannedColumn column) {
    return column.role().name().toLowerCase(Locale.ROOT);
  }

  private static long rate(long rows, long nanos) {
    return Math.round(rows / Math.max(1e-3, nanos / 1e9));
  }

  private void line(String format, Object... arguments) {
    shell.out().println(String.format(Locale.ROOT, format, arguments));
  }
}
