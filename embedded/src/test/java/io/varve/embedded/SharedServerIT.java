package io.varve.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.ConnectionException;
import io.varve.EmbeddedProvider;
import io.varve.EmbeddedProvider.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Several users of one directory. */
class SharedServerIT {

  @RegisterExtension final Sandbox sandbox = new Sandbox();

  private final EmbeddedProvider provider = new EmbeddedPostgres();

  @Test
  void twoUsersInOneProcessShareAServerAndTheLastStopsIt() throws Exception {
    Path home = sandbox.home();
    Server first = provider.start(home);
    Server second = provider.start(home);
    assertThat(second.url()).isEqualTo(first.url());
    first.close();
    assertThat(Sandbox.query(second, "select 1")).isEqualTo("1");
    second.close();
    assertThat(sandbox.remaining()).isEmpty();
  }

  @Test
  void usersInOneProcessAreStillCountedByOthersWhenOneOfThemHasLeft() throws Exception {
    Path home = sandbox.home();
    Server first = provider.start(home);
    Server second = provider.start(home);
    first.close();
    UserProcess other = sandbox.user(home);
    assertThat(other.url()).isEqualTo(second.url());
    other.close();
    assertThat(Sandbox.query(second, "select 1")).isEqualTo("1");
    second.close();
    assertThat(sandbox.remaining()).isEmpty();
  }

  @Test
  void threadsStartingAtOnceShareAServer() throws Exception {
    Path home = sandbox.emptyHome();
    List<CompletableFuture<Server>> starts =
        IntStream.range(0, 4)
            .mapToObj(i -> CompletableFuture.supplyAsync(() -> provider.start(home)))
            .toList();
    List<Server> servers = starts.stream().map(CompletableFuture::join).toList();
    assertThat(servers).extracting(Server::url).containsOnly(servers.get(0).url());
    servers.parallelStream().forEach(Server::close);
    assertThat(sandbox.remaining()).isEmpty();
  }

  @Test
  void eightProcessesStartingAtOnceInAnAbsentDirectoryShareAServer() throws Exception {
    Path home = sandbox.directory().resolve("home");
    List<UserProcess> users = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      users.add(sandbox.user(home));
    }
    List<String> urls = new ArrayList<>();
    for (UserProcess user : users) {
      urls.add(user.url());
    }
    assertThat(urls).hasSize(8).containsOnly(urls.get(0));
    assertThat(postmasters()).hasSize(1);
    for (UserProcess user : users) {
      assertThat(postmasters()).hasSize(1);
      user.close();
    }
    assertThat(sandbox.remaining()).isEmpty();
  }

  private List<Long> postmasters() {
    List<Long> all = Postmaster.processesOf(sandbox.data());
    return all.stream().filter(pid -> !all.contains(parentOf(pid))).toList();
  }

  private static long parentOf(long pid) {
    return ProcessHandle.of(pid).flatMap(ProcessHandle::parent).map(ProcessHandle::pid).orElse(0L);
  }

  @Test
  void aKilledUserLeavesTheServerToTheNextWhoStopsIt() throws Exception {
    Path home = sandbox.home();
    UserProcess user = sandbox.user(home);
    String url = user.url();
    user.kill();
    assertThat(postmasters()).hasSize(1);
    try (Server server = provider.start(home)) {
      assertThat(server.url()).isEqualTo(url);
      assertThat(Sandbox.query(server, "select 1")).isEqualTo("1");
    }
    assertThat(sandbox.remaining()).isEmpty();
    assertThat(FileTree.list(home.resolve("clients"))).isEmpty();
  }

  @Test
  void theServerHoldsNoStreamOfTheProcessThatStartedIt() throws Exception {
    Path home = sandbox.home();
    UserProcess user =
        sandbox.launched(
            List.of("sh", "-c", "exec 2>/dev/null; \"$@\" | cat", "sh"), "join", home.toString());
    user.url();
    user.killDescendant("java");
    user.awaitEnd();
    assertThat(postmasters()).hasSize(1);
    provider.start(home).close();
  }

  @Test
  void theServerLivesInASessionOfItsOwnSoThatCtrlCDoesNotReachIt() throws Exception {
    try (Server server = provider.start(sandbox.home())) {
      assertThat(server.url()).isNotEmpty();
      String pid = Long.toString(postmasters().get(0));
      String stat = Files.readString(Path.of("/proc", pid, "stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      assertThat(fields[3]).describedAs("session").isEqualTo(pid);
    }
  }

  @Test
  void anEndingProcessThatDidNotCloseStopsTheServer() throws Exception {
    Path home = sandbox.home();
    UserProcess user = sandbox.user(home);
    user.url();
    user.exit();
    Sandbox.await(() -> sandbox.processes().isEmpty());
    assertThat(FileTree.list(home.resolve("clients"))).isEmpty();
  }

  @Test
  void aTerminatedProcessStopsTheServerUnlessAnotherUsesIt() throws Exception {
    Path home = sandbox.home();
    UserProcess first = sandbox.user(home);
    UserProcess second = sandbox.user(home);
    first.url();
    second.url();
    first.terminate();
    assertThat(postmasters()).hasSize(1);
    second.terminate();
    Sandbox.await(() -> sandbox.processes().isEmpty());
  }

  @Test
  void useFromAnotherContainerIsRefused() throws Exception {
    Path home = sandbox.home();
    provider.start(home).close();
    Path elsewhere = Files.createFile(home.resolve("clients/0-1.1-x.lock"));
    UserProcess holder = sandbox.program("lock", elsewhere.toString());
    assertThat(holder.readLine()).isEqualTo(UserProgram.LOCKED);
    assertThatThrownBy(() -> provider.start(home))
        .isInstanceOf(ConnectionException.class)
        .hasMessage(
            "%s is in use from another container or machine (0-1.1-x.lock): expected that to be"
                + " closed first",
            home);
    assertThat(sandbox.remaining()).isEmpty();
    holder.kill();
    provider.start(home).close();
    assertThat(elsewhere).doesNotExist();
  }

  @Test
  void aUserThatCannotStartIsNotCounted() throws IOException {
    Path home = sandbox.emptyHome();
    Files.createDirectory(home.resolve("data"));
    assertThatThrownBy(() -> provider.start(home))
        .isInstanceOf(io.varve.ConfigException.class)
        .hasMessage(
            "%s is no data directory of PostgreSQL: expected a readable file PG_VERSION in it",
            sandbox.data());
    assertThat(FileTree.list(home.resolve("clients"))).isEmpty();
  }
}
