package io.varve.testkit.fault;

import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/**
 * No acknowledged row is lost, none is stored twice, and what is said not to be stored is not,
 * whatever goes wrong. {@code -Dvarve.faults} says how many rounds, {@code -Dvarve.seed} which.
 */
final class FaultRunIT {

  private static final int ROUNDS = 8;
  private static final long SEED = 1;

  /** What it says about broken connections is what this test brings about. */
  private static final Logger POOL = Logger.getLogger("com.zaxxer.hikari");

  private static final Logger MIGRATIONS = Logger.getLogger("org.flywaydb");

  @Test
  void everyRowIsAccountedFor() throws Exception {
    POOL.setLevel(Level.OFF);
    MIGRATIONS.setLevel(Level.WARNING);
    new FaultRun(System.out)
        .run(Integer.getInteger("varve.faults", ROUNDS), Long.getLong("varve.seed", SEED));
  }
}
