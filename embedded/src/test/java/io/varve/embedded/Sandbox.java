package io.varve.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.EmbeddedProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A directory for one test, and what runs in it. Whatever the test leaves, fails it and is removed.
 */
final class Sandbox implements BeforeEachCallback, AfterEachCallback {

  /** Unpacked once for all tests. */
  private static final Path BINARIES = Path.of("target", "postgres").toAbsolutePath();

  private final List<UserProcess> users = new ArrayList<>();
  private Path directory = Path.of("");
  private Template template = new Template(directory);

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    template =
        context
            .getRoot()
            .getStore(ExtensionContext.Namespace.create(Sandbox.class))
            .computeIfAbsent(Template.class, any -> Template.make(), Template.class);
    directory = Files.createTempDirectory("varve-embedded-").toRealPath();
  }

  @Override
  public void afterEach(ExtensionContext context) throws IOException {
    users.forEach(UserProcess::kill);
    List<ProcessHandle> servers = remaining();
    for (ProcessHandle server : servers) {
      end(server);
    }
    FileTree.delete(directory);
    if (context.getExecutionException().isEmpty()) {
      assertThat(servers).describedAs("processes left by the test").isEmpty();
    }
  }

  /** With SIGQUIT, on which a server gives its shared memory back. */
  private static void end(ProcessHandle process) throws IOException {
    new ProcessBuilder("kill", "-QUIT", Long.toString(process.pid())).start();
    await(() -> !process.isAlive());
  }

  Path directory() {
    return directory;
  }

  static PostgresInstallation installation() {
    return PostgresBinaries.fromClassPath().unpackInto(BINARIES);
  }

  /** A directory that was in use before. */
  Path home() throws IOException {
    Path home = emptyHome();
    copy(template.path(), home);
    return home;
  }

  /** A directory in which nothing but the binaries has been made. */
  Path emptyHome() throws IOException {
    Path home = Files.createDirectory(directory.resolve("home"));
    prepare(home);
    return home;
  }

  private static void prepare(Path home) throws IOException {
    installation();
    Files.createFile(home.resolve("server.lock"));
    Files.createSymbolicLink(home.resolve("binaries"), BINARIES);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> paths = Files.walk(from)) {
      for (Path path : paths.toList()) {
        Path target = to.resolve(from.relativize(path));
        if (!Files.exists(target)) {
          Files.copy(path, target, StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    }
  }

  /** A directory made once for the run. */
  private record Template(Path path) implements AutoCloseable {

    static Template make() {
      try {
        Path path = Files.createTempDirectory("varve-embedded-");
        prepare(path);
        new EmbeddedPostgres().start(path).close();
        return new Template(path);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() throws IOException {
      FileTree.delete(path);
    }
  }

  Path data() {
    return directory.resolve("home").resolve("data");
  }

  UserProcess user(Path home) throws IOException {
    return program("join", home.toString());
  }

  UserProcess program(String... arguments) throws IOException {
    return launched(List.of(), arguments);
  }

  UserProcess launched(List<String> launcher, String... arguments) throws IOException {
    UserProcess user = UserProcess.run(launcher, arguments);
    users.add(user);
    return user;
  }

  /** The last process of a server ends a moment after the file that names it is gone. */
  List<ProcessHandle> remaining() {
    Deadline deadline = Deadline.after(Duration.ofSeconds(5));
    List<ProcessHandle> found = processes();
    while (!found.isEmpty() && !deadline.isOver()) {
      deadline.pause();
      found = processes();
    }
    return found;
  }

  /** Every process with a program or a working directory of PostgreSQL in this sandbox. */
  List<ProcessHandle> processes() {
    return ProcessHandle.allProcesses().filter(this::isHere).toList();
  }

  private boolean isHere(ProcessHandle process) {
    try {
      Path link = Path.of("/proc", Long.toString(process.pid()), "cwd");
      return Files.readSymbolicLink(link).startsWith(directory);
    } catch (IOException e) {
      return false;
    }
  }

  static void await(BooleanSupplier condition) {
    Deadline deadline = Deadline.after(Duration.ofSeconds(60));
    while (!condition.getAsBoolean()) {
      deadline.pauseFor("a condition of the test");
    }
  }

  static Connection connect(EmbeddedProvider.Server server) throws SQLException {
    return DriverManager.getConnection(server.url(), server.user(), server.password());
  }

  static void execute(EmbeddedProvider.Server server, String sql) throws SQLException {
    try (Connection connection = connect(server);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  static String query(EmbeddedProvider.Server server, String sql) throws SQLException {
    try (Connection connection = connect(server);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      assertThat(result.next()).isTrue();
      return result.getString(1);
    }
  }
}
