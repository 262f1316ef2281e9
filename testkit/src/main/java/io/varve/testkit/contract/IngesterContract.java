package io.varve.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.CapacityException;
import io.varve.ClosedException;
import io.varve.Varve;
import io.varve.ingest.IngestStats;
import io.varve.ingest.Ingester;
import io.varve.ingest.IngesterOptions;
import io.varve.ingest.OverflowPolicy;
import io.varve.ingest.Remainder;
import io.varve.ingest.RowOutcome;
import io.varve.ingest.WriteMode;
import io.varve.ingest.WriteOptions;
import io.varve.ingest.WriteResult;
import io.varve.model.Dimension;
import io.varve.model.Measure;
import io.varve.model.Table;
import io.varve.model.Time;
import io.varve.model.TimeSeries;
import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rows put one by one, by many threads. */
@ExtendWith(DatabaseExtension.class)
final class IngesterContract {

  private static final Instant START = Instant.parse("2024-01-01T00:00:00Z");
  private static final Duration LONG = Duration.ofMinutes(30);

  @TimeSeries(
      table = "ticks",
      chunk = "1 day",
      key = {"device", "time"})
  record Tick(@Time Instant time, @Dimension String device, @Measure double value) {}

  private final TestDatabase database;
  private Varve varve;

  IngesterContract(TestDatabase database) {
    this.database = database;
  }

