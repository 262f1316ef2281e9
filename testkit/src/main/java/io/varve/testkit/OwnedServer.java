package io.varve.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A throwaway PostgreSQL on a free loopback port, in a temporary directory of its own. Closing it
 * leaves nothing behind, and neither does the end of this process, however it ends.
 */
public final class OwnedServer implements AutoCloseable {

  private static final String USER = "postgres";
  private static final int START_ATTEMPTS = 3;
  private static final long START_SECONDS = 60;

  private final Path home;
  private final Process guard;
  private final String password = Names.password();
  private final List<String> settings;
  private @Nullable Process server;
  private int port;

  private OwnedServer(Path home, List<String> settings) throws IOException {
    this.home = home;
    this.settings = List.copyOf(settings);
    this.guard = startGuard(home);
  }

  /**
   * Starts a server of that major version: {@code 18}, or one whose binaries a system property
   * {@code varve.test.binaries.VERSION} names.
   *
   * @param settings further configuration, such as {@code max_connections=20}
   */
  public static OwnedServer start(String majorVersion, String... settings) {
    OwnedServer server = null;
    try {
      server = new OwnedServer(Files.createTempDirectory("varve-test-"), List.of(settings));
      Binaries.unpack(majorVersion, server.home);
      server.initialize();
      server.launch();
      return server;
    } catch (IOException | RuntimeException e) {
      if (server != null) {
        server.close();
      }
      throw new IllegalStateException(
          "PostgreSQL %s did not start: %s".formatted(majorVersion, e.getMessage()), e);
    }
  }

  /** The superuser of the maintenance database. */
  ServerAddress administrator() {
    return new ServerAddress("jdbc:postgresql://127.0.0.1:" + port + "/postgres", USER, password);
  }

  private void initialize() throws IOException {
    Path passwordFile = Files.writeString(home.resolve("password"), password);
    run(
        "initdb",
        "--pgdata=" + data(),
        "--username=" + USER,
        "--auth=scram-sha-256",
        "--pwfile=" + passwordFile,
        "--encoding=UTF8",
        "--locale=C",
        "--no-sync");
    Files.delete(passwordFile);
  }

  private void run(String program, String... arguments) throws IOException {
    Process process = process(program, List.of(arguments));
    if (waitFor(process) != 0) {
      throw new IOException(program + " failed: " + Files.readString(log()));
    }
  }

  private void launch() throws IOException {
    for (int attempt = 1; ; attempt++) {
      port = freePort();
      server = process("postgres", serverArguments());
      if (answers()) {
        return;
      }
      if (attempt == START_ATTEMPTS) {
        throw new IOException("no answer on port " + port + ": " + Files.readString(log()));
      }
    }
  }

  private List<String> serverArguments() {
    List<String> arguments = new ArrayList<>(List.of("-D", data().toString()));
    Stream<String> own =
        Stream.of(
            "port=" + port,
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "fsync=off",
            "full_page_writes=off");
    Stream.concat(own, settings.stream())
        .forEach(setting -> arguments.addAll(List.of("-c", setting)));
    return arguments;
  }

  /** Waits until the server lets us in; false if it ended instead. */
  private boolean answers() throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    try {
      while (!server.waitFor(20, TimeUnit.MILLISECONDS)) {
        try (Connection connection = administrator().connect()) {
          return connection.isValid(1);
        } catch (SQLException e) {
          if (System.nanoTime() > deadline) {
            throw new IOException("no answer within " + START_SECONDS + " s", e);
          }
        }
      }
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** PostgreSQL refuses to run as root; in a user namespace of its own root is nobody. */
  private Process process(String program, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    if (Files.getAttribute(home, "unix:uid").equals(0)) {
      command.addAll(List.of("unshare", "--user"));
    }
    command.add(home.resolve("bin").resolve(program).toString());
    command.addAll(arguments);
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
        .start();
  }

  /**
   * Cleans up when this process ends without closing the server: its end closes the pipe the guard
   * reads from, even if it is killed.
   */
  private static Process startGuard(Path home) throws IOException {
    String script =
        """
        trap '' HUP INT TERM
        read -r disarmed && exit
        pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null) && kill -QUIT "$pid"
        for i in 1 2 3 4 5 6 7 8 9 10; do
          rm -rf "$1" 2>/dev/null && exit
          sleep 0.2
        done
        """;
    return new ProcessBuilder("sh", "-c", script, "guard", home.toString())
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  @Override
  public void close() {
    try {
      if (server != null && server.isAlive()) {
        run("pg_ctl", "stop", "--pgdata=" + data(), "--mode=immediate");
      }
      deleteHome();
      guard.outputWriter().append("disarmed\n").close();
    } catch (IOException e) {
      throw new UncheckedIOException("cleaning up " + home + " failed", e);
    }
  }

  private void deleteHome() throws IOException {
    try (Stream<Path> paths = Files.walk(home)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private static int waitFor(Process process) throws IOException {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private Path data() {
    return home.resolve("data");
  }

  private Path log() {
    return home.resolve("log");
  }
}
