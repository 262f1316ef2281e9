package io.varve.embedded;

import io.varve.ConnectionException;
import io.varve.EmbeddedProvider;
import io.varve.VarveException;
import io.varve.embedded.PostgresServer.Shutdown;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One user's share in the server of a directory. The first user starts it, the last one stops it.
 *
 * <p>If the process ends without closing its share, a shutdown hook leaves for it, gently: the
 * server is asked for a smart shutdown, so that other hooks can finish what they write, and ends
 * with the connections of this process. If the process is killed, the server stays up and the next
 * user finds it. Thread-safe.
 */
final class SharedServer implements EmbeddedProvider.Server {

  private static final Logger LOG = LoggerFactory.getLogger(SharedServer.class);

  private static final String USER = "varve";
  private static final String DATABASE = "varve";

  /**
   * Without {@code "$user"}, which is the toolkit's schema here: it is found, but new tables go to
   * {@code public}.
   */
  private static final String SEARCH_PATH = "public, varve";

  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** A start by another process can keep the lock that long, and then some. */
  private static final Duration PATIENCE_WITH_OTHERS = PATIENCE.plusMinutes(1);

  private static final Duration PATIENCE_AT_EXIT = Duration.ofSeconds(5);

  private final ServerLock lock;
  private final Clients clients;
  private final Clients.Client self;
  private final PostgresServer server;
  private final String password;
  private final Thread hook = new Thread(this::leaveAtExit, "varve-embedded-leave");
  private final AtomicReference<@Nullable Thread> starting;
  private volatile boolean ending;
  private String url = "";
  private boolean left;

  /** A share of the calling thread, which is to {@link #start} the server. */
  private SharedServer(Home home, PostgresServer server, Clients.Client self) {
    this.lock = home.lock();
    this.clients = home.clients();
    this.self = self;
    this.server = server;
    this.password = home.password();
    this.starting = new AtomicReference<>(Thread.currentThread());
  }

  static SharedServer join(Path directory, PostgresBinaries binaries) {
    Home home = Home.open(directory);
    return home.lock().whileHeld(PATIENCE_WITH_OTHERS, () -> joinLocked(home, binaries));
  }

  private static SharedServer joinLocked(Home home, PostgresBinaries binaries) {
    DataDirectory data = new DataDirectory(home.data());
    if (data.exists()) {
      data.requireVersion(binaries.version());
    }
    Clients clients = home.clients();
    clients.requireAllHere();
    PostgresInstallation installation = binaries.unpackInto(home.binaries());
    PostgresServer server = new PostgresServer(installation, options(home));
    SharedServer shared = share(home, server, clients.join());
    shared.start(home, installation);
    return shared;
  }

  private static SharedServer share(Home home, PostgresServer server, Clients.Client self) {
    try {
      SharedServer shared = new SharedServer(home, server, self);
      shared.registerHook();
      return shared;
    } catch (RuntimeException | Error e) {
      self.leave();
      throw e;
    }
  }

  /**
   * The hook is there already, for a process that ends in the middle must not leave a server: then
   * it interrupts this start, waits for the lock, and leaves.
   */
  private void start(Home home, PostgresInstallation installation) {
    try {
      if (!server.isRunning()) {
        home.prepareStart(installation);
        server.initialize();
      }
      server.start();
      url = server.url();
    } catch (RuntimeException | Error e) {
      if (!ending) {
        leave(() -> {});
      }
      throw e;
    } finally {
      starting.set(null);
    }
  }

  private static ServerOptions options(Home home) {
    return ServerOptions.of(home.data(), USER, home.password())
        .withDatabase(DATABASE)
        .withLog(home.log().resolve("start.log"))
        .withSettings(settings(home))
        .withPatience(PATIENCE);
  }

  /**
   * Durable, and sized for a machine that has other things to do. The WAL level is {@code replica},
   * although {@code minimal} would spare some writes of bulk loads: it is what backups of a running
   * server need.
   */
  private static Map<String, String> settings(Home home) {
    Map<String, String> settings = new TreeMap<>();
    settings.put("cluster_name", "varve");
    settings.put("fsync", "on");
    settings.put("full_page_writes", "on");
    settings.put("synchronous_commit", "on");
    settings.put("wal_level", "replica");
    settings.put("max_wal_size", "2GB");
    settings.put("shared_buffers", "128MB");
    settings.put("work_mem", "16MB");
    settings.put("maintenance_work_mem", "128MB");
    settings.put("password_encryption", "scram-sha-256");
    settings.put("timezone", "UTC");
    settings.put("log_timezone", "UTC");
    settings.put("search_path", SEARCH_PATH);
    settings.put("logging_collector", "on");
    settings.put("log_directory", home.log().toString());
    settings.put("log_filename", "server-%a.log");
    settings.put("log_rotation_age", "1d");
    settings.put("log_rotation_size", "0");
    settings.put("log_truncate_on_rotation", "on");
    return settings;
  }

  @Override
  public String url() {
    return url;
  }

  @Override
  public String user() {
    return USER;
  }

  @Override
  public String password() {
    return password;
  }

  /** Leaves; the last user waits for the server to stop. More calls do nothing. */
  @Override
  public void close() {
    lock.whileHeld(PATIENCE_WITH_OTHERS, () -> leave(() -> server.stop(Shutdown.FAST)));
  }

  private void registerHook() {
    try {
      Runtime.getRuntime().addShutdownHook(hook);
    } catch (IllegalStateException e) {
      throw new ConnectionException(
          "no server is joined while the process ends: expected it to be joined before", null, e);
    }
  }

  /** A start under way is cut short: it holds the lock, and may take minutes. */
  private void leaveAtExit() {
    ending = true;
    Thread starter = starting.get();
    if (starter != null) {
      starter.interrupt();
    }
    try {
      lock.whileHeld(PATIENCE_AT_EXIT, () -> leave(() -> server.requestStop(Shutdown.SMART)));
    } catch (VarveException e) {
      LOG.debug("{}: left to its next user, who will stop it", url, e);
    }
  }

  private void leave(Runnable stop) {
    if (left) {
      return;
    }
    left = true;
    forgetHook();
    self.leave();
    if (clients.isEmpty()) {
      stop.run();
    }
  }

  private void forgetHook() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException processEnds) {
      LOG.debug("{}: the process ends; its hook will find that this share has been closed", url);
    }
  }
}