  @BeforeEach
  void create() throws SQLException {
    varve = database.connect();
    varve.schema().create(Table.of(Tick.class));
    Sql.execute(database, "alter table ticks add constraint positive check (value >= 0)");
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

  private Ingester<Tick> ingester(IngesterOptions<Tick> options) {
    return varve.ingester(Table.of(Tick.class), options);
  }

  private static IngesterOptions<Tick> patient() {
    return IngesterOptions.<Tick>defaults().linger(LONG);
  }

  private long count(String condition) throws SQLException {
    return Long.parseLong(Sql.value(database, "select count(*) from ticks where " + condition));
  }

  private static RowOutcome outcome(CompletionStage<RowOutcome> stage) {
    return stage.toCompletableFuture().join();
  }

  @Test
  void aRowIsCommittedWhenItsStageCompletes() throws SQLException {
    try (Ingester<Tick> ingester = varve.ingester(Tick.class)) {
      RowOutcome outcome = outcome(ingester.put(tick(1, 1)));
      assertThat(count("true")).isEqualTo(1);
      assertThat(outcome).isEqualTo(new RowOutcome.Committed(new WriteResult(1, 0, List.of())));
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyRowOfManyThreadsIsThereOnce(WriteMode mode) throws Exception {
    int threads = 8;
    int each = 5_000;
    WriteOptions<Tick> write = WriteOptions.<Tick>of(mode).isolating();
    try (Ingester<Tick> ingester = ingester(patient().write(write).batchRows(700))) {
      Race.run(
          threads,
          thread -> {
            IntStream.range(0, each).forEach(i -> ingester.put(tick(thread * each + i, 1)));
            return thread;
          });
      IngestStats stats = ingester.flush();
      assertThat(stats.offered()).isEqualTo(threads * each);
      assertThat(stats.written()).isEqualTo(threads * each);
      assertThat(stats.waiting()).isZero();
      assertThat(stats.waitingBytes()).isZero();
    }
    assertThat(count("true")).isEqualTo(threads * each);
    assertThat(count("value = 1")).isEqualTo(threads * each);
  }

  @Test
  void ofOneSeriesTheLaterRowCounts() throws SQLException {
    WriteOptions<Tick> upsert = WriteOptions.<Tick>upsert().isolating();
    try (Ingester<Tick> ingester = ingester(patient().write(upsert).batchRows(7))) {
      for (int i = 0; i < 2_000; i++) {
        ingester.put(tick(i % 10, i));
      }
    }
    assertThat(count("value >= 1990")).isEqualTo(10);
    assertThat(count("true")).isEqualTo(10);
  }

  @Test
  void aRefusedRowIsToldAndTheOthersAreCommitted() throws SQLException {
    try (Ingester<Tick> ingester = ingester(patient())) {
      List<CompletionStage<RowOutcome>> stages = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        stages.add(ingester.put(tick(i, i == 77 ? -1 : 1)));
      }
      IngestStats stats = ingester.flush();
      assertThat(stats.written()).isEqualTo(299);
      assertThat(stats.refused()).isEqualTo(1);
      for (int i = 0; i < 300; i++) {
        assertThat(outcome(stages.get(i)))
            .isInstanceOf(i == 77 ? RowOutcome.Refused.class : RowOutcome.Committed.class);
      }
    }
    assertThat(count("true")).isEqualTo(299);
  }

  @Test
  void lingeringEndsByItself() throws SQLException {
    IngesterOptions<Tick> options = IngesterOptions.<Tick>defaults().linger(Duration.ofMillis(50));
    try (Ingester<Tick> ingester = ingester(options)) {
      assertThat(outcome(ingester.put(tick(1, 1)))).isInstanceOf(RowOutcome.Committed.class);
    }
  }

  @Test
  void closingWritesWhatWaits() throws SQLException {
    Ingester<Tick> ingester = ingester(patient());
    IntStream.range(0, 100).forEach(i -> ingester.put(tick(i, 1)));
    assertThat(ingester.close(Duration.ofMinutes(1)).isEmpty()).isTrue();
    assertThat(count("true")).isEqualTo(100);
    assertThatThrownBy(() -> ingester.put(tick(1, 1))).isInstanceOf(ClosedException.class);
  }

  /** The table is locked, so that nothing is written until the lock is given back. */
  private Connection lockedTable() throws SQLException {
    Connection connection = database.jdbc();
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("lock table ticks in access exclusive mode");
    }
    return connection;
  }

  @Test
  void whatCannotBeWrittenInTimeIsLeft() throws SQLException {
    Ingester<Tick> ingester = ingester(patient().batchRows(50));
    List<Tick> rows = IntStream.range(0, 220).mapToObj(i -> tick(i, 1)).toList();
    List<CompletionStage<RowOutcome>> stages = new ArrayList<>();
    Remainder<Tick> left;
    try (Connection locker = lockedTable()) {
      rows.forEach(row -> stages.add(ingester.put(row)));
      left = ingester.close(Duration.ofMillis(300));
      locker.rollback();
    }
    assertThat(left.unwritten()).containsExactlyInAnyOrderElementsOf(rows);
    assertThat(left.inDoubt()).isEmpty();
    assertThat(stages)
        .allSatisfy(
            stage ->
                assertThatThrownBy(() -> outcome(stage))
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(ClosedException.class));
    assertThat(count("true")).isZero();
    assertThat(ingester.stats().failed()).isEqualTo(220);
  }

  @Test
  void aFullQueueFailsOrDropsAsToldAndCountsEveryRow() throws SQLException {
    for (OverflowPolicy policy :
        List.of(OverflowPolicy.FAIL, OverflowPolicy.DROP_NEWEST, OverflowPolicy.DROP_OLDEST)) {
      List<Tick> dropped = new ArrayList<>();
      int refused = 0;
      try (Connection locker = lockedTable();
          Ingester<Tick> ingester =
              ingester(
                  patient().workers(1).queueBytes(20_000).overflow(policy).drops(dropped::add))) {
        for (int i = 0; i < 500; i++) {
          try {
            ingester.put(tick(i, 1));
          } catch (CapacityException e) {
            refused++;
          }
        }
        locker.rollback();
        IngestStats stats = ingester.flush();
        assertThat(stats.dropped()).isEqualTo(dropped.size());
        assertThat(stats.offered() + refused).isEqualTo(500);
        assertThat(stats.written() + stats.dropped()).isEqualTo(stats.offered());
        assertThat(refused + dropped.size()).isPositive();
      }
      if (policy == OverflowPolicy.DROP_OLDEST) {
        assertThat(dropped).isSortedAccordingTo(Comparator.comparing(Tick::time));
        assertThat(count("time >= '2024-01-01 00:00:00.499Z'")).isEqualTo(1);
      }
      Sql.execute(database, "truncate ticks");
    }
  }

  @Test
  void aDropNobodyTakesIsStillAccountedFor() throws SQLException {
    IllegalStateException full = new IllegalStateException("the sink is full");
    IngesterOptions<Tick> options =
        patient()
            .workers(1)
            .queueBytes(10_000)
            .overflow(OverflowPolicy.DROP_OLDEST)
            .drops(
                row -> {
                  throw full;
                });
    List<CompletionStage<RowOutcome>> stages = new ArrayList<>();
    try (Connection locker = lockedTable();
        Ingester<Tick> ingester = ingester(options)) {
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 500; i++) {
                  stages.add(ingester.put(tick(i, 1)));
                }
              })
          .isSameAs(full);
      locker.rollback();
      IngestStats stats = ingester.flush();
      assertThat(stats.dropped()).isEqualTo(1);
      assertThat(stats.waitingBytes()).isZero();
      List<CompletionStage<RowOutcome>> dropped =
          stages.stream()
              .filter(stage -> stage.toCompletableFuture().isCompletedExceptionally())
              .toList();
      assertThat(dropped).hasSize(1);
      assertThatThrownBy(() -> outcome(dropped.get(0))).hasCauseInstanceOf(CapacityException.class);
    }
  }

  @Test
  void anOfferIsTakenOrNotInTime() throws SQLException {
    try (Connection locker = lockedTable();
        Ingester<Tick> ingester = ingester(patient().queueBytes(10_000))) {
      int taken = 0;
      while (ingester.offer(tick(taken, 1), Duration.ofMillis(20)).isPresent()) {
        taken++;
      }
      locker.rollback();
      assertThat(ingester.flush().written()).isEqualTo(taken);
      assertThat(count("true")).isEqualTo(taken);
    }
  }
}
