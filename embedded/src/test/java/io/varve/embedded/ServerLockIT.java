package io.varve.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.ConnectionException;
import io.varve.DeadlineException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ServerLockIT {

  private static final Duration LONG = Duration.ofMinutes(1);

  @RegisterExtension final Sandbox sandbox = new Sandbox();

  @Test
  void threadsTakeTurnsWhicheverLockObjectTheyUse() {
    Path file = sandbox.directory().resolve("server.lock");
    AtomicInteger inside = new AtomicInteger();
    List<CompletableFuture<Integer>> all =
        IntStream.range(0, 50)
            .mapToObj(
                i ->
                    CompletableFuture.supplyAsync(
                        () ->
                            new ServerLock(file)
                                .whileHeld(
                                    LONG,
                                    () -> {
                                      int count = inside.incrementAndGet();
                                      Thread.yield();
                                      inside.decrementAndGet();
                                      return count;
                                    })))
            .toList();
    assertThat(all).extracting(CompletableFuture::join).containsOnly(1);
  }

  @Test
  void anotherProcessIsWaitedForUntilThePatienceRunsOut() throws Exception {
    Path file = Files.createFile(sandbox.directory().resolve("server.lock"));
    UserProcess holder = sandbox.program("lock", file.toString());
    assertThat(holder.readLine()).isEqualTo(UserProgram.LOCKED);
    assertThatThrownBy(() -> new ServerLock(file).whileHeld(Duration.ZERO, () -> {}))
        .isInstanceOf(DeadlineException.class)
        .hasMessage("waited 0 s for %s, held by a process that starts or stops the server", file);
    holder.kill();
    assertThat(new ServerLock(file).whileHeld(LONG, () -> "held")).isEqualTo("held");
  }

  @Test
  void waitingCanBeInterrupted() throws Exception {
    Path file = Files.createFile(sandbox.directory().resolve("server.lock"));
    UserProcess holder = sandbox.program("lock", file.toString());
    assertThat(holder.readLine()).isEqualTo(UserProgram.LOCKED);
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> new ServerLock(file).whileHeld(LONG, () -> {}))
        .isInstanceOf(ConnectionException.class)
        .hasMessage("interrupted while waiting for PostgreSQL");
    assertThat(Thread.interrupted()).isTrue();
  }
}
