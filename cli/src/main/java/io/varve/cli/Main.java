package io.varve.cli;

import io.varve.cli.shell.ExitCode;
import io.varve.cli.shell.Shell;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The {@code varve} command. */
public final class Main {

  private Main() {}

  /** Runs the command line and ends the process with its exit code. */
  public static void main(String[] args) {
    // What a command prints is read by programs, too: digits are the same in every country.
    Locale.setDefault(Locale.ROOT);
    Shell shell =
        Shell.of(
            System.in,
            new FileOutputStream(FileDescriptor.out),
            new FileOutputStream(FileDescriptor.err),
            System.getenv(),
            terminals());
    Thread hook = new Thread(() -> shell.interruption().request(), "interruption");
    Runtime.getRuntime().addShutdownHook(hook);
    int code = run(args, shell);
    shell.interruption().commandEnded();
    System.exit(code);
  }

  /**
   * Runs a command line without ending the process.
   *
   * @return the exit code, see {@link ExitCode}
   */
  public static int run(
      String[] args, InputStream in, OutputStream out, OutputStream err, Map<String, String> env) {
    return run(args, Shell.of(in, out, err, env, Set.of()));
  }

  static int run(String[] args, Shell shell) {
    return new CommandRunner(shell).run(args);
  }

  /** The launcher tells which streams are terminals; the JVM can only guess. */
  private static Set<String> terminals() {
    String told = System.getProperty("varve.terminal");
    if (told != null) {
      return Set.copyOf(Arrays.asList(told.split(",")));
    }
    return System.console() == null ? Set.of() : Set.of("in", "out", "err");
  }
}
