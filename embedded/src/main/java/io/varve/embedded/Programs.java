package io.varve.embedded;

import io.varve.ConfigException;
import io.varve.VarveException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the programs of one installation. PostgreSQL refuses to run as root, rightly; root therefore
 * runs them in a user namespace of their own, in which it is an ordinary user that still owns the
 * files.
 */
final class Programs {

  private static final Logger LOG = LoggerFactory.getLogger(Programs.class);

  private static final String UNSHARE = "unshare";

  private final PostgresInstallation installation;

  Programs(PostgresInstallation installation) {
    this.installation = installation;
  }

  /** Runs a program to its end and returns what it said. */
  String run(String program, List<String> arguments) {
    return run(program, arguments, "");
  }

  /**
   * Runs a program to its end and returns what it said.
   *
   * @throws VarveException if it failed
   */
  String run(String program, List<String> arguments, String input) {
    Process process = start(program, arguments);
    send(input, process);
    String output = outputOf(process);
    if (exitCode(process) != 0) {
      throw failure(program, output);
    }
    return output;
  }

  /**
   * Waits in this thread: {@code onExit} answers from the common pool, where it would wait for ever
   * if that pool's threads are the ones that start servers.
   */
  private static int exitCode(Process process) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return process.waitFor();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void send(String input, Process process) {
    try (OutputStream stdin = process.getOutputStream()) {
      stdin.write(input.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      LOG.debug("a program of PostgreSQL ended early; its output and exit code tell why", e);
    }
  }

  /** Starts a program, its output ready to be read with {@link #outputOf}. */
  Process start(String program, List<String> arguments) {
    List<String> command = new ArrayList<>();
    if (CurrentUser.isRoot()) {
      command.addAll(List.of(UNSHARE, "-U"));
    }
    command.add(installation.program(program).toString());
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(installation.directory().toFile())
            .redirectErrorStream(true);
    isolate(builder.environment());
    try {
      return builder.start();
    } catch (IOException e) {
      throw notStarted(program, e);
    }
  }

  /** English messages, times in UTC, and nothing of what clients read from the environment. */
  private static void isolate(Map<String, String> environment) {
    environment.keySet().removeIf(name -> name.startsWith("PG"));
    environment.keySet().removeIf(name -> name.startsWith("LC_") || name.equals("LANGUAGE"));
    environment.put("LC_ALL", "C");
    environment.put("TZ", "UTC");
  }

  private ConfigException notStarted(String program, IOException e) {
    if (CurrentUser.isRoot()) {
      return new ConfigException(
          "PostgreSQL refuses to run as root, and %s, which would run it in a user namespace, cannot"
                  .formatted(UNSHARE)
              + " be run: install it (package util-linux) or use an ordinary user",
          null,
          e);
    }
    return notRunnable(program, e.getMessage(), e);
  }

  private ConfigException notRunnable(String program, String reason, @Nullable Throwable cause) {
    return new ConfigException(
        "%s cannot be run, expected a file system that allows programs, and Linux with glibc: %s"
            .formatted(installation.program(program), reason),
        null,
        cause);
  }

  /** The error for a program that said this and failed. */
  private VarveException failure(String program, String output) {
    if (output.startsWith(UNSHARE + ": failed to execute")) {
      return notRunnable(program, output.strip(), null);
    }
    if (output.startsWith(UNSHARE + ":")) {
      return new ConfigException(
          "PostgreSQL refuses to run as root, and a user namespace to run it in was refused: %s; use"
                  .formatted(output.strip())
              + " an ordinary user");
    }
    return Failures.of(
        "%s of PostgreSQL %s failed".formatted(program, installation.version()), output);
  }

  /** Everything the program says, up to its end. */
  static String outputOf(Process process) {
    try {
      return new String(process.getInputStream().readAllBytes(), Charset.defaultCharset());
    } catch (IOException e) {
      throw Failures.of("the output of a PostgreSQL program cannot be read", e);
    }
  }
}
