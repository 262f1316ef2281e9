package io.varve.cli;

import io.varve.cli.output.JsonDocument;
import io.varve.cli.shell.ExitCode;
import io.varve.cli.shell.Shell;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** {@code varve version}: needs no database. */
@Command(name = "version", description = "Print the versions of Varve and Java.")
final class VersionCommand extends BaseCommand {

  @Override
  ExitCode run(Shell shell) throws IOException {
    Map<String, String> versions = versions();
    if (root().isJson()) {
      shell.out().println(JsonDocument.of(versions));
    } else {
      lines(versions).forEach(shell.out()::println);
    }
    return ExitCode.OK;
  }

  private static List<String> lines(Map<String, String> versions) {
    return List.of(
        "varve " + versions.get("varve"),
        "java " + versions.get("java") + " (" + versions.get("vendor") + ")");
  }

  /** What {@code --version} prints. */
  static final class Provider implements IVersionProvider {
    @Override
    public String[] getVersion() throws IOException {
      return lines(versions()).toArray(String[]::new);
    }
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
