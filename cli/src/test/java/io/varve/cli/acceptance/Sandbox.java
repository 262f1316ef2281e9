package io.varve.cli.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.embedded.PostgresBinaries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A directory for one test, in which all its processes work: commands, and the local PostgreSQL
 * they share. After the test every one of them is ended and the directory is deleted; a test that
 * passed must not have left any.
 */
final class Sandbox implements BeforeEachCallback, AfterEachCallback {

  /** Unpacked once for all tests; holds nothing else, as a server drops what it does not know. */
  private static final Path BINARIES = Path.of("target", "postgres").toAbsolutePath();

  private final List<Child> children = new ArrayList<>();
  private Path directory = Path.of("");

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    directory = Files.createTempDirectory("varve-acceptance-").toRealPath();
  }

  @Override
  public void afterEach(ExtensionContext context) throws IOException {
    List<String> forgotten = children.stream().filter(Child::isAlive).map(Child::toString).toList();
    children.forEach(Child::kill);
    List<ProcessHandle> servers = processes();
    for (ProcessHandle server : servers) {
      end(server);
    }
    delete(directory);
    if (context.getExecutionException().isEmpty()) {
      assertThat(forgotten).describedAs("commands left running by the test").isEmpty();
      assertThat(servers).describedAs("servers left running by the test").isEmpty();
    }
  }

  /** With SIGQUIT, on which a server gives its shared memory back. */
  private static void end(ProcessHandle process) throws IOException {
    new ProcessBuilder("kill", "-QUIT", Long.toString(process.pid())).start();
    Await.until("the end of " + process.pid(), () -> !process.isAlive());
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  Path file(String name) {
    return directory.resolve(name);
  }

  /** The commands' {@code VARVE_HOME}; there is nothing at first. */
  Path home() {
    return directory.resolve("home");
  }

  /** The local PostgreSQL, which the first command that needs it makes. */
  LocalServer server() {
    return new LocalServer(home());
  }

  /** Spares the first command the unpacking of PostgreSQL. */
  void provideBinaries() throws IOException {
    PostgresBinaries.fromClassPath().unpackInto(BINARIES);
    Path server = Files.createDirectories(server().directory());
    Files.createFile(server.resolve("server.lock"));
    Files.createSymbolicLink(server.resolve("binaries"), BINARIES);
  }

  /** Starts a command. */
  Child start(String... arguments) {
    return start(Map.of(), arguments);
  }

  /** Starts a command that sees these variables. */
  Child start(Map<String, String> variables, String... arguments) {
    Map<String, String> environment = new HashMap<>(variables);
    environment.put("VARVE_HOME", home().toString());
    return remember(Child.varve(directory, environment, arguments));
  }

  /** Starts another program. */
  Child start(Class<?> main, String... arguments) {
    return remember(Child.start(directory, Map.of(), main, List.of(arguments)));
  }

  /** Starts another program that sees these variables. */
  Child start(Map<String, String> variables, Class<?> main) {
    return remember(Child.start(directory, variables, main, List.of()));
  }

  private Child remember(Child child) {
    children.add(child);
    return child;
  }

  /** Runs a command that must succeed and returns its standard output. */
  String run(String... arguments) {
    return run(Map.of(), arguments);
  }

  /** Runs a command that must succeed, and sees these variables; returns its standard output. */
  String run(Map<String, String> variables, String... arguments) {
    Child child = start(variables, arguments);
    Child.Result result = child.finish();
    assertThat(result.exitCode()).describedAs("%s: %s", child, result).isZero();
    return result.out();
  }

  /** Every process that works in the directory. */
  List<ProcessHandle> processes() {
    return ProcessHandle.allProcesses().filter(this::isHere).toList();
  }

  private boolean isHere(ProcessHandle process) {
    try {
      Path link = Path.of("/proc", Long.toString(process.pid()), "cwd");
      return Files.readSymbolicLink(link).startsWith(directory);
    } catch (IOException e) {
      // It has ended, or belongs to somebody else.
      return false;
    }
  }
}
