package io.varve.cli;

import io.varve.cli.output.ChartOptions;
import io.varve.cli.output.OutputFormat;
import io.varve.cli.output.RowsWriter;
import io.varve.cli.output.RowsWriters;
import io.varve.cli.output.Values;
import io.varve.cli.shell.CommandException;
import io.varve.cli.shell.Shell;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say how rows are shown. */
final class OutputOptions {

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "table, csv, json, ndjson or chart (default: table).")
  private @Nullable OutputFormat format;

  @Option(
      names = "--zone",
      paramLabel = "ZONE",
      description =
          "Zone in which times are shown, and meant if they have no offset (default: UTC; JSON is"
              + " always in UTC).")
  private String zone = "UTC";

  ZoneId zone() {
    return Zones.parse(zone);
  }

  /** The format; {@code --json} is short for one of them. */
  OutputFormat format(boolean json) {
    if (json && format != null && format != OutputFormat.json) {
      throw CommandException.usage(
          "--json and --format " + format + " contradict each other", "give one of them");
    }
    if (json) {
      return OutputFormat.json;
    }
    return format == null ? OutputFormat.table : format;
  }

  /**
   * Writes rows.
   *
   * @param spacing how far apart the times of a chart are, if that is known
   */
  RowsWriter writer(Shell shell, boolean json, Optional<Duration> spacing) {
    ChartOptions chart = ChartOptions.wide(shell.width()).in(zone());
    return RowsWriters.of(
        format(json), shell, new Values(zone()), spacing.map(chart::spaced).orElse(chart));
  }
}
