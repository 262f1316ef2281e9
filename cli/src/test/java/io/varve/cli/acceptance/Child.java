package io.varve.cli.acceptance;

import io.varve.cli.Main;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A JVM of its own, started with this one's Java and class path. */
final class Child {

  /** How a process ended and what it said. */
  record Result(int exitCode, String out, String err) {}

  private final List<String> command;
  private final Process process;
  private final Path out;
  private final Path err;

  private Child(List<String> command, Process process, Path out, Path err) {
    this.command = command;
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /**
   * Starts a program in a directory, where it also leaves what it says.
   *
   * @param environment the only variables of PostgreSQL and Varve it sees
   */
  static Child start(
      Path directory, Map<String, String> environment, Class<?> main, List<String> arguments) {
    try {
      Path out = Files.createTempFile(directory, "child-", ".out");
      Path err = out.resolveSibling(out.getFileName().toString().replace(".out", ".err"));
      List<String> command = command(main, arguments);
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile());
      builder.environment().keySet().removeIf(name -> name.matches("(PG|VARVE_).*"));
      builder.environment().putAll(environment);
      return new Child(command, builder.start(), out, err);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> command(Class<?> main, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData", "-Xmx256m"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(main.getName());
    command.addAll(arguments);
    return command;
  }

  /** The varve command. */
  static Child varve(Path directory, Map<String, String> environment, String... arguments) {
    return start(directory, environment, Main.class, List.of(arguments));
  }

  /** Writes to its standard input; waits while it does not read. */
  void feed(String text) {
    try {
      process.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().flush();
    } catch (IOException e) {
      throw new UncheckedIOException(this + " reads no more: " + err(), e);
    }
  }

  /** Ends its standard input. */
  void endFeed() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      throw new UncheckedIOException(this + " reads no more: " + err(), e);
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Ends it with SIGKILL. */
  void kill() {
    process.destroyForcibly();
    finish();
  }

  /** Asks it to end with SIGTERM; its streams stay open. */
  void terminate() {
    process.toHandle().destroy();
  }

  /** Waits for its end. */
  Result finish() {
    try {
      if (!process.waitFor(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("%s does not end; it said: %s%s".formatted(this, out(), err()));
      }
      return new Result(process.exitValue(), out(), err());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting for " + this, e);
    }
  }

  /** What it has written to standard output. */
  String out() {
    return read(out);
  }

  /** What it has written to standard error. */
  String err() {
    return read(err);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    int arguments = command.indexOf("-cp") + 2;
    return String.join(" ", command.subList(arguments, command.size()));
  }
}
