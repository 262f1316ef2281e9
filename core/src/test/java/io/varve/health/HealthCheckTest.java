package io.varve.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.jdbc.Connections;
import io.varve.jdbc.Database;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

final class HealthCheckTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final AtomicLong clock = new AtomicLong();

  @Test
  void answerIsUpWithTheTimeItTook() {
    Health health = check(new Connections(), MINUTE).check();
    assertThat(health.status()).isEqualTo(Health.Status.UP);
    assertThat(health.roundTrip()).isEqualTo(Duration.ofMillis(7));
    assertThat(health.problem()).isEmpty();
  }

  @Test
  void errorIsDownWithItsWords() {
    Connections refusing =
        new Connections().failing("open", new SQLException("no such thing", "08006"));
    Health health = check(refusing, MINUTE).check();
    assertThat(health.status()).isEqualTo(Health.Status.DOWN);
    assertThat(health.problem()).contains("checking health: no such thing");
  }

  @Test
  void closedIsDown() {
    Connections source = new Connections();
    Database database = new Database(source, source, () -> {});
    database.close();
    assertThat(new HealthCheck(database, MINUTE, clock::get).check().problem())
        .contains("checking health: this Varve has been closed");
  }

  @Test
  void silenceIsDownAndCollectsNoThreads() throws InterruptedException {
    Silent silent = new Silent();
    HealthCheck check = check(silent.source(), Duration.ofMillis(1));
    for (int i = 0; i < 3; i++) {
      Health health = check.check();
      assertThat(health.status()).isEqualTo(Health.Status.DOWN);
      assertThat(health.problem()).contains("no answer within 1 ms");
    }
    assertThat(silent.asked.await(1, java.util.concurrent.TimeUnit.MINUTES)).isTrue();
    assertThat(silent.questions).hasValue(1);
    silent.answer.countDown();
  }

  @Test
  void interruptionIsDownAndIsRestored() {
    Silent silent = new Silent();
    Thread.currentThread().interrupt();
    Health health = check(silent.source(), MINUTE).check();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(health.problem()).contains("interrupted while waiting for an answer");
    silent.answer.countDown();
  }

  @Test
  void nextQuestionIsAskedAnew() {
    Connections source = new Connections();
    HealthCheck check = check(source, MINUTE);
    check.check();
    source.failing("open", new SQLException("gone", "08006"));
    assertThat(check.check().status()).isEqualTo(Health.Status.DOWN);
  }

  @Test
  void lackOfThreadsIsDownAndPasses() {
    Connections source = new Connections();
    AtomicBoolean exhausted = new AtomicBoolean(true);
    HealthCheck check =
        new HealthCheck(
            new Database(source, source, () -> {}),
            MINUTE,
            clock::get,
            task -> exhausted.get() ? new Stillborn() : new Thread(task));
    Health health = check.check();
    assertThat(health.status()).isEqualTo(Health.Status.DOWN);
    assertThat(health.problem()).contains("no thread to ask with: unable to create native thread");
    exhausted.set(false);
    assertThat(check.check().status()).isEqualTo(Health.Status.UP);
  }

  /** A thread as the system refuses it. */
  private static final class Stillborn extends Thread {
    @Override
    public void start() {
      throw new OutOfMemoryError("unable to create native thread");
    }
  }

  /** With a clock that moves seven milliseconds each time it is read. */
  private HealthCheck check(DataSource source, Duration limit) {
    return new HealthCheck(
        new Database(source, source, () -> {}),
        limit,
        () -> clock.addAndGet(Duration.ofMillis(7).toNanos()));
  }

  /** A source that does not hand out a connection until it is told to. */
  private static final class Silent {

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch answer = new CountDownLatch(1);
    private final AtomicInteger questions = new AtomicInteger();

    private DataSource source() {
      return (DataSource)
          Proxy.newProxyInstance(
              getClass().getClassLoader(),
              new Class<?>[] {DataSource.class},
              (proxy, method, arguments) -> open());
    }

    private Connection open() throws InterruptedException, SQLException {
      questions.incrementAndGet();
      asked.countDown();
      answer.await();
      return new Connections().getConnection();
    }
  }
}
