package io.varve.embedded;

import io.varve.ConfigException;
import io.varve.ConnectionException;
import io.varve.DatabaseException;
import io.varve.DeadlineException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A PostgreSQL server on one data directory.
 *
 * <p>It listens on 127.0.0.1 only, has no Unix socket, asks everyone for a password, and lives in a
 * session of its own: it outlives this process and a Ctrl-C in its terminal, and holds none of its
 * streams. The state is in the data directory, not in this object: any process may stop what
 * another has started, and find what another has left. What was left by a kill or a power cut is
 * recovered from.
 *
 * <p>Methods that change something must not run at the same time for one data directory, in
 * whatever process; the caller sees to that.
 *
 * <pre>{@code
 * PostgresInstallation installation = PostgresBinaries.fromClassPath().unpackInto(cache);
 * PostgresServer server =
 *     new PostgresServer(
 *         installation,
 *         ServerOptions.of(directory, "postgres", password)
 *             .withSettings(Map.of("fsync", "off")));
 * server.initialize();
 * server.start();
 * … server.url() …
 * server.stop(Shutdown.IMMEDIATE);
 * }</pre>
 */
public final class PostgresServer {

  /** A postmaster that was killed leaves processes that end within a query, as a rule. */
  private static final Duration PATIENCE_WITH_ORPHANS = Duration.ofSeconds(30);

  /** Somebody who asked for a smart shutdown may still be finishing its work. */
  private static final Duration PATIENCE_WITH_SMART_SHUTDOWN = Duration.ofSeconds(10);

  private final PostgresInstallation installation;
  private final ServerOptions options;
  private final DataDirectory data;
  private final Programs programs;

  /** Describes a server; nothing is made or started. */
  public PostgresServer(PostgresInstallation installation, ServerOptions options) {
    this.installation = installation;
    this.options = options;
    this.data = new DataDirectory(options.dataDirectory());
    this.programs = new Programs(installation);
  }

  /** How a server treats those connected when it is told to stop. */
  public enum Shutdown {
    /** Lets them finish, lets nobody in. */
    SMART,
    /** Rolls back what they do. */
    FAST,
    /** Like a crash: the next start recovers. */
    IMMEDIATE
  }

  /**
   * Makes the data directory unless it exists. It appears complete, its database included, or not
   * at all.
   *
   * @throws ConfigException if it exists and holds the data of another major version
   * @throws io.varve.CapacityException if the disk is full
   */
  public void initialize() {
    if (data.exists()) {
      data.requireVersion(installation.version());
    } else {
      data.create(programs, installation.majorVersion(), options);
    }
  }

  /**
   * Starts the server unless it runs, and returns when it accepts connections.
   *
   * @throws ConfigException if the data is of another major version, or the port is taken
   * @throws ConnectionException if a server started in another container may be running on it
   * @throws io.varve.CapacityException if the disk or the memory is full
   * @throws DeadlineException if it is not ready in time; it may become ready later
   * @throws DatabaseException if it does not start; the message holds what it said
   */
  public void start() {
    data.requireVersion(installation.version());
    Deadline deadline = Deadline.after(options.patience());
    Deadline orphans = Deadline.after(PATIENCE_WITH_ORPHANS);
    while (!isReady()) {
      Optional<Postmaster> running = Postmaster.running(data.path());
      if (running.isEmpty()) {
        data.requireNotStartedElsewhere();
        awaitEndOfOrphans(orphans);
        launch(deadline);
      } else if (running.get().status() == Postmaster.Status.STOPPING) {
        awaitEndOfShutdown();
      } else {
        deadline.pauseFor(toBeReady());
      }
    }
  }

  private String toBeReady() {
    return "the server on %s to accept connections; it may still be recovering: see %s"
        .formatted(data.path(), options.log());
  }

  private boolean isReady() {
    return Postmaster.running(data.path())
        .filter(each -> each.status() == Postmaster.Status.READY)
        .isPresent();
  }

