package io.varve.cli;

import io.varve.Varve;
import io.varve.cli.shell.Shell;
import io.varve.embedded.PostgresBinaries;
import io.varve.embedded.PostgresServer;
import io.varve.embedded.ServerOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
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

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration PAUSE = Duration.ofMillis(50);

  private Training() {}

  public static void main(String[] args) throws IOException {
    Path home = Files.createTempDirectory("varve-training");
    Thread hook = new Thread(() -> cleanUp(home), "varve-training-clean-up");
    Runtime.getRuntime().addShutdownHook(hook);
    runAll(home);
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

  /** At the end, whether the work is done or Ctrl-C has ended it in the middle. */
  private static void cleanUp(Path home) {
    Path server = home.resolve("postgres");
    if (Files.exists(server.resolve("data/postmaster.pid"))) {
      stopServer(server);
    }
    long start = System.nanoTime();
    while (!isDeleted(home) && System.nanoTime() - start < PATIENCE.toNanos()) {
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  /** Nothing in it is worth a regular end. */
  private static void stopServer(Path directory) {
    ServerOptions options = ServerOptions.of(directory.resolve("data"), "varve", "not needed");
    new PostgresServer(
            PostgresBinaries.fromClassPath().unpackInto(directory.resolve("binaries")), options)
        .stop(PostgresServer.Shutdown.IMMEDIATE);
  }

  /** Not at once if the interrupted work still writes into it. */
  private static boolean isDeleted(Path directory) {
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
      return true;
    } catch (NoSuchFileException | UncheckedIOException | DirectoryNotEmptyException e) {
      return !Files.exists(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
