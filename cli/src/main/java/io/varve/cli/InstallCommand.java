package io.varve.cli;

import io.varve.Toolkit;
import io.varve.Varve;
import io.varve.cli.output.JsonDocument;
import io.varve.cli.shell.ExitCode;
import io.varve.cli.shell.Shell;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;

/** {@code varve install}. */
@Command(
    name = "install",
    description = "Install the SQL toolkit (schema varve) into the database, or upgrade it.")
final class InstallCommand extends BaseCommand {

  @Override
  ExitCode run(Shell shell) {
    try (Varve varve = open(shell)) {
      int before = varve.toolkit().status().installed();
      int migrations = varve.toolkit().install();
      Toolkit.Status after = varve.toolkit().status();
      if (root().isJson()) {
        shell.out().println(JsonDocument.of(document(before, after.installed(), migrations)));
      } else {
        shell.out().println(text(before, after.installed(), migrations));
      }
      return ExitCode.OK;
    }
  }

  private static Map<String, Object> document(int before, int after, int migrations) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("before", before);
    document.put("after", after);
    document.put("migrations", migrations);
    return document;
  }

  private static String text(int before, int after, int migrations) {
    if (migrations == 0) {
      return "toolkit version " + after + " is current; nothing to do";
    }
    return before == 0
        ? "toolkit installed, version " + after
        : "toolkit upgraded from version " + before + " to " + after;
  }
}