  /** They hold the shared memory without which no server starts; one may be a server about to. */
  private void awaitEndOfOrphans(Deadline deadline) {
    List<Long> orphans = Postmaster.processesOf(data.path());
    while (!orphans.isEmpty() && !isRunning()) {
      deadline.pauseFor(
          "the processes %s of a dead server to leave %s".formatted(orphans, data.path()));
      orphans = Postmaster.processesOf(data.path());
    }
  }

  /**
   * Returns after one attempt if a server runs, or if trying again with another port makes sense.
   */
  private void launch(Deadline deadline) {
    if (isRunning()) {
      return;
    }
    Postmaster.discardMistaken(data.path());
    data.writeSettings(options.settings());
    data.markStart();
    int port = choosePort();
    Launch launch = Launch.begin(programs, data.path(), options.log(), port, deadline.left());
    while (launch.isUndecided()) {
      deadline.pauseFor(toBeReady());
    }
    if (launch.isReady()) {
      launch.letGo();
    } else if (!isRunning() && Ports.isFree(port)) {
      throw launch.failure();
    }
  }

  private int choosePort() {
    if (options.port() == 0) {
      int last = data.lastPort();
      return last != 0 && Ports.isFree(last) ? last : Ports.anyFree();
    }
    if (!Ports.isFree(options.port())) {
      throw new ConfigException(
          "port %d of %s is taken: expected a free one, or 0 to find one"
              .formatted(options.port(), Ports.LOOPBACK));
    }
    return options.port();
  }

  private void awaitEndOfShutdown() {
    Deadline deadline = Deadline.after(PATIENCE_WITH_SMART_SHUTDOWN);
    while (isRunning() && !deadline.isOver()) {
      deadline.pause();
    }
    stop(Shutdown.FAST);
  }

  /**
   * Stops the server and returns when all its processes have ended; does nothing if none runs.
   *
   * @throws DeadlineException if they have not ended in time; they go on ending
   */
  public void stop(Shutdown shutdown) {
    if (!isRunning()) {
      return;
    }
    requestStop(shutdown);
    Deadline deadline = Deadline.after(options.patience());
    while (isRunning() || !Postmaster.processesOf(data.path()).isEmpty()) {
      deadline.pauseFor("the server on %s to stop".formatted(data.path()));
    }
  }

  /** Tells the server to stop and does not wait; does nothing if none runs. */
  public void requestStop(Shutdown shutdown) {
    Optional<Postmaster> running = Postmaster.running(data.path());
    if (running.isEmpty()) {
      return;
    }
    try {
      programs.run(
          "pg_ctl",
          List.of(
              "stop",
              "--pgdata=" + data.path(),
              "--mode=" + shutdown.name().toLowerCase(Locale.ROOT),
              "--no-wait"));
    } catch (DatabaseException e) {
      if (isRunning()) {
        throw e;
      }
    }
  }

  /** Whether it runs, ready or not. */
  public boolean isRunning() {
    return Postmaster.running(data.path()).isPresent();
  }

  /**
   * The port it listens on.
   *
   * @throws ConnectionException if it is not running
   */
  public int port() {
    return running().port();
  }

  /**
   * Its first process, the postmaster.
   *
   * @throws ConnectionException if it is not running
   */
  public ProcessHandle process() {
    return ProcessHandle.of(running().pid()).orElseThrow(this::notRunning);
  }

  /**
   * JDBC URL of its database, without credentials.
   *
   * @throws ConnectionException if it is not running
   */
  public String url() {
    return "jdbc:postgresql://%s:%s/%s".formatted(Ports.LOOPBACK, port(), options.database());
  }

  private Postmaster running() {
    return Postmaster.running(data.path()).orElseThrow(this::notRunning);
  }

  private ConnectionException notRunning() {
    return new ConnectionException("no server runs on %s".formatted(data.path()));
  }
}
