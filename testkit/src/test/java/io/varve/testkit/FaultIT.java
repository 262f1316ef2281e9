package io.varve.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.CapacityException;
import io.varve.ConnectionException;
import io.varve.Varve;
import io.varve.VarveException;
import io.varve.health.Health;
import io.varve.model.Dimension;
import io.varve.model.Measure;
import io.varve.model.Table;
import io.varve.model.Time;
import io.varve.model.TimeSeries;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What is left of the promises when the server is killed, its disk full or its slots taken. */
final class FaultIT {

  private static final Instant START = Instant.parse("2024-01-01T00:00:00Z");

  @TimeSeries(table = "readings", chunk = "1 day")
  record Reading(@Time Instant time, @Dimension String device, @Measure long sequence) {}

  @Test
  void healthFollowsTheServer() {
    try (OwnedServer server = OwnedServer.start("18");
        Varve varve = server.connect()) {
      assertThat(varve.health()).extracting(Health::status).isEqualTo(Health.Status.UP);
      server.kill();
      Health down = varve.health();
      assertThat(down.status()).isEqualTo(Health.Status.DOWN);
      assertThat(down.problem()).isPresent();
      server.start();
      assertThat(firstUpOrLast(varve).problem()).isEmpty();
    }
  }

  /** A check that was under way when the server came back may still report what it met before. */
  private static Health firstUpOrLast(Varve varve) {
    Instant deadline = Instant.now().plusSeconds(60);
    Health health = varve.health();
    while (health.status() != Health.Status.UP && Instant.now().isBefore(deadline)) {
      health = varve.health();
    }
    return health;
  }

  @Test
  void everyAcknowledgedRowOutlivesAKillAndNoneIsDoubled() throws Exception {
    try (OwnedServer server = OwnedServer.start("18");
        Varve varve = server.connect()) {
      varve.schema().create(Table.of(Reading.class));
      List<Long> acknowledged = Collections.synchronizedList(new ArrayList<>());
      CountDownLatch underWay = new CountDownLatch(200);
      ExecutorService threads = Executors.newFixedThreadPool(3);
      List<Future<VarveException>> writers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        int writer = i;
        writers.add(threads.submit(() -> writeUntilItFails(varve, writer, acknowledged, underWay)));
      }
      underWay.await();
      server.kill();
      for (Future<VarveException> writer : writers) {
        VarveException failure = writer.get();
        assertThat(failure.isRetryable() || failure.inDoubt()).as("%s", failure).isTrue();
      }
      threads.shutdown();
      server.start();
      List<Long> stored = longs(server, "select sequence from readings order by sequence");
      assertThat(stored).doesNotHaveDuplicates().containsAll(acknowledged);
      assertThat(varve.table(Reading.class).insert(new Reading(START, "after", -1)).written())
          .isEqualTo(1);
    }
  }

  /** Batches of ten rows, numbered through; a batch is in the list when its call has returned. */
  private static VarveException writeUntilItFails(
      Varve varve, int writer, List<Long> acknowledged, CountDownLatch underWay) {
    for (long batch = 0; ; batch++) {
      long first = writer * 1_000_000_000L + batch * 10;
      List<Long> sequences = LongStream.range(first, first + 10).boxed().toList();
      try {
        varve
            .table(Reading.class)
            .insertAll(sequences.stream().map(number -> reading(writer, number)).toList());
      } catch (VarveException e) {
        return e;
      }
      acknowledged.addAll(sequences);
      underWay.countDown();
    }
  }

  private static Reading reading(int writer, long sequence) {
    return new Reading(START.plusSeconds(sequence % 200_000), "d" + writer, sequence);
  }

  @Test
  void writingToAServerThatIsAwayFailsAsRetryable() {
    try (OwnedServer server = OwnedServer.start("18");
        Varve varve = server.connect()) {
      varve.schema().create(Table.of(Reading.class));
      server.stop();
      assertThatThrownBy(() -> varve.table(Reading.class).insert(reading(0, 1)))
          .isInstanceOfSatisfying(
              ConnectionException.class, e -> assertThat(e.isRetryable()).isTrue())
          .hasMessageContaining("readings");
    }
  }

  @Test
  void fullDiskRefusesTheBatchAndSpaceMakesItGoThrough() throws SQLException {
    try (OwnedServer server = OwnedServer.startOnSmallDisk(150, "18");
        Varve varve = server.connect()) {
      varve.schema().create(Table.of(Reading.class));
      varve.table(Reading.class).insert(reading(0, -1));
      List<Reading> batch =
          LongStream.range(0, 400_000)
              .mapToObj(number -> new Reading(START.plusMillis(number), "d", number))
              .toList();
      server.fillDisk();
      assertThatThrownBy(() -> varve.table(Reading.class).insertAll(batch))
          .isInstanceOfSatisfying(
              CapacityException.class, e -> assertThat(e.sqlState()).contains("53100"))
          .hasMessageContaining("readings");
      assertThat(longs(server, "select count(*) from readings")).containsExactly(1L);
      server.freeDisk();
      assertThat(varve.table(Reading.class).insertAll(batch).written()).isEqualTo(400_000);
    }
  }

  @Test
  void serverWithoutAFreeConnectionIsReportedAsFull() throws SQLException {
    try (OwnedServer server =
        OwnedServer.start("18", "max_connections=4", "superuser_reserved_connections=0")) {
      List<Connection> taken = new ArrayList<>();
      try {
        while (taken.size() < 4) {
          taken.add(server.jdbc());
        }
        assertThatThrownBy(server::connect)
            .isInstanceOfSatisfying(
                CapacityException.class, e -> assertThat(e.sqlState()).contains("53300"));
      } finally {
        for (Connection connection : taken) {
          connection.close();
        }
      }
    }
  }

  private static List<Long> longs(TestDatabase database, String sql) throws SQLException {
    try (Connection connection = database.jdbc();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      List<Long> values = new ArrayList<>();
      while (result.next()) {
        values.add(result.getLong(1));
      }
      return values;
    }
  }
}
