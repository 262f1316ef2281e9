package io.varve.cli.shell;

import org.jspecify.annotations.Nullable;

/** A command that cannot go on: what is wrong, what helps, and what the shell is told. */
public final class CommandException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final ExitCode exitCode;
  private final @Nullable String remedy;

  private CommandException(
      ExitCode exitCode, String message, @Nullable String remedy, @Nullable Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
    this.remedy = remedy;
  }

  /** The command line asks for something that cannot be. */
  public static CommandException usage(String message, String remedy) {
    return new CommandException(ExitCode.USAGE, message, remedy, null);
  }

  /** Like {@link #usage(String, String)}, where the message says all. */
  public static CommandException usage(String message) {
    return new CommandException(ExitCode.USAGE, message, null, null);
  }

  /** The command line was right, the work failed. */
  public static CommandException failure(String message, @Nullable String remedy) {
    return new CommandException(ExitCode.FAILURE, message, remedy, null);
  }

  /** Like {@link #failure(String, String)}, with what led to it. */
  public static CommandException failure(String message, @Nullable String remedy, Throwable cause) {
    return new CommandException(ExitCode.FAILURE, message, remedy, cause);
  }

  /** The same, under another exit code. */
  public CommandException exitingWith(ExitCode code) {
    return new CommandException(code, String.valueOf(getMessage()), remedy, getCause());
  }

  /** The same, with something more that helps. */
  public CommandException adding(String help) {
    String all = remedy == null ? help : remedy + "; " + help;
    return new CommandException(exitCode, String.valueOf(getMessage()), all, getCause());
  }

  public ExitCode exitCode() {
    return exitCode;
  }

  /** What the user can do about it. */
  public @Nullable String remedy() {
    return remedy;
  }
}
