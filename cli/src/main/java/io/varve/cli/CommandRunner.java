package io.varve.cli;

import io.varve.ConfigException;
import io.varve.VarveException;
import io.varve.cli.shell.CommandException;
import io.varve.cli.shell.ExitCode;
import io.varve.cli.shell.OutputClosedException;
import io.varve.cli.shell.Shell;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Parses a command line, runs its command, and reports what went wrong in one line. */
final class CommandRunner {

  private static final int LEAST_HELP_WIDTH = 55;
  private static final int MOST_HELP_WIDTH = 100;

  private final Shell shell;

  CommandRunner(Shell shell) {
    this.shell = shell;
  }

  int run(String[] args) {
    RootCommand root = new RootCommand(shell);
    StringWriter help = new StringWriter();
    CommandLine line = commandLine(root);
    line.setOut(new PrintWriter(help));
    try {
      int code = line.execute(args);
      shell.out().print(help.toString());
      shell.out().flush();
      return code;
    } catch (OutputClosedException e) {
      return report(e, root.isVerbose()).number();
    }
  }

  private CommandLine commandLine(RootCommand root) {
    CommandLine line = new CommandLine(root);
    line.setErr(new PrintWriter(shell.err(), true));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.registerConverter(Long.class, CommandRunner::wholeNumber);
    line.registerConverter(long.class, CommandRunner::wholeNumber);
    line.setColorScheme(
        CommandLine.Help.defaultColorScheme(shell.style().isColored() ? Ansi.ON : Ansi.OFF));
    line.setUsageHelpWidth(Math.min(MOST_HELP_WIDTH, Math.max(LEAST_HELP_WIDTH, shell.width())));
    line.setParameterExceptionHandler((e, args) -> misused(e));
    line.setExecutionExceptionHandler((e, command, parsed) -> failed(e, root));
    line.getCommandSpec().usageMessage().exitCodeListHeading("%nExit codes:%n");
    line.getCommandSpec().usageMessage().exitCodeList(exitCodes());
    return line;
  }

  private static long wholeNumber(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new TypeConversionException("\"" + text + "\" is not a whole number");
    }
  }

  private static Map<String, String> exitCodes() {
    Map<String, String> list = new LinkedHashMap<>();
    for (ExitCode code : ExitCode.values()) {
      list.put(Integer.toString(code.number()), code.meaning());
    }
    return list;
  }

  private int misused(ParameterException e) {
    String command = e.getCommandLine().getCommandSpec().qualifiedName();
    shell.say(message(e));
    shell.say("see " + command + " --help");
    return ExitCode.USAGE.number();
  }

  private static String message(ParameterException e) {
    if (!(e instanceof UnmatchedArgumentException unmatched)
        || unmatched.getUnmatched().isEmpty()) {
      return String.valueOf(e.getMessage());
    }
    String argument = unmatched.getUnmatched().get(0);
    boolean isCommand =
        !unmatched.isUnknownOption() && !e.getCommandLine().getSubcommands().isEmpty();
    String kind = unmatched.isUnknownOption() ? "option" : isCommand ? "command" : "argument";
    if (kind.equals("argument") && e.getCommandLine().getCommandName().equals("ingest")) {
      return "unknown argument " + argument + "; ingest takes one file at a time";
    }
    List<String> nearest = unmatched.getSuggestions().stream().limit(1).toList();
    return "unknown %s %s%s"
        .formatted(
            kind, argument, nearest.isEmpty() ? "" : "; did you mean " + nearest.get(0) + "?");
  }

  private int failed(Exception e, RootCommand root) {
    return report(e, root.isVerbose()).number();
  }

  /**
   * Says what went wrong: one line (one for each setting), perhaps one with the remedy, and the
   * trace if it is wanted.
   */
  private ExitCode report(Exception e, boolean verbose) {
    if (e instanceof OutputClosedException closed && closed.isBrokenPipe()) {
      return ExitCode.BROKEN_PIPE;
    }
    if (e instanceof ConfigException) {
      String.valueOf(e.getMessage()).lines().forEach(shell::say);
    } else {
      shell.say(oneLine(e));
    }
    String remedy = remedy(e);
    if (remedy != null) {
      shell.say(remedy);
    }
    if (verbose) {
      e.printStackTrace(shell.err());
    }
    return exitCode(e);
  }

  private static ExitCode exitCode(Exception e) {
    if (e instanceof CommandException command) {
      return command.exitCode();
    }
    return e instanceof VarveException varve ? ExitCode.of(varve) : ExitCode.FAILURE;
  }

  private static @Nullable String remedy(Exception e) {
    if (e instanceof CommandException command) {
      return command.remedy();
    }
    boolean expected = e instanceof VarveException || e instanceof OutputClosedException;
    return expected ? null : "this is a defect of varve; --verbose shows where";
  }

  private static String oneLine(Exception e) {
    boolean expected =
        e instanceof CommandException
            || e instanceof VarveException
            || e instanceof OutputClosedException;
    String message = expected ? String.valueOf(e.getMessage()) : e.toString();
    return message.strip().replaceAll("\\s*\\R\\s*", "; ");
  }
}
