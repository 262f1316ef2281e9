package io.varve.testkit.fault;

import io.varve.testkit.OwnedServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** What goes wrong in a round, and right again. */
enum Fault {
  /** All processes of the server are killed, and it is started again. */
  KILL {
    @Override
    void happen(Stage stage, int repeats, BooleanSupplier finished) {
      stage.server().kill();
      stage.server().start();
    }
  },

  /** Connections are cut before the server gets their COMMIT. */
  CUT_BEFORE_COMMIT {
    @Override
    void happen(Stage stage, int repeats, BooleanSupplier finished) {
      stage.proxy().cutBeforeCommits(repeats);
      await(() -> stage.proxy().cutsLeft() == 0 || finished.getAsBoolean());
      stage.proxy().cutBeforeCommits(0);
    }
  },

  /** Connections are cut before the client gets the answer to its COMMIT. */
  CUT_AFTER_COMMIT {
    @Override
    void happen(Stage stage, int repeats, BooleanSupplier finished) {
      stage.proxy().cutAfterCommits(repeats);
      await(() -> stage.proxy().cutsLeft() == 0 || finished.getAsBoolean());
      stage.proxy().cutAfterCommits(0);
    }
  },

  /** The answer to a COMMIT is lost, and the server with it. */
  CUT_AFTER_COMMIT_AND_KILL {
    @Override
    void happen(Stage stage, int repeats, BooleanSupplier finished) {
      stage.proxy().cutAfterCommits(repeats);
      await(() -> stage.proxy().cutsLeft() < repeats || finished.getAsBoolean());
      stage.server().kill();
      stage.proxy().cutAfterCommits(0);
      pause(Duration.ofMillis(400));
      stage.server().start();
    }
  },

  /** The network swallows everything, for longer than the socket's time limit. */
  SILENCE {
    @Override
    void happen(Stage stage, int repeats, BooleanSupplier finished) {
      stage.proxy().silence();
      pause(Duration.ofMillis(700L * repeats));
      if (repeats == 2) {
        stage.proxy().cut();
      }
      stage.proxy().resume();
    }
  },

  /** More callers than the server takes connections, and others hold the rest. */
  STORM {
    @Override
    void happen(Stage stage, int repeats, BooleanSupplier finished) {
      List<Connection> others = new ArrayList<>();
      try {
        takeAll(stage.server(), others);
        pause(Duration.ofMillis(300L * repeats));
        takeAll(stage.server(), others);
        pause(Duration.ofMillis(200));
      } finally {
        others.forEach(Fault::close);
      }
    }
  },

  /** The server's disk is full, and freed. */
  DISK_FULL {
    @Override
    void happen(Stage stage, int repeats, BooleanSupplier finished) {
      stage.server().fillDisk();
      pause(Duration.ofMillis(500L * repeats));
      stage.server().freeDisk();
      // A server that could not write its log has ended.
      stage.server().start();
    }
  },

  /** The primary dies, and its replica takes over. */
  FAILOVER {
    @Override
    void happen(Stage stage, int repeats, BooleanSupplier finished) {
      stage.failOver();
    }
  };

  /**
   * Returns when all is well again.
   *
   * @param finished whether nobody writes any more
   */
  abstract void happen(Stage stage, int repeats, BooleanSupplier finished);

  private static void takeAll(OwnedServer server, List<Connection> others) {
    try {
      while (others.size() < 100) {
        others.add(server.jdbc());
      }
    } catch (IllegalStateException full) {
      if (!(full.getCause() instanceof SQLException e) || !"53300".equals(e.getSQLState())) {
        throw full;
      }
    }
  }

  private static void close(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      pause(Duration.ofMillis(2));
    }
  }

  private static void pause(Duration duration) {
    LockSupport.parkNanos(duration.toNanos());
  }
}
