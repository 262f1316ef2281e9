package io.varve.testkit.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.Preset;
import io.varve.Setting;
import io.varve.Varve;
import io.varve.health.Health;
import io.varve.ingest.DeadLetter;
import io.varve.ingest.IngestStats;
import io.varve.ingest.Ingester;
import io.varve.ingest.IngesterOptions;
import io.varve.ingest.RowOutcome;
import io.varve.ingest.SpoolOptions;
import io.varve.ingest.WriteListener;
import io.varve.ingest.WriteOptions;
import io.varve.model.Dimension;
import io.varve.model.Measure;
import io.varve.model.Table;
import io.varve.model.Time;
import io.varve.model.TimeSeries;
import io.varve.testkit.OwnedServer;
import io.varve.testkit.TcpProxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The spool of an ingester whose server goes away, hangs, and does not answer commits. */
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SpoolIT {

  private static final Instant START = Instant.parse("2024-01-01T00:00:00Z");

  @TimeSeries(table = "spooled", chunk = "1 day")
  record Reading(@Time Instant time, @Dimension String device, @Measure double value) {}

  private final List<DeadLetter<Reading>> refused = new CopyOnWriteArrayList<>();
  private OwnedServer server;
  private TcpProxy proxy;
  private Varve varve;

  @TempDir private Path home;

  @BeforeEach
  void create() throws SQLException {
    server = OwnedServer.start("18");
    proxy = TcpProxy.before(server);
    varve = connect(new WriteListener() {});
    varve.schema().create(Table.of(Reading.class));
    try (Connection connection = server.jdbc();
        Statement statement = connection.createStatement()) {
      statement.execute("alter table spooled add constraint positive check (value >= 0)");
    }
    varve.table(Reading.class).insert(reading(0));
  }

  private Varve connect(WriteListener listener) {
    return Varve.builder(Preset.DEVELOPMENT)
        .set(Setting.URL, proxy.url())
        .set(Setting.USER, proxy.user())
        .set(Setting.PASSWORD, proxy.password())
        .set(Setting.ACQUIRE_TIMEOUT, "1 s")
        .writeListener(listener)
        .connect();
  }

  @AfterEach
  void close() {
    varve.close();
    proxy.close();
    server.close();
  }

  private static Reading reading(int i) {
    return new Reading(START.plusMillis(i), "d" + i % 5, i);
  }

  private Ingester<Reading> ingester() {
    return ingester(varve);
  }

  private Ingester<Reading> ingester(Varve of) {
    return of.ingester(
        Table.of(Reading.class),
        IngesterOptions.<Reading>defaults()
            .write(WriteOptions.<Reading>append().deadLetters(refused::add))
            .batchRows(100)
            .linger(Duration.ofMillis(20))
            .spool(SpoolOptions.in(home.resolve("spool")).after(Duration.ofMillis(300))));
  }

  private static void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
    }
  }

  private static void awaitReplay(Ingester<?> ingester) {
    await(() -> ingester.health().status() == Health.Status.UP && ingester.health().bytes() == 0);
  }

  private static List<CompletionStage<RowOutcome>> put(Ingester<Reading> ingester, int to, int n) {
    return IntStream.range(to, to + n).mapToObj(i -> ingester.put(reading(i))).toList();
  }

  private void assertEveryRowOnce(int rows) throws SQLException {
    try (Connection connection = server.jdbc();
        Statement statement = connection.createStatement();
        var result =
            statement.executeQuery("select count(*), count(distinct value) from spooled")) {
      result.next();
      assertThat(List.of(result.getInt(1), result.getInt(2))).containsExactly(rows, rows);
    }
  }

  private static void assertAcknowledged(List<CompletionStage<RowOutcome>> stages) {
    assertThat(stages)
        .allSatisfy(
            stage ->
                assertThat(stage.toCompletableFuture().join())
                    .isInstanceOfAny(RowOutcome.Committed.class, RowOutcome.Spooled.class));
  }

  @Test
  void aServerThatIsStoppedMissesNothing() throws SQLException {
    List<CompletionStage<RowOutcome>> stages = new ArrayList<>();
    try (Ingester<Reading> ingester = ingester()) {
      stages.addAll(put(ingester, 1, 2_000));
      server.stop();
      stages.addAll(put(ingester, 2_001, 3_000));
      ingester.flush();
      assertThat(ingester.health().status()).isEqualTo(Health.Status.DEGRADED);
      server.start();
      stages.addAll(put(ingester, 5_001, 1_000));
      ingester.flush();
      awaitReplay(ingester);
      assertThat(ingester.stats().written()).isEqualTo(6_000);
    }
    assertAcknowledged(stages);
    assertEveryRowOnce(6_001);
  }

  @Test
  void aServerThatHangsHoldsNobodyUp() throws SQLException {
    try (Ingester<Reading> ingester = ingester()) {
      put(ingester, 1, 500);
      ingester.flush();
      proxy.silence();
      List<CompletionStage<RowOutcome>> stages = put(ingester, 501, 500);
      ingester.flush();
      assertAcknowledged(stages);
      proxy.resume();
      proxy.cut();
      awaitReplay(ingester);
    }
    assertEveryRowOnce(1_001);
  }

  @Test
  void aCommitThatWasNotAnsweredIsSettledByTheReplay() throws SQLException {
    try (Ingester<Reading> ingester = ingester()) {
      proxy.cutAfterCommits(1);
      ingester.put(new Reading(START, "bad", -1));
      List<CompletionStage<RowOutcome>> stages = put(ingester, 1, 99);
      await(() -> proxy.cutsLeft() == 0);
      proxy.accept(false);
      proxy.cut();
      ingester.flush();
      assertAcknowledged(stages);
      proxy.accept(true);
      awaitReplay(ingester);
      IngestStats stats = ingester.stats();
      assertThat(stats.written() + stats.refused()).isEqualTo(100);
      assertThat(stats.refused()).isEqualTo(1);
    }
    assertEveryRowOnce(100);
  }

  @Test
  void commitsOfTheReplayThatAreNotAnsweredStoreNothingTwice() throws SQLException {
    try (Ingester<Reading> ingester = ingester()) {
      proxy.accept(false);
      proxy.cut();
      put(ingester, 1, 2_000);
      ingester.flush();
      assertThat(ingester.health().rows()).isEqualTo(2_000);
      proxy.cutAfterCommits(5);
      proxy.accept(true);
      awaitReplay(ingester);
      assertThat(proxy.cutsLeft()).isZero();
      assertThat(ingester.stats().written()).isEqualTo(2_000);
    }
    assertEveryRowOnce(2_001);
  }

  @Test
  void anIngesterBeginsAndEndsWhileTheServerIsAway() throws SQLException {
    proxy.accept(false);
    proxy.cut();
    for (int i = 0; i < 3; i++) {
      try (Ingester<Reading> ingester = ingester()) {
        assertThat(ingester.stats().recovered()).isEqualTo(i * 500L);
        put(ingester, 1 + i * 500, 500);
      }
    }
    proxy.accept(true);
    try (Ingester<Reading> ingester = ingester()) {
      awaitReplay(ingester);
      assertThat(ingester.stats().written()).isEqualTo(1_500);
    }
    assertEveryRowOnce(1_501);
  }

  @Test
  void aBatchThatCommitsWhileItIsLeftInTheSpoolIsStoredOnce() throws Exception {
    CountDownLatch committed = new CountDownLatch(1);
    AtomicBoolean left = new AtomicBoolean();
    WriteListener slow =
        new WriteListener() {
          @Override
          public void written(Written call) {
            committed.countDown();
            await(left::get);
            Thread.interrupted(); // by whoever closes; the thread goes on to the ledger
          }
        };
    try (Varve other = connect(slow)) {
      Ingester<Reading> ingester = ingester(other);
      ingester.put(reading(1));
      committed.await();
      assertThat(ingester.close(Duration.ofMillis(1)).spooled()).isEqualTo(1);
      left.set(true);
      await(() -> Thread.getAllStackTraces().keySet().stream().noneMatch(SpoolIT::isIngesting));
    }
    try (Ingester<Reading> ingester = ingester()) {
      awaitReplay(ingester);
    }
    assertEveryRowOnce(2);
  }

  private static boolean isIngesting(Thread thread) {
    return thread.getName().startsWith("varve-ingest spooled ");
  }
}
