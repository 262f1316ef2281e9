package io.varve.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.varve.ConfigException;
import io.varve.ConnectionException;
import io.varve.DatabaseException;
import io.varve.embedded.PostgresServer.Shutdown;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Servers as tests and tools use them: of any version, throwaway or not. */
class PostgresServerIT {

  private static final Map<String, String> THROWAWAY =
      Map.of("fsync", "off", "full_page_writes", "off", "shared_buffers", "16MB");

  @RegisterExtension final Sandbox sandbox = new Sandbox();

  @Test
  void postgres15RunsFromAJarFileWithItsOwnUserAndSettings() throws SQLException {
    PostgresBinaries binaries =
        PostgresBinaries.fromJar(Path.of(System.getProperty("varve.test.binaries.15")));
    PostgresServer server =
        new PostgresServer(binaries.unpackInto(Path.of("target", "postgres")), throwaway());
    server.initialize();
    server.start();
    assertThat(query(server, "select current_user || current_setting('fsync')"))
        .isEqualTo("bossoff");
    assertThat(query(server, "select current_setting('server_version_num')::int / 10000"))
        .isEqualTo("15");
    assertThat(query(server, "show data_checksums")).isEqualTo("on");
    server.stop(Shutdown.IMMEDIATE);
    assertThat(sandbox.remaining()).isEmpty();
  }

  @Test
  void oddNamesAndValuesAreQuoted() throws SQLException {
    Path data = sandbox.directory().resolve("it's data");
    PostgresServer server =
        server(
            ServerOptions.of(data, "boss", "p'w \\ä")
                .withDatabase("Odd \"name'")
                .withSettings(Map.of("varve.odd", "it's\na \\ 'value'")));
    server.initialize();
    server.start();
    String url = "jdbc:postgresql://127.0.0.1:%d/Odd%%20%%22name'".formatted(server.port());
    try (Connection connection = DriverManager.getConnection(url, "boss", "p'w \\ä");
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("show varve.odd")) {
      assertThat(result.next()).isTrue();
      assertThat(result.getString(1)).isEqualTo("it's\na \\ 'value'");
    }
    server.stop(Shutdown.FAST);
  }

  @Test
  void startingStartedAndStoppingStoppedDoNothing() throws SQLException {
    PostgresServer server = server(throwaway());
    server.initialize();
    server.start();
    long pid = server.process().pid();
    server.initialize();
    server.start();
    assertThat(server.process().pid()).isEqualTo(pid);
    assertThat(query(server, "select 1")).isEqualTo("1");
    server.stop(Shutdown.FAST);
    server.stop(Shutdown.FAST);
    assertThat(server.isRunning()).isFalse();
    for (var asking : Stream.<Runnable>of(server::port, server::url, server::process).toList()) {
      assertThatThrownBy(asking::run)
          .isInstanceOf(ConnectionException.class)
          .hasMessage("no server runs on %s", sandbox.data());
    }
  }

  @Test
  void aTakenPortIsRefused() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      PostgresServer server = server(throwaway().withPort(taken.getLocalPort()));
      server.initialize();
      assertThatThrownBy(server::start)
          .isInstanceOf(ConfigException.class)
          .hasMessage(
              "port %d of 127.0.0.1 is taken: expected a free one, or 0 to find one",
              taken.getLocalPort());
    }
  }

  @Test
  void aServerThatDoesNotStartIsQuoted() {
    PostgresServer server = server(throwaway().withSettings(Map.of("shared_buffers", "lots")));
    server.initialize();
    assertThatThrownBy(server::start)
        .isInstanceOf(DatabaseException.class)
        .hasMessageStartingWith("the server on %s did not start: ", sandbox.data())
        .hasMessageContaining("invalid value for parameter \"shared_buffers\": \"lots\"");
  }

  @Test
  void aServerThatDoesNotStartIsQuotedFromItsCollectedLog() throws Exception {
    PostgresServer server = server(throwaway().withSettings(Map.of("logging_collector", "on")));
    server.initialize();
    server.start();
    server.stop(Shutdown.FAST);
    FileTree.delete(sandbox.data().resolve("pg_wal"));
    Files.createDirectories(sandbox.data().resolve("pg_wal/archive_status"));
    Throwable refused = catchThrowable(server::start);
    assertThat(refused)
        .isInstanceOf(DatabaseException.class)
        .hasMessageContaining("could not locate a valid checkpoint record");
    assertThat(refused.getMessage()).doesNotContain("is ready to accept connections");
    Sandbox.await(() -> sandbox.processes().isEmpty());
  }

  @Test
  void dataOfAnotherMajorVersionIsRefused() throws Exception {
    Files.writeString(Files.createDirectories(sandbox.data()).resolve("PG_VERSION"), "15\n");
    PostgresServer server = server(throwaway());
    assertThatThrownBy(server::initialize)
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("%s holds data of PostgreSQL 15, but", sandbox.data());
    assertThatThrownBy(server::start)
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("%s holds data of PostgreSQL 15, but", sandbox.data());
  }

  @Test
  void aFailedInitialisationLeavesNothing() throws Exception {
    PostgresServer server =
        server(ServerOptions.of(sandbox.data(), "pg_reserved", "x").withSettings(THROWAWAY));
    assertThatThrownBy(server::initialize)
        .isInstanceOf(DatabaseException.class)
        .hasMessageStartingWith("initdb of PostgreSQL 18.")
        .hasMessageContaining("superuser name \"pg_reserved\" is disallowed");
    assertThat(FileTree.list(sandbox.data().getParent())).isEmpty();
  }

  @Test
  void unpackingManyTimesAtOnceGivesOneInstallation() throws Exception {
    Path directory = sandbox.directory().resolve("unpacked");
    Path abandoned = Files.createDirectories(directory.resolve(".unpacking-abandoned"));
    Files.setLastModifiedTime(abandoned, FileTime.from(Instant.now().minusSeconds(7200)));
    PostgresBinaries binaries = PostgresBinaries.fromClassPath();
    List<CompletableFuture<PostgresInstallation>> all =
        Stream.generate(() -> CompletableFuture.supplyAsync(() -> binaries.unpackInto(directory)))
            .limit(2)
            .toList();
    Path installed = directory.resolve(binaries.version());
    assertThat(all).extracting(each -> each.join().directory()).containsOnly(installed);
    assertThat(FileTree.list(directory)).containsExactly(installed);
    assertThat(installed.resolve("bin/postgres")).isExecutable();
    assertThat(installed.resolve("lib/libpq.so")).isSymbolicLink().exists();
  }

  @Test
  void binariesThatAreNotWhatTheirNameSaysAreRefused() throws Exception {
    Path jar = Path.of(System.getProperty("varve.test.binaries.15"));
    Path renamed = Files.copy(jar, sandbox.directory().resolve("postgres-17.1.jar"));
    Path directory = sandbox.directory().resolve("unpacked");
    assertThatThrownBy(() -> PostgresBinaries.fromJar(renamed).unpackInto(directory))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(
            "the binaries named PostgreSQL 17.1 say they are: postgres (PostgreSQL) 15.");
    assertThat(FileTree.list(directory)).isEmpty();
  }

  private ServerOptions throwaway() {
    return ServerOptions.of(sandbox.data(), "boss", "secret").withSettings(THROWAWAY);
  }

  private static PostgresServer server(ServerOptions options) {
    return new PostgresServer(Sandbox.installation(), options);
  }

  private static String query(PostgresServer server, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(server.url(), "boss", "secret");
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      assertThat(result.next()).isTrue();
      return result.getString(1);
    }
  }
}
