package io.varve.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.varve.ConnectionException;
import io.varve.EmbeddedProvider;
import io.varve.EmbeddedProvider.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What kills, crashes and full disks leave. */
class RecoveryIT {

  @RegisterExtension final Sandbox sandbox = new Sandbox();

  private final EmbeddedProvider provider = new EmbeddedPostgres();

  @Test
  void committedRowsAreThereAfterThePostmasterWasKilled() throws Exception {
    Path home = sandbox.home();
    try (Server server = provider.start(home)) {
      Sandbox.execute(server, "create table kept as select i from generate_series(1, 100000) i");
      kill(postmaster());
      try (Server again = provider.start(home)) {
        assertThat(again.url()).describedAs("so that both can go on").isEqualTo(server.url());
        assertThat(Sandbox.query(again, "select count(*) from kept")).isEqualTo("100000");
      }
    }
    assertThat(sandbox.remaining()).isEmpty();
  }

  @Test
  void orphansOfAKilledPostmasterAreWaitedFor() throws Exception {
    Path home = sandbox.home();
    try (Server server = provider.start(home);
        Connection connection = Sandbox.connect(server);
        Statement statement = connection.createStatement()) {
      CompletableFuture<Throwable> query =
          CompletableFuture.supplyAsync(
              () ->
                  catchThrowable(
                      () ->
                          statement.execute("do 'begin for i in 1..30000000 loop end loop; end'")));
      Sandbox.await(() -> busy(server));
      kill(postmaster());
      try (Server again = provider.start(home)) {
        assertThat(Sandbox.query(again, "select 1")).isEqualTo("1");
      }
      query.join();
    }
  }

