package io.varve.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.ClosedException;
import io.varve.ConflictException;
import io.varve.MappingException;
import io.varve.Varve;
import io.varve.ingest.Batches;
import io.varve.ingest.StoredBatch;
import io.varve.ingest.WriteOptions;
import io.varve.model.Measure;
import io.varve.model.QualifiedName;
import io.varve.model.Table;
import io.varve.model.Time;
import io.varve.model.TimeSeries;
import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The ledger of named batches. */
@ExtendWith(DatabaseExtension.class)
@Timeout(value = 2, unit = TimeUnit.MINUTES)
final class BatchesContract {

  private static final Instant START = Instant.parse("2024-01-01T00:00:00Z");

  @TimeSeries(table = "batched", chunk = "1 day")
  record Batched(@Time Instant time, @Measure double value) {}

  private final TestDatabase database;
  private Varve varve;
  private Batches batches;

  BatchesContract(TestDatabase database) {
    this.database = database;
  }

  @BeforeEach
  void create() {
    varve = database.connect();
    varve.schema().create(Table.of(Batched.class));
    batches = varve.batches();
  }

  @AfterEach
  void drop() throws SQLException {
    Sql.execute(database, "delete from varve_internal.batch where writer = current_user");
    if (varve.schema().exists(Table.of(Batched.class).name())) {
      varve.schema().drop(Table.of(Batched.class).name());
    }
    varve.close();
  }

  private void write(String id) {
    write(WriteOptions.<Batched>append().batch(id));
  }

  private void write(String id, Batches.Claim claim) {
    write(WriteOptions.<Batched>append().batch(id, claim));
  }

  private void write(WriteOptions<Batched> options) {
    varve
        .table(Batched.class)
        .insertAll(List.of(new Batched(START, 1), new Batched(START, 2)), options);
  }

  @Test
  void batchesOfAGroupAreListedAndForgotten() {
    write("a_b/2");
    write("a_b/1");
    write("a_b");
    write("a_b0");
    write("a%b/1");
    write("axb/1");

    assertThat(batches.stored("a_b"))
        .containsExactly(stored("a_b/1", "batched"), stored("a_b/2", "batched"));
    assertThat(batches.stored("a")).isEmpty();

    assertThat(batches.forget("a_b")).isEqualTo(2);
    assertThat(batches.stored("a_b")).isEmpty();
    assertThat(batches.stored("axb")).hasSize(1);
    assertThat(batches.stored("a%b")).hasSize(1);
  }

  private static StoredBatch stored(String id, String table) {
    return new StoredBatch(id, Optional.of(QualifiedName.parse(table)), 2, 0, 0);
  }

  @Test
  void theTableIsTheOneOfTheRows() {
    write("g/1");
    varve.schema().drop(Table.of(Batched.class).name());
    assertThat(batches.stored("g"))
        .extracting(StoredBatch::table)
        .containsExactly(Optional.empty());
  }

