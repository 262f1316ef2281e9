package io.varve.cli;

import io.varve.cli.output.JsonDocument;
import io.varve.cli.shell.ExitCode;
import io.varve.cli.shell.Shell;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import picocli.CommandLine.Command;

/** {@code varve version}: needs no database. */
@Command(name = "version", description = "Print the versions of Varve and Java.")
final class VersionCommand extends BaseCommand {

  @Override
  ExitCode run(Shell shell) throws IOException {
    Map<String, String> versions = versions();
    if (root().isJson()) {
      shell.out().println(JsonDocument.of(versions));
    } else {
      shell.out().println("varve " + versions.get("varve"));
      shell.out().println("java " + versions.get("java") + " (" + versions.get("vendor") + ")");
    }
    return ExitCode.OK;
  }

  private static Map<String, String> versions() throws IOException {
    Map<String, String> versions = new LinkedHashMap<>();
    versions.put("varve", build().getProperty("version"));
    versions.put("java", System.getProperty("java.version"));
    versions.put("vendor", System.getProperty("java.vendor"));
    return versions;
  }

  private static Properties build() throws IOException {
    Properties properties = new Properties();
    try (InputStream in = VersionCommand.class.getResourceAsStream("version.properties")) {
      properties.load(in);
    }
    return properties;
  }
}
