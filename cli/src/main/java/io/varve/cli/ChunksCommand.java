package io.varve.cli;

import io.varve.Varve;
import io.varve.cli.output.OutputColumn;
import io.varve.cli.output.RowsWriter;
import io.varve.cli.shell.ExitCode;
import io.varve.cli.shell.Shell;
import io.varve.model.Chunk;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code varve chunks}. */
@Command(
    name = "chunks",
    description = "List the chunks of a table, oldest first.",
    footer = {
      "",
      "The rows are the server's estimate, blank where a chunk was never analysed.",
      "",
      "Examples:",
      "  varve chunks demo_sensors",
      "  varve chunks demo_sensors --json"
    })
final class ChunksCommand extends BaseCommand {

  @Parameters(paramLabel = "TABLE", description = "The table, or schema.table.")
  private String table = "";

  @Override
  ExitCode run(Shell shell) {
    try (Varve varve = open(shell)) {
      RowsWriter writer = listing(shell);
      List<Chunk> chunks = varve.schema().chunks(table(varve, table).name());
      writer.begin(
          List.of(
              OutputColumn.of("chunk"),
              OutputColumn.of("start"),
              OutputColumn.of("end"),
              OutputColumn.number("rows"),
              OutputColumn.number("bytes")));
      for (Chunk chunk : chunks) {
        Long rows = chunk.rows() < 0 ? null : chunk.rows();
        writer.row(
            new Object[] {
              chunk.name().toString(),
              bound(chunk.startText()),
              bound(chunk.endText()),
              rows,
              chunk.bytes()
            });
      }
      writer.end();
      return ExitCode.OK;
    }
  }

  /** In JSON as all its times; a date and a number are alike in both. */
  private String bound(String text) {
    return root().isJson()
        ? text.replaceFirst("^(\\d{4,}-\\d\\d-\\d\\d) (\\d\\d:\\d\\d:\\S+?)(\\+00)?$", "$1T$2$3")
            .replaceFirst("\\+00$", "Z")
        : text;
  }
}
