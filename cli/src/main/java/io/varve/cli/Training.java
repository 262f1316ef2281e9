package io.varve.cli;

import io.varve.Varve;
import io.varve.cli.shell.Shell;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Runs the commands once on a throwaway database, while the JVM records which classes they need.
 * The launcher does this after a build; from then on the commands start in half the time.
 */
public final class Training {

  private static final List<List<String>> COMMANDS =
      List.of(
          List.of("version"),
          List.of("--help"),
          List.of("ingest", "--help"),
          List.of("tabels"),
          List.of("demo", "--rows", "2000"),
          List.of("tables"),
          List.of("tables", "--json"),
          List.of("chunks", "demo_co2"),
          List.of("health"),
          List.of("query", "demo_sensors", "--limit", "10", "--format", "csv"),
          List.of("query", "demo_sensors", "--limit", "10", "--format", "ndjson"),
          List.of("sql", "select * from demo_co2 limit 10"),
          List.of("sql", "selec"),
          List.of("ingest", "-", "--table", "trained"));

  private Training() {}

  public static void main(String[] args) throws IOException {
    Path home = Files.createTempDirectory("varve-training");
    try {
      runAll(home);
    } finally {
      delete(home);
    }
  }

  /** The commands share a server that runs all the while, instead of each starting it. */
  private static void runAll(Path home) throws IOException {
    Varve running = Varve.embedded(home.resolve("postgres"));
    try {
      for (List<String> command : COMMANDS) {
        run(command, home);
      }
    } finally {
      running.close();
    }
  }

  private static void run(List<String> command, Path home) throws IOException {
    try (InputStream in = Training.class.getResourceAsStream("demo/co2.csv")) {
      Shell shell =
          Shell.of(
              in,
              OutputStream.nullOutputStream(),
              OutputStream.nullOutputStream(),
              Map.of("VARVE_HOME", home.toString()),
              Set.of());
      Main.run(command.toArray(new String[0]), shell);
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      paths.sorted(Comparator.reverseOrder()).forEach(Training::deleteOne);
    }
  }

  private static void deleteOne(Path path) {
    try {
      Files.delete(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
