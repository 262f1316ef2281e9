package io.varve.cli.shell;

import io.varve.VarveException;

/** What the command tells the shell. The numbers are a promise. */
public enum ExitCode {
  OK(0, "done"),
  FAILURE(1, "the command failed"),
  USAGE(2, "the command line is wrong"),
  PARTIAL(3, "some rows were rejected, the others are written"),
  UNREACHABLE(4, "no connection to the database"),
  INTERRUPTED(130, "interrupted by Ctrl-C"),
  BROKEN_PIPE(141, "the program reading the output went away");

  private final int number;
  private final String meaning;

  ExitCode(int number, String meaning) {
    this.number = number;
    this.meaning = meaning;
  }

  /** The number the shell sees. */
  public int number() {
    return number;
  }

  /** One line for the help. */
  public String meaning() {
    return meaning;
  }

  /** The one place where Varve's errors become exit codes. */
  public static ExitCode of(VarveException e) {
    return switch (e.code()) {
      case CONNECTION -> UNREACHABLE;
      case CONFIGURATION -> USAGE;
      case ACCESS, CAPACITY -> isAboutConnecting(e) ? UNREACHABLE : FAILURE;
      case MAPPING,
          CLOSED,
          DEADLINE,
          CONFLICT,
          CONSTRAINT,
          DATA,
          SCHEMA,
          CAPABILITY,
          IN_DOUBT,
          DATABASE ->
          FAILURE;
    };
  }

  /** A user, password, database or certificate refused, or no connection free. */
  private static boolean isAboutConnecting(VarveException e) {
    return e.sqlState().filter(state -> state.matches("(08|28|3D).*|53300")).isPresent();
  }
}
