package io.varve.cli;

import static io.varve.query.Aggregate.avg;

import io.varve.Preset;
import io.varve.Varve;
import io.varve.cli.demo.DemoTables;
import io.varve.cli.output.ChartOptions;
import io.varve.cli.output.JsonDocument;
import io.varve.cli.output.OutputColumn;
import io.varve.cli.output.OutputFormat;
import io.varve.cli.output.RowsWriter;
import io.varve.cli.output.RowsWriters;
import io.varve.cli.output.Values;
import io.varve.cli.shell.CommandException;
import io.varve.cli.shell.ExitCode;
import io.varve.cli.shell.Shell;
import io.varve.model.HypertableInfo;
import io.varve.model.QualifiedName;
import io.varve.model.Row;
import java.time.Duration;
import java.time.Period;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code varve demo}: what Varve does, in a few seconds. */
@Command(
    name = "demo",
    description = "Load two example tables and show what can be asked of them.",
    footer = {
      "",
      "The tables demo_co2 and demo_sensors are made anew each time. Tables of these names that",
      "the demo did not make are left alone, and the demo refuses to run."
    })
final class DemoCommand extends BaseCommand {

  private static final int SHOWN_SENSORS = 5;
  private static final long MOST_ROWS = 1_000_000_000L;

  @Option(
      names = "--rows",
      paramLabel = "N",
      description = "How many sensor readings to generate (default: 2,000,000).")
  private long rows = 2_000_000;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Another seed makes other readings (default: 1).")
  private long seed = 1;

  /** What was loaded, and how fast. */
  private record Loaded(QualifiedName table, long rows, long nanos) {
    double seconds() {
      return nanos / 1e9;
    }

    long rate() {
      return Math.round(rows / Math.max(1e-3, seconds()));
    }
  }

  @Override
  ExitCode run(Shell shell) {
    if (rows < 1 || rows > MOST_ROWS) {
      throw CommandException.usage(
          "--rows " + rows + " is out of bounds",
          String.format(Locale.ROOT, "expected 1 to %,d", MOST_ROWS));
    }
    Connections connections = new Connections(shell, root().url());
    try (Varve varve = connections.open(Preset.BULK)) {
      DemoTables tables = new DemoTables(varve);
      boolean replaced = tables.clear();
      Loaded co2 = timed(DemoTables.CO2, tables::loadCo2);
      Loaded sensors = timed(DemoTables.SENSORS, () -> loadSensors(shell, tables));
      tables.analyze();
      if (root().isJson()) {
        printDocument(shell, varve, co2, sensors);
      } else {
        print(shell, varve, connections, replaced, co2, sensors);
      }
    }
    return ExitCode.OK;
  }

  private long loadSensors(Shell shell, DemoTables tables) {
    try (Progress progress = Progress.rows(shell, "loading demo_sensors", rows)) {
      return tables.loadSensors(rows, seed, progress::count);
    }
  }

  private static Loaded timed(QualifiedName table, LongSupplier load) {
    long start = System.nanoTime();
    long rows = load.getAsLong();
    return new Loaded(table, rows, System.nanoTime() - start);
  }

  private void print(
      Shell shell,
      Varve varve,
      Connections connections,
      boolean replaced,
      Loaded co2,
      Loaded sensors) {
    var capabilities = varve.capabilities();
    String where = connections.isLocal() ? ", kept in " + connections.directory() : "";
    line(shell, "%s %s%s", capabilities.tier().title(), capabilities.postgresVersion(), where);
    if (replaced) {
      line(shell, "the tables of the last demo were replaced");
    }
    line(shell, "");
    printLoaded(shell, varve, co2);
    line(
        shell,
        "    weekly CO2 at Mauna Loa; Keeling & Whorf 2004, Scripps Institution, public domain");
    printLoaded(shell, varve, sensors);
    line(
        shell,
        "    twenty sensors, every five minutes, generated: seasons, trend, outages, spikes");
    printLatest(shell, varve);
    printYears(shell, varve);
    printNext(shell);
  }