  @ParameterizedTest
  @ValueSource(strings = {"read committed", "repeatable read"})
  void whatIsAboutToCommitIsWaitedFor(String isolation) throws Exception {
    isolate("set default_transaction_isolation = ''" + isolation + "''");
    Sql.execute(
        database,
        """
        create or replace function wait_at_commit() returns trigger language plpgsql as $$
        begin
          perform pg_advisory_xact_lock(4711);
          return null;
        end $$
        """,
        """
        create constraint trigger wait_at_commit after insert on varve_internal.batch
          deferrable initially deferred for each row when (new.id = 'g/1')
          execute function wait_at_commit()
        """);
    // The common pool of a machine with two cores has one thread, and both wait.
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try (Varve reader = database.connect();
        Connection other = database.jdbc();
        Statement statement = other.createStatement()) {
      statement.execute("select pg_advisory_lock(4711)");
      CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> write("g/1"), threads);
      awaitWaiting(1);
      CompletableFuture<List<StoredBatch>> reading =
          CompletableFuture.supplyAsync(() -> reader.batches().stored("g"), threads);
      awaitWaiting(2);
      assertThat(batches.stored("h")).isEmpty();
      statement.execute("select pg_advisory_unlock(4711)");
      writing.get();
      assertThat(reading.get()).containsExactly(stored("g/1", "batched"));
    } finally {
      isolate("reset default_transaction_isolation");
    }
    threads.shutdown();
    Sql.execute(
        database,
        "drop trigger wait_at_commit on varve_internal.batch",
        "drop function wait_at_commit()");
  }

  private void isolate(String change) throws SQLException {
    Sql.execute(
        database,
        "do $$ begin execute format('alter database %I "
            + change
            + "', current_database()); end $$");
  }

  private void awaitWaiting(int sessions) throws SQLException {
    String waiting =
        "select count(*) from pg_locks where locktype = 'advisory' and not granted and database"
            + " = (select oid from pg_database where datname = current_database())";
    while (Integer.parseInt(Sql.value(database, waiting)) < sessions) {
      LockSupport.parkNanos(10_000_000);
    }
  }

  @Test
  void aGroupIsClaimedOnce() {
    try (Varve other = database.connect()) {
      Batches.Claim claim = batches.claim("g");
      other.batches().claim("h").close();
      assertThatThrownBy(() -> other.batches().claim("g"))
          .isInstanceOf(ConflictException.class)
          .hasMessage(
              "the batches of g are being written by another process; wait for its end, or end it");
      claim.close();
      other.batches().claim("g").close();
    }
  }

  @Test
  void whoHasLostItsClaimWritesNoBatch() throws SQLException {
    Batches.Claim lost = batches.claim("g");
    write("g/1", lost);
    endSessionsWithLocks();
    write("g/2", lost);
    try (Varve other = database.connect()) {
      Batches.Claim next = other.batches().claim("g");
      assertThatThrownBy(() -> write("g/3", lost))
          .isInstanceOf(ClosedException.class)
          .hasMessageStartingWith(
              "inserting into batched: batch \"g/3\" was sent with a claim that has been lost");
      write("g/2", lost);
      lost.close();
      write("g/3", next);
      next.close();
      assertThatThrownBy(() -> write("g/4", next)).isInstanceOf(ClosedException.class);
    }
    assertThat(batches.stored("g"))
        .containsExactly(
            stored("g/1", "batched"), stored("g/2", "batched"), stored("g/3", "batched"));
    assertThat(Sql.value(database, "select count(*) from batched")).isEqualTo("6");
    assertThat(Sql.value(database, "select count(*) from varve_internal.claim")).isEqualTo("0");
  }

  private void endSessionsWithLocks() throws SQLException {
    Sql.execute(
        database,
        "select pg_terminate_backend(pid, 60000) from pg_locks where locktype = 'advisory'"
            + " and mode = 'ExclusiveLock' and database"
            + " = (select oid from pg_database where datname = current_database())");
  }

  @Test
  void aClaimThatIsHeldIsNotForgotten() throws SQLException {
    String forget = "select varve.forget_batches('-1 hour')";
    try (Batches.Claim claim = batches.claim("g")) {
      Sql.execute(database, forget);
      write("g/1", claim);
      endSessionsWithLocks();
      Sql.execute(database, forget);
      assertThatThrownBy(() -> write("g/2", claim)).isInstanceOf(ClosedException.class);
    }
  }

  @Test
  void aClaimIsOfOneGroup() {
    try (Batches.Claim claim = batches.claim("g")) {
      assertThatThrownBy(() -> write("h/1", claim)).isInstanceOf(ClosedException.class);
    }
  }

  @Test
  void aGroupHasNoSlash() {
    assertThatThrownBy(() -> batches.stored("a/b"))
        .isInstanceOf(MappingException.class)
        .hasMessageStartingWith("\"a/b\" is no group of batches; expected ");
    assertThatThrownBy(() -> batches.forget("")).isInstanceOf(MappingException.class);
  }
}
