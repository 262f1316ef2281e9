package io.varve.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.CapacityException;
import io.varve.ConfigException;
import io.varve.Varve;
import io.varve.health.Health;
import io.varve.ingest.DeadLetter;
import io.varve.ingest.IngestHealth;
import io.varve.ingest.IngestStats;
import io.varve.ingest.Ingester;
import io.varve.ingest.IngesterOptions;
import io.varve.ingest.Remainder;
import io.varve.ingest.RowOutcome;
import io.varve.ingest.SpoolOptions;
import io.varve.ingest.WriteOptions;
import io.varve.model.Dimension;
import io.varve.model.Measure;
import io.varve.model.Table;
import io.varve.model.Time;
import io.varve.model.TimeSeries;
import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Batches that wait on local disk until the database takes them. */
@ExtendWith(DatabaseExtension.class)
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SpoolContract {

  private static final Instant START = Instant.parse("2024-01-01T00:00:00Z");
  private static final Duration AFTER = Duration.ofMillis(200);
  private static final Duration LONG = Duration.ofMinutes(1);

  /** It has no key: what is stored twice is there twice. */
  @TimeSeries(table = "ticks", chunk = "1 day")
  record Tick(@Time Instant time, @Dimension String device, @Measure double value) {}

  private final TestDatabase database;
  private final List<DeadLetter<Tick>> refused = new CopyOnWriteArrayList<>();
  private Varve varve;

  @TempDir private Path home;

  SpoolContract(TestDatabase database) {
    this.database = database;
  }

  @BeforeEach
  void create() throws SQLException {
    varve = database.connect();
    varve.schema().create(Table.of(Tick.class));
    Sql.execute(database, "alter table ticks add constraint positive check (value >= 0)");
    varve.table(Tick.class).insert(tick(0, 7));
    Sql.execute(database, "delete from ticks");
  }

  @AfterEach
  void drop() throws SQLException {
    Sql.execute(database, "delete from varve_internal.batch where writer = current_user");
    Sql.dropHypertables(varve);
    varve.close();
  }

  private static Tick tick(int i, double value) {
    return new Tick(START.plusMillis(i), "d" + i % 5, value);
  }

  private IngesterOptions<Tick> options() {
    return IngesterOptions.<Tick>defaults()
        .write(WriteOptions.<Tick>append().deadLetters(refused::add))
        .batchRows(50)
        .linger(Duration.ofMillis(20))
        .spool(SpoolOptions.in(home.resolve("spool")).after(AFTER));
  }

  private Ingester<Tick> ingester(IngesterOptions<Tick> options) {
    return varve.ingester(Table.of(Tick.class), options);
  }

  /** Nothing is written until the lock is given back. */
  private Connection lockedTable() throws SQLException {
    Connection connection = database.jdbc();
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("lock table ticks in access exclusive mode");
    }
    return connection;
  }

  private long count(String condition) throws SQLException {
    return Long.parseLong(Sql.value(database, "select count(*) from ticks where " + condition));
  }

  private long ledger() throws SQLException {
    return Long.parseLong(
        Sql.value(
            database, "select count(*) from varve_internal.batch where writer = current_user"));
  }

  private static RowOutcome outcome(CompletionStage<RowOutcome> stage) {
    return stage.toCompletableFuture().join();
  }

  private static void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
    }
  }

  private static void awaitReplay(Ingester<?> ingester) {
    await(() -> ingester.health().status() == Health.Status.UP && ingester.health().bytes() == 0);
  }

  private static void assertAccounted(IngestStats stats) {
    assertThat(stats.offered())
        .isEqualTo(
            stats.written()
                + stats.skipped()
                + stats.refused()
                + stats.failed()
                + stats.inDoubt()
                + stats.dropped()
                + stats.waiting()
                + stats.spooled());
  }

  private static List<CompletionStage<RowOutcome>> put(Ingester<Tick> ingester, int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> ingester.put(tick(i, i))).toList();
  }

  private boolean spoolIsEmpty() throws IOException {
    try (Stream<Path> files = Files.list(home.resolve("spool"))) {
      return files.noneMatch(file -> file.toString().endsWith(".spool"));
    }
  }

  @Test
  void whatTheDatabaseDoesNotTakeInTimeIsSpooledAndReplayed() throws Exception {
    try (Ingester<Tick> ingester = ingester(options())) {
      assertThat(ingester.health().status()).isEqualTo(Health.Status.UP);
      Instant before = Instant.now().minusSeconds(1);
      try (Connection locker = lockedTable()) {
        List<CompletionStage<RowOutcome>> stages = put(ingester, 0, 1_000);
        IngestStats stats = ingester.flush();
        assertThat(stages)
            .allSatisfy(stage -> assertThat(outcome(stage)).isInstanceOf(RowOutcome.Spooled.class));
        assertThat(stats.spooled()).isEqualTo(1_000);
        assertAccounted(stats);
        IngestHealth health = ingester.health();
        assertThat(health.status()).isEqualTo(Health.Status.DEGRADED);
        assertThat(health.rows()).isEqualTo(1_000);
        assertThat(health.batches()).isPositive();
        assertThat(health.bytes()).isPositive();
        assertThat(health.oldest())
            .hasValueSatisfying(oldest -> assertThat(oldest).isBetween(before, Instant.now()));
        locker.rollback();
      }
      awaitReplay(ingester);
      assertThat(count("true")).isEqualTo(1_000);
      assertThat(count("value >= 0")).isEqualTo(1_000);
      IngestStats after = ingester.stats();
      assertThat(after.written()).isEqualTo(1_000);
      assertThat(after.spooled()).isZero();
      assertAccounted(after);
      assertThat(outcome(ingester.put(tick(1_000, 1)))).isInstanceOf(RowOutcome.Committed.class);
    }
    assertThat(spoolIsEmpty()).isTrue();
    assertThat(ledger()).isLessThanOrEqualTo(2);
  }

  @Test
  void rowsOfASeriesStayInOrder() throws Exception {
    Sql.execute(database, "alter table ticks add column came bigserial");
    try (Ingester<Tick> ingester = ingester(options())) {
      for (int round = 0; round < 3; round++) {
        try (Connection locker = lockedTable()) {
          put(ingester, round * 1_000, round * 1_000 + 400);
          ingester.flush();
          locker.rollback();
        }
        put(ingester, round * 1_000 + 400, round * 1_000 + 1_000);
      }
      ingester.flush();
      awaitReplay(ingester);
    }
    assertThat(count("true")).isEqualTo(3_000);
    assertThat(
            Sql.value(
                database,
                "select count(*) from (select value, lag(value) over (partition by device order by"
                    + " came) as before from ticks) s where before > value"))
        .isEqualTo("0");
  }

  @Test
  void whatIsLeftAtTheEndIsReplayedByTheNextIngester() throws Exception {
    try (Connection locker = lockedTable()) {
      Ingester<Tick> ingester = ingester(options().spool(spool().after(LONG)));
      List<CompletionStage<RowOutcome>> stages = put(ingester, 0, 1_000);
      Remainder<Tick> left = ingester.close(Duration.ofMillis(300));
      assertThat(left.isEmpty()).isTrue();
      assertThat(left.spooled()).isEqualTo(1_000);
      assertThat(stages)
          .allSatisfy(stage -> assertThat(outcome(stage)).isInstanceOf(RowOutcome.Spooled.class));
      assertAccounted(ingester.stats());
      locker.rollback();
    }
    try (Ingester<Tick> next = ingester(options())) {
      assertThat(next.stats().recovered()).isEqualTo(1_000);
      awaitReplay(next);
      IngestStats stats = next.stats();
      assertThat(stats.written()).isEqualTo(1_000);
      assertThat(stats.offered()).isEqualTo(1_000);
      assertAccounted(stats);
    }
    assertThat(count("true")).isEqualTo(1_000);
    assertThat(ledger()).isLessThanOrEqualTo(2);
  }

  private SpoolOptions spool() {
    return SpoolOptions.in(home.resolve("spool"));
  }

  @Test
  void rowsRefusedWhenTheyAreReplayedGoToTheSink() throws Exception {
    try (Ingester<Tick> ingester = ingester(options())) {
      try (Connection locker = lockedTable()) {
        IntStream.range(0, 300).forEach(i -> ingester.put(tick(i, i == 77 ? -1 : 1)));
        ingester.flush();
        locker.rollback();
      }
      awaitReplay(ingester);
      assertThat(ingester.stats().written()).isEqualTo(299);
      assertThat(ingester.stats().refused()).isEqualTo(1);
      assertAccounted(ingester.stats());
    }
    assertThat(refused).extracting(DeadLetter::row).containsOnly(tick(77, -1));
    assertThat(count("true")).isEqualTo(299);
  }

  @Test
  void aSinkThatThrowsIsTriedAgain() throws Exception {
    AtomicBoolean full = new AtomicBoolean(true);
    IngesterOptions<Tick> options =
        options()
            .write(
                WriteOptions.<Tick>append()
                    .deadLetters(
                        letter -> {
                          if (full.get()) {
                            throw new IllegalStateException("no room for " + letter.row());
                          }
                          refused.add(letter);
                        }));
    try (Ingester<Tick> ingester = ingester(options)) {
      try (Connection locker = lockedTable()) {
        IntStream.range(0, 10).forEach(i -> ingester.put(tick(i, i == 7 ? -1 : 1)));
        ingester.flush();
        locker.rollback();
      }
      await(
          () ->
              ingester.health().problem().stream()
                  .anyMatch(problem -> problem.contains("IllegalStateException")));
      assertThat(ingester.health().problem().orElseThrow()).doesNotContain("no room for");
      assertThat(ingester.health().status()).isEqualTo(Health.Status.DEGRADED);
      full.set(false);
      awaitReplay(ingester);
      assertThat(ingester.health().problem()).isEmpty();
    }
    assertThat(refused).hasSize(1);
    assertThat(count("true")).isEqualTo(9);
  }

  @Test
  void whatCannotBeReplayedWaitsAndTellsWhy() throws Exception {
    try (Ingester<Tick> ingester = ingester(options())) {
      try (Connection locker = lockedTable()) {
        put(ingester, 0, 200);
        ingester.flush();
        try (Statement statement = locker.createStatement()) {
          statement.execute("alter table ticks rename to away");
        }
        locker.commit();
      }
      await(
          () ->
              ingester.health().problem().stream()
                  .anyMatch(problem -> problem.contains("table ticks does not exist")));
      assertThat(ingester.health().rows()).isEqualTo(200);
      Sql.execute(database, "alter table away rename to ticks");
      awaitReplay(ingester);
    }
    assertThat(count("true")).isEqualTo(200);
  }

  @Test
  void withoutAnyTimeForTheDatabaseEveryBatchGoesByWayOfTheSpool() throws Exception {
    try (Ingester<Tick> ingester = ingester(options().spool(spool().after(Duration.ZERO)))) {
      assertThat(put(ingester, 0, 500))
          .allSatisfy(stage -> assertThat(outcome(stage)).isInstanceOf(RowOutcome.Spooled.class));
      awaitReplay(ingester);
    }
    assertThat(count("true")).isEqualTo(500);
  }

  @Test
  void aFullSpoolFailsTheBatchWhenTheTimeForTryingIsOver() throws Exception {
    IngesterOptions<Tick> options =
        options()
            .batchRows(20_000)
            .batchBytes(64L << 20)
            .linger(LONG)
            .workers(1)
            .retryBudget(Duration.ofMillis(300))
            .spool(spool().maxBytes(1L << 20).after(AFTER));
    try (Connection locker = lockedTable();
        Ingester<Tick> ingester = ingester(options)) {
      List<CompletionStage<RowOutcome>> kept = put(ingester, 0, 20_000);
      List<CompletionStage<RowOutcome>> failed = put(ingester, 20_000, 60_000);
      IngestStats stats = ingester.flush();
      assertThat(outcome(kept.get(0))).isInstanceOf(RowOutcome.Spooled.class);
      assertThatThrownBy(() -> outcome(failed.get(39_999)))
          .isInstanceOf(CompletionException.class)
          .hasCauseInstanceOf(CapacityException.class)
          .hasMessageContaining("is full");
      assertThat(stats.spooled() + stats.failed()).isEqualTo(60_000);
      assertAccounted(stats);
      locker.rollback();
      awaitReplay(ingester);
      assertThat(count("true")).isEqualTo(stats.spooled());
    }
  }

  @Test
  void aSpoolNeedsASinkForDeadLettersAndADirectoryOfItsOwn() {
    assertThatThrownBy(() -> options().write(WriteOptions.<Tick>append().isolating()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("expected DEAD_LETTER");
    try (Ingester<Tick> ingester = ingester(options())) {
      assertThatThrownBy(() -> ingester(options()))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("is used by another ingester of this process");
      assertThat(ingester.health().status()).isEqualTo(Health.Status.UP);
    }
  }
}
