package io.varve.testkit.fault;

import io.varve.testkit.OwnedServer;
import java.io.PrintStream;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.opentest4j.TestAbortedException;

/**
 * A number of rounds, each with a fault. A round is made of the run's seed plus its number: so a
 * single round can be run again by its own seed.
 */
final class FaultRun {

  private static final String VERSION = "18";

  private final PrintStream log;
  private final Map<Fate, Long> totals = new EnumMap<>(Fate.class);
  private long offered;
  private int held;

  /** A server whose disk can be full; made when it is needed, and for root only. */
  private Optional<Stage> disk = Optional.empty();

  FaultRun(PrintStream log) {
    this.log = log;
  }

  /** Runs the rounds; throws at the first whose account is wrong. */
  void run(int rounds, long seed) throws Exception {
    try (Stage shared = Stage.proxied(OwnedServer.start(VERSION, "max_connections=20"))) {
      log.println("round seed mode way fault offered acknowledged refused absent in-doubt ms");
      for (int round = 0; round < rounds; round++) {
        run(round, Choices.of(seed + round), shared);
      }
      log.printf("%d rounds agree: %d offered = %s%n", held, offered, totals);
    } finally {
      if (disk.isPresent()) {
        disk.get().close();
      }
    }
  }

  private void run(int round, Choices choices, Stage shared) throws Exception {
    if (choices.fault() == Fault.FAILOVER) {
      try (Stage pair = Stage.withReplica(VERSION)) {
        runOn(pair, round, choices);
      }
    } else if (choices.fault() == Fault.DISK_FULL) {
      runOnSmallDisk(round, choices);
    } else {
      runOn(shared, round, choices);
    }
  }

  private void runOnSmallDisk(int round, Choices choices) throws Exception {
    try {
      if (disk.isEmpty()) {
        disk = Optional.of(Stage.onSmallDisk(VERSION));
      }
    } catch (TestAbortedException e) {
      log.printf("%d left out: %s%n", round, e.getMessage());
      return;
    }
    runOn(disk.get(), round, choices);
  }

  private void runOn(Stage stage, int round, Choices choices) throws Exception {
    long start = System.nanoTime();
    Round.Report report;
    try {
      report = Round.run(choices, stage);
    } catch (Exception | AssertionError e) {
      throw new AssertionError("round %d broke off: %s".formatted(round, choices), e);
    }
    log.printf(
        "%d %d %s %s %s %d %d %d %d %d %d%n",
        round,
        choices.seed(),
        choices.mode(),
        choices.way(),
        choices.fault(),
        report.offered(),
        report.totals().get(Fate.ACKNOWLEDGED),
        report.totals().get(Fate.REFUSED),
        report.totals().get(Fate.ABSENT),
        report.totals().get(Fate.IN_DOUBT),
        (System.nanoTime() - start) / 1_000_000);
    if (!report.problems().isEmpty()) {
      throw new AssertionError(
          "round %d, to be run again with -Dvarve.faults=1 -Dvarve.seed=%d: %s%n  %s"
              .formatted(round, choices.seed(), choices, String.join("\n  ", report.problems())));
    }
    held++;
    offered += report.offered();
    report.totals().forEach((fate, rows) -> totals.merge(fate, (long) rows, Long::sum));
  }
}
