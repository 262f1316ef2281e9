package io.varve.cli;

import io.varve.Varve;
import io.varve.cli.output.OutputColumn;
import io.varve.cli.output.RowsWriter;
import io.varve.cli.shell.ExitCode;
import io.varve.cli.shell.Shell;
import io.varve.model.HypertableInfo;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code varve tables}. */
@Command(
    name = "tables",
    description = "List the time-series tables: chunks, estimated rows and size.",
    footer = {
      "",
      "The rows are the server's estimate, made by ANALYZE, as after a load; blank where a chunk",
      "was never analysed. select count(*) counts."
    })
final class TablesCommand extends BaseCommand {

  @Override
  ExitCode run(Shell shell) {
    try (Varve varve = open(shell)) {
      List<HypertableInfo> tables = varve.schema().hypertables();
      RowsWriter writer = listing(shell);
      writer.begin(
          List.of(
              OutputColumn.of("table"),
              OutputColumn.of("time"),
              OutputColumn.number("chunks"),
              OutputColumn.number("rows"),
              OutputColumn.number("bytes")));
      for (HypertableInfo table : tables) {
        Long rows = table.rows() < 0 ? null : table.rows();
        writer.row(
            new Object[] {
              table.name().toString(), table.timeColumn(), table.chunks(), rows, table.bytes()
            });
      }
      writer.end();
      if (tables.isEmpty()) {
        shell.say("no tables yet; load one with varve ingest FILE, or see varve demo");
      }
      return ExitCode.OK;
    }
  }
}
