package io.varve.testkit.ingest;

import io.varve.Varve;
import io.varve.ingest.Ingester;
import io.varve.ingest.IngesterOptions;
import io.varve.model.Dimension;
import io.varve.model.Measure;
import io.varve.model.Table;
import io.varve.model.Time;
import io.varve.model.TimeSeries;
import java.lang.Thread.State;
import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * The child of {@link FullQueueIT}: puts rows whose table is locked until every producer waits for
 * room, prints the heap in use several times, gives the lock back and prints what became of the
 * rows. The first argument is how often it looks at the heap, the second how many milliseconds
 * apart, so it can be watched for as long as one likes:
 *
 * <pre>
 * VARVE_URL=… java -Xmx96m -cp … io.varve.testkit.ingest.FullQueue 60 1000
 * </pre>
 */
final class FullQueue {

  static final long QUEUE_BYTES = 16L << 20;

  /** All of them at once would take more than the heap the child has. */
  static final int ROWS = 1_200_000;

  /** More than the ingester reckons for one row. */
  static final long ROW_BYTES = 1L << 10;

  private static final int PRODUCERS = 8;
  private static final Instant START = Instant.parse("2024-01-01T00:00:00Z");
  private static final Duration PAUSE = Duration.ofMillis(5);

  @TimeSeries(table = "samples", chunk = "7 days")
  record Sample(@Time Instant time, @Dimension String device, @Measure double value) {}

  private FullQueue() {}

  public static void main(String[] args) throws SQLException, InterruptedException {
    try (Varve varve = Varve.fromEnv()) {
      varve.schema().create(Table.of(Sample.class));
      varve.table(Sample.class).insert(new Sample(START, "first", 0));
      fill(varve, Integer.parseInt(args[0]), Duration.ofMillis(Long.parseLong(args[1])));
      System.out.println("stored " + (varve.from(Sample.class).count() - 1));
      varve.schema().drop(Table.of(Sample.class).name());
    }
  }

  private static void fill(Varve varve, int looks, Duration apart)
      throws SQLException, InterruptedException {
    IngesterOptions<Sample> options =
        IngesterOptions.<Sample>defaults().queueBytes(QUEUE_BYTES).retryBudget(Duration.ofHours(1));
    try (Ingester<Sample> ingester = varve.ingester(Table.of(Sample.class), options)) {
      System.out.println("before " + heap());
      List<Thread> producers;
      try (Connection locker = varve.dataSource().getConnection();
          Statement statement = locker.createStatement()) {
        locker.setAutoCommit(false);
        statement.execute("lock table samples in access exclusive mode");
        producers = produce(ingester);
        awaitFull(ingester, producers);
        for (int i = 0; i < looks; i++) {
          LockSupport.parkNanos(apart.toNanos());
          System.out.println("heap " + heap());
        }
        awaitFull(ingester, producers);
        System.out.println("waiting " + ingester.stats().waitingBytes());
        locker.rollback();
      }
      for (Thread producer : producers) {
        producer.join();
      }
      System.out.println("written " + ingester.flush().written());
    }
  }

  private static List<Thread> produce(Ingester<Sample> ingester) {
    List<Thread> producers = new ArrayList<>();
    for (int i = 0; i < PRODUCERS; i++) {
      int first = i;
      Thread producer =
          new Thread(
              () -> {
                for (int row = first; row < ROWS; row += PRODUCERS) {
                  ingester.put(new Sample(START.plusMillis(row), "device-" + row % 100, row));
                }
              });
      producers.add(producer);
      producer.start();
    }
    return producers;
  }

  /** Nothing leaves the queue, so it stays full once there is no room for another row. */
  private static void awaitFull(Ingester<?> ingester, List<Thread> producers) {
    while (waiting(producers) < PRODUCERS
        || ingester.stats().waitingBytes() < QUEUE_BYTES - ROW_BYTES) {
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  private static long waiting(List<Thread> threads) {
    return threads.stream()
        .map(Thread::getState)
        .filter(state -> state == State.WAITING || state == State.TIMED_WAITING)
        .count();
  }

  private static long heap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
