package io.varve.cli;

import io.varve.cli.shell.ExitCode;
import io.varve.cli.shell.Shell;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code varve} itself: the options all commands share. */
@Command(
    name = "varve",
    description = "Time series in any PostgreSQL.",
    synopsisHeading = "",
    versionProvider = VersionCommand.Provider.class,
    customSynopsis = "Usage: varve COMMAND [OPTIONS]",
    descriptionHeading = "%n",
    optionListHeading = "%nOptions, before or after the command:%n",
    commandListHeading = "%nCommands:%n",
    footer = {
      "",
      "Without --url, VARVE_URL or PGHOST and the like, commands work on a local",
      "PostgreSQL that Varve brings along and keeps in VARVE_HOME (default:",
      "~/.local/share/varve). Passwords come from VARVE_PASSWORD, PGPASSWORD or ~/.pgpass.",
      "Data goes to standard output, messages to standard error."
    },
    subcommands = {
      DemoCommand.class,
      InstallCommand.class,
      IngestCommand.class,
      QueryCommand.class,
      SqlCommand.class,
      TablesCommand.class,
      ChunksCommand.class,
      HealthCommand.class,
      HelpCommand.class,
      VersionCommand.class
    })
final class RootCommand implements Callable<Integer> {

  private final Shell terminal;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--url",
      paramLabel = "URL",
      scope = ScopeType.INHERIT,
      description = "The database: postgresql://user@host:port/database.")
  private @Nullable String url;

  @Option(names = "--json", scope = ScopeType.INHERIT, description = "Print the result as JSON.")
  private boolean json;

  @Option(names = "--no-color", scope = ScopeType.INHERIT, description = "Print without colours.")
  private boolean noColor;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Log what happens, and print the trace of an error.")
  private boolean verbose;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this help.")
  private boolean help;

  @Option(names = "--version", versionHelp = true, description = "Print the versions.")
  private boolean version;

  RootCommand(Shell shell) {
    this.terminal = shell;
  }

  /** The world around the command, with what the options say about it. */
  Shell shell() {
    return noColor ? terminal.withoutColor() : terminal;
  }

  @Nullable String url() {
    return url;
  }

  boolean isJson() {
    return json;
  }

  boolean isVerbose() {
    return verbose;
  }

  /** Without a command there is nothing to do. */
  @Override
  public Integer call() {
    if (spec != null) {
      spec.commandLine().usage(terminal.err());
    }
    return ExitCode.USAGE.number();
  }

  /** Quiet unless asked; must run before the first logger is made. */
  void configureLogging() {
    if (verbose) {
      System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "debug");
    }
  }
}
