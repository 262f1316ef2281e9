package io.varve.cli;

import io.varve.cli.shell.CommandException;
import io.varve.cli.shell.ExitCode;
import io.varve.cli.shell.Shell;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code varve help}: what {@code --help} prints. */
@Command(name = "help", description = "Show the help of a command.")
final class HelpCommand extends BaseCommand {

  @Spec private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "COMMAND", arity = "0..1", description = "The command.")
  private @Nullable String command;

  @Override
  ExitCode run(Shell shell) {
    CommandLine all = Objects.requireNonNull(spec).commandLine().getParent();
    CommandLine wanted = command == null ? all : all.getSubcommands().get(command);
    if (wanted == null) {
      throw CommandException.usage(
          "there is no command " + command,
          "there are " + String.join(", ", all.getSubcommands().keySet()));
    }
    shell.out().print(wanted.getUsageMessage(wanted.getColorScheme()));
    shell.out().flush();
    return ExitCode.OK;
  }
}
