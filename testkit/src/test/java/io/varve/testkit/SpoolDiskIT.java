package io.varve.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.CapacityException;
import io.varve.Varve;
import io.varve.ingest.IngestStats;
import io.varve.ingest.Ingester;
import io.varve.ingest.IngesterOptions;
import io.varve.ingest.RowOutcome;
import io.varve.ingest.SpoolOptions;
import io.varve.ingest.WriteOptions;
import io.varve.model.Dimension;
import io.varve.model.Measure;
import io.varve.model.Table;
import io.varve.model.Time;
import io.varve.model.TimeSeries;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A spool whose disk is full. */
@ExtendWith(DatabaseExtension.class)
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SpoolDiskIT {

  private static final Instant START = Instant.parse("2024-01-01T00:00:00Z");
  private static final int BATCH = 1_000;

  @TimeSeries(table = "kept", chunk = "1 day")
  record Kept(@Time Instant time, @Dimension String device, @Measure long number) {}

  private int number;

  @Test
  void batchesFailWithThePathUntilThereIsSpaceAndNothingIsMixedUp(TestDatabase database)
      throws SQLException {
    try (Guard disk = smallDisk();
        Varve varve = database.connect()) {
      varve.schema().create(Table.of(Kept.class));
      varve.table(Kept.class).insert(new Kept(START, "d", -1));
      try (Ingester<Kept> ingester = varve.ingester(Table.of(Kept.class), options(disk));
          Connection locker = database.jdbc()) {
        locker.setAutoCommit(false);
        execute(locker, "lock table kept in access exclusive mode");
        CompletionStage<RowOutcome> last = batch(ingester);
        while (ingester.stats().failed() == 0) {
          last = batch(ingester);
        }
        CompletionStage<RowOutcome> failed = last;
        assertThatThrownBy(() -> failed.toCompletableFuture().join())
            .hasCauseInstanceOf(CapacityException.class)
            .hasMessageContaining("cannot be written")
            .hasMessageContaining(disk.data().getFileName().toString());
        locker.rollback();
        while (ingester.health().bytes() > 0) {
          LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        }
        execute(locker, "lock table kept in access exclusive mode");
        assertThat(batch(ingester).toCompletableFuture().join())
            .isInstanceOf(RowOutcome.Spooled.class);
        locker.rollback();
        while (ingester.health().bytes() > 0) {
          LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        }
        IngestStats stats = ingester.stats();
        assertThat(stats.written() + stats.failed()).isEqualTo(number);
        assertThat(query(locker, "select count(*) from kept where number >= 0"))
            .isEqualTo(stats.written());
        assertThat(query(locker, "select count(distinct number) from kept where number >= 0"))
            .isEqualTo(stats.written());
      }
      varve.schema().drop(Table.of(Kept.class).name());
    }
  }

  private static Guard smallDisk() {
    Guard guard = Guard.onTemporaryDirectory();
    try {
      guard.mountDisk(1);
      return guard;
    } catch (IOException e) {
      guard.close();
      return Assumptions.abort("no disk of its own: " + e.getMessage());
    }
  }

  private static IngesterOptions<Kept> options(Guard disk) {
    return IngesterOptions.<Kept>defaults()
        .write(WriteOptions.<Kept>append().deadLetters(letter -> {}))
        .batchRows(BATCH)
        .linger(Duration.ofMinutes(1))
        .workers(1)
        .retryBudget(Duration.ofMillis(300))
        .spool(SpoolOptions.in(disk.data()).after(Duration.ofMillis(200)));
  }

  /** Puts one batch, and waits until it is settled. */
  private CompletionStage<RowOutcome> batch(Ingester<Kept> ingester) {
    CompletionStage<RowOutcome> last = null;
    for (int i = 0; i < BATCH; i++) {
      last = ingester.put(new Kept(START.plusMillis(number), "device", number));
      number++;
    }
    ingester.flush();
    return last;
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static long query(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }
}