  private static void printLoaded(Shell shell, Varve varve, Loaded loaded) {
    HypertableInfo info = info(varve, loaded.table());
    line(
        shell,
        "%s  %,d rows in %.1f s (%,d rows/s), %,d chunks, %,d MB",
        shell.style().bold("%-12s".formatted(loaded.table())),
        loaded.rows(),
        loaded.seconds(),
        loaded.rate(),
        info.chunks(),
        Math.max(1, info.bytes() / 1_000_000));
  }

  private static HypertableInfo info(Varve varve, QualifiedName table) {
    return varve.schema().hypertables().stream()
        .filter(info -> info.name().equals(table))
        .findFirst()
        .orElseThrow();
  }

  private void printLatest(Shell shell, Varve varve) {
    List<Row> latest = varve.from(DemoTables.SENSORS.toString()).latest();
    line(shell, "");
    line(
        shell,
        "The latest reading of %d of %d sensors:",
        Math.min(SHOWN_SENSORS, latest.size()),
        latest.size());
    line(shell, "");
    RowsWriter writer = writer(shell, OutputFormat.table, ChartOptions.wide(shell.width()));
    writer.begin(
        List.of(
            OutputColumn.of("time"),
            OutputColumn.of("sensor"),
            OutputColumn.number("temperature"),
            OutputColumn.number("humidity")));
    latest.stream().limit(SHOWN_SENSORS).forEach(row -> writer.row(values(row)));
    writer.end();
  }

  private void printYears(Shell shell, Varve varve) {
    line(shell, "");
    line(shell, "CO2 in the air, mean of each year in ppm:");
    line(shell, "");
    List<Row> years =
        varve.from(DemoTables.CO2.toString()).bucket(Period.ofYears(1)).select(avg("co2")).list();
    RowsWriter writer =
        writer(
            shell,
            OutputFormat.chart,
            ChartOptions.wide(Math.min(80, shell.width())).spaced(Duration.ofDays(366)));
    writer.begin(List.of(OutputColumn.of("bucket"), OutputColumn.number("co2_avg")));
    years.forEach(row -> writer.row(values(row)));
    writer.end();
  }

  private static RowsWriter writer(Shell shell, OutputFormat format, ChartOptions chart) {
    return RowsWriters.of(format, shell, Values.utc(), chart);
  }

  private static Object[] values(Row row) {
    return row.asMap().values().toArray();
  }

  private void printNext(Shell shell) {
    String url = root().url() == null ? "" : " --url '" + root().url() + "'";
    line(shell, "");
    line(shell, "%s", shell.style().bold("Try next:"));
    for (String next : nextCommands()) {
      line(shell, "  %s %s%s", shell.program(), next, url);
    }
  }

  private static List<String> nextCommands() {
    return List.of(
        "query demo_co2 --from 1980 --to 1990 --format chart",
        "query demo_sensors --where sensor=s01 --bucket 1d --min temperature --max temperature --format chart",
        "query demo_sensors --latest --json",
        "sql \"select time_bucket('7 days', time) week, max(temperature) from demo_sensors group by 1 order by 1\"",
        "chunks demo_sensors");
  }

  private void printDocument(Shell shell, Varve varve, Loaded... loaded) {
    List<Map<String, Object>> tables = new ArrayList<>();
    for (Loaded each : loaded) {
      HypertableInfo info = info(varve, each.table());
      Map<String, Object> table = new LinkedHashMap<>();
      table.put("table", each.table().toString());
      table.put("rows", each.rows());
      table.put("seconds", each.nanos() / 1_000_000 / 1e3);
      table.put("rowsPerSecond", each.rate());
      table.put("chunks", info.chunks());
      table.put("bytes", info.bytes());
      tables.add(table);
    }
    shell.out().println(JsonDocument.of(Map.of("tables", tables)));
  }

  private static void line(Shell shell, String format, Object... arguments) {
    shell.out().println(String.format(Locale.ROOT, format, arguments));
  }
}