  private static boolean busy(Server server) {
    try {
      return Sandbox.query(
              server,
              "select count(*) from pg_stat_activity where state = 'active' and query like 'do %'")
          .equals("1");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void anotherPortIsFoundIfTheLastOneIsTaken() throws Exception {
    Path home = sandbox.home();
    Server first = provider.start(home);
    int port = postmaster().port();
    first.close();
    try (var taken =
            new java.net.ServerSocket(port, 1, java.net.InetAddress.getByName("127.0.0.1"));
        Server second = provider.start(home)) {
      assertThat(postmaster().port()).isNotEqualTo(taken.getLocalPort());
      assertThat(Sandbox.query(second, "select 1")).isEqualTo("1");
    }
  }

  @Test
  void aStalePidFileThatNamesALiveProcessIsNotBelieved() throws Exception {
    Path home = sandbox.home();
    Server first = provider.start(home);
    List<String> lines = Files.readAllLines(pidFile());
    first.close();
    lines.set(0, Long.toString(ProcessHandle.current().pid()));
    Files.write(pidFile(), lines);
    try (Server server = provider.start(home)) {
      assertThat(Sandbox.query(server, "select 1")).isEqualTo("1");
    }
  }

  @Test
  void anEmptyPidFileIsNotBelieved() throws Exception {
    Path home = sandbox.home();
    provider.start(home).close();
    Files.createFile(pidFile());
    try (Server server = provider.start(home)) {
      assertThat(Sandbox.query(server, "select 1")).isEqualTo("1");
    }
  }

  @Test
  void aStalePidFileOfADeadProcessIsNotBelieved() throws Exception {
    Path home = sandbox.home();
    Server first = provider.start(home);
    List<String> lines = Files.readAllLines(pidFile());
    first.close();
    Process dead = new ProcessBuilder("true").start();
    dead.waitFor();
    lines.set(0, Long.toString(dead.pid()));
    Files.write(pidFile(), lines);
    try (Server server = provider.start(home)) {
      assertThat(Sandbox.query(server, "select 1")).isEqualTo("1");
    }
  }

  @Test
  void whatAnInterruptedInitialisationLeftIsDropped() throws Exception {
    Path home = sandbox.emptyHome();
    String unfinished = "data.new-" + UUID.randomUUID();
    List<String> others = List.of("data.new", "data.new_backup", "data.new-0", "data.news");
    for (String name : Stream.concat(others.stream(), Stream.of(unfinished)).toList()) {
      Files.createDirectories(home.resolve(name).resolve("base"));
      Files.writeString(home.resolve(name).resolve("PG_VERSION"), "18\n");
    }
    Files.writeString(home.resolve(unfinished + ".password"), "left");
    Files.writeString(home.resolve(unfinished + ".password.new"), "left");
    try (Server server = provider.start(home)) {
      assertThat(Sandbox.query(server, "select 1")).isEqualTo("1");
    }
    assertThat(FileTree.list(home))
        .extracting(each -> each.getFileName().toString())
        .filteredOn(each -> each.startsWith("data."))
        .containsExactlyInAnyOrderElementsOf(others);
  }

  @Test
  void anInitialisationThatStillRunsKeepsItsFilesUntilItHasEnded() throws Exception {
    Path home = sandbox.emptyHome();
    Path unfinished = Files.createDirectory(home.resolve("data.new-" + UUID.randomUUID()));
    Process initdb =
        new ProcessBuilder("sh", "-c", "sleep 5", "sh", "--pgdata=" + unfinished).start();
    try (Server server = provider.start(home)) {
      assertThat(Sandbox.query(server, "select 1")).isEqualTo("1");
      assertThat(initdb.isAlive()).isFalse();
    }
    assertThat(unfinished).doesNotExist();
  }

  @Test
  void aServerStartedInAnotherContainerIsNotTakenForDead() throws Exception {
    Path home = sandbox.home();
    Server first = provider.start(home);
    List<String> lines = Files.readAllLines(pidFile());
    first.close();
    Path mark = sandbox.data().resolve("varve.start");
    String here = Files.readString(mark);
    Files.write(pidFile(), lines);
    Files.writeString(mark, here.replaceFirst("pid:\\[\\d+]", "pid:[1]"));
    assertThatThrownBy(() -> provider.start(home))
        .isInstanceOf(ConnectionException.class)
        .hasMessage(
            "the server on %s was started in another container and may still run there: expected it"
                + " to be stopped; if that container is gone, delete %s",
            sandbox.data(), pidFile());
    assertThat(pidFile()).exists();
    Files.writeString(mark, "another boot\npid:[1]\n");
    provider.start(home).close();
    assertThat(mark).hasContent(here);
  }

  @Test
  void aProcessTerminatedWhileStartingLeavesNoServer() throws Exception {
    Path home = sandbox.home();
    UserProcess user = sandbox.user(home);
    Sandbox.await(() -> Postmaster.recorded(sandbox.data()).isPresent());
    user.terminate();
    Sandbox.await(() -> sandbox.processes().isEmpty());
    assertThat(FileTree.list(home.resolve("clients"))).isEmpty();
    provider.start(home).close();
  }

  @Test
  void aProcessTerminatedWhileInitialisingLeavesNoServer() throws Exception {
    Path home = sandbox.emptyHome();
    UserProcess user = sandbox.user(home);
    Sandbox.await(() -> hasUnfinishedData(home));
    user.terminate();
    Sandbox.await(() -> sandbox.processes().isEmpty());
    assertThat(FileTree.list(home.resolve("clients"))).isEmpty();
    provider.start(home).close();
  }

  @Test
  void aUserKilledWhileInitialisingIsRecoveredFrom() throws Exception {
    Path home = sandbox.emptyHome();
    UserProcess user = sandbox.user(home);
    Sandbox.await(() -> hasUnfinishedData(home));
    user.kill();
    try (Server server = provider.start(home)) {
      assertThat(Sandbox.query(server, "select current_database()")).isEqualTo("varve");
    }
    Sandbox.await(() -> sandbox.processes().isEmpty());
  }

  private static boolean hasUnfinishedData(Path home) {
    try {
      return FileTree.list(home).stream()
          .anyMatch(
              each ->
                  each.getFileName().toString().startsWith("data.new-")
                      && Files.exists(each.resolve("PG_VERSION")));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void aUserKilledWhileUnpackingIsRecoveredFrom() throws Exception {
    Path home = sandbox.directory().resolve("home");
    UserProcess user = sandbox.user(home);
    Sandbox.await(() -> hasEntries(home.resolve("binaries")));
    user.kill();
    try (Server server = provider.start(home)) {
      assertThat(Sandbox.query(server, "select 1")).isEqualTo("1");
    }
    assertThat(FileTree.list(home.resolve("binaries")))
        .extracting(each -> each.getFileName().toString())
        .containsExactly(PostgresBinaries.fromClassPath().version());
  }

  private static boolean hasEntries(Path directory) {
    try {
      return !FileTree.list(directory).isEmpty();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void aServerThatIsStoppingIsStartedAgain() throws Exception {
    Path home = sandbox.home();
    Server first = provider.start(home);
    PostgresServer server = server();
    Connection connection = Sandbox.connect(first);
    server.requestStop(PostgresServer.Shutdown.SMART);
    Sandbox.await(() -> postmaster().status() == Postmaster.Status.STOPPING);
    CompletableFuture<Server> second = CompletableFuture.supplyAsync(() -> provider.start(home));
    connection.close();
    try (Server again = second.join()) {
      assertThat(Sandbox.query(again, "select 1")).isEqualTo("1");
    }
    first.close();
  }

  @Test
  void aServerStillStartingIsWaitedFor() throws Exception {
    Path home = sandbox.home();
    UserProcess user = sandbox.user(home);
    Sandbox.await(() -> Postmaster.running(sandbox.data()).isPresent());
    user.kill();
    try (Server server = provider.start(home)) {
      assertThat(Sandbox.query(server, "select 1")).isEqualTo("1");
    }
  }

  @Test
  void outgrownLogsAndUnusedBinariesAreDropped() throws Exception {
    Path home = sandbox.directory().resolve("home");
    provider.start(home).close();
    Path old = Files.writeString(home.resolve("log/server-Old.log"), "old");
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(7 * 86_400)));
    Path other = Files.createDirectories(home.resolve("binaries/18.0.0/bin")).getParent();
    Path recent = Files.createDirectory(home.resolve("binaries/18.1.0"));
    Files.setLastModifiedTime(other, FileTime.from(Instant.now().minusSeconds(31 * 86_400)));
    provider.start(home).close();
    assertThat(old).doesNotExist();
    assertThat(other).doesNotExist();
    assertThat(recent).exists();
    assertThat(home.resolve("log/start.log")).exists();
  }

  @Test
  void aFullDiskIsSaidToBeFull() throws Exception {
    assumeTrue(CurrentUser.isRoot(), "a small file system is mounted in a namespace of its own");
    Path home = sandbox.emptyHome();
    String mount =
        "mount -t tmpfs -o size=16m none '%s' && ln -s '%s' '%1$s/binaries'"
            .formatted(home, home.resolve("binaries").toRealPath());
    String script = "%s && touch '%s/server.lock' && exec \"$@\"".formatted(mount, home);
    UserProcess user =
        sandbox.launched(
            List.of("unshare", "--mount", "sh", "-c", script, "sh"), "join", home.toString());
    assertThat(user.readLine())
        .startsWith("io.varve.CapacityException: initdb of PostgreSQL 18")
        .contains("failed");
  }

  private PostgresServer server() throws IOException {
    return new PostgresServer(
        Sandbox.installation(), ServerOptions.of(sandbox.data(), "varve", "not needed"));
  }

  private Postmaster postmaster() {
    return Postmaster.running(sandbox.data()).orElseThrow();
  }

  private Path pidFile() {
    return sandbox.data().resolve("postmaster.pid");
  }

  private static void kill(Postmaster postmaster) {
    ProcessHandle process = ProcessHandle.of(postmaster.pid()).orElseThrow();
    process.destroyForcibly();
    Sandbox.await(() -> !process.isAlive());
  }
}
