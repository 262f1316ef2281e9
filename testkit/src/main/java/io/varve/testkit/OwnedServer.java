package io.varve.testkit;

import io.varve.Varve;
import io.varve.embedded.PostgresBinaries;
import io.varve.embedded.PostgresInstallation;
import io.varve.embedded.PostgresServer;
import io.varve.embedded.PostgresServer.Shutdown;
import io.varve.embedded.ServerOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Assumptions;

/**
 * A throwaway PostgreSQL that one test owns: it may stop it, kill it, start it again, fill its
 * disk, or have a replica take over. It listens on a free port of the loopback interface and keeps
 * that port over a restart. Closing it leaves nothing behind, and neither does the end of this
 * process, however it ends. Not thread-safe.
 *
 * <pre>{@code
 * try (OwnedServer server = OwnedServer.start("18", "max_connections=20");
 *     Varve varve = server.connect()) {
 *   server.kill();
 *   …
 *   server.start();
 * }
 * }</pre>
 */
public final class OwnedServer implements TestDatabase, AutoCloseable {

  private static final String CLASS_PATH_VERSION = "18";
  private static final String JAR_PROPERTY = "varve.test.binaries.";
  private static final String CACHE_PROPERTY = "varve.test.cache";
  private static final String SUPERUSER = "postgres";
  private static final Duration PAUSE = Duration.ofMillis(10);

  private final Guard guard;
  private final PostgresInstallation installation;
  private final PostgresServer server;
  private final ServerAddress address;

  private OwnedServer(
      Guard guard, PostgresInstallation installation, PostgresServer server, String password) {
    this.guard = guard;
    this.installation = installation;
    this.server = server;
    this.address = new ServerAddress(server.url(), SUPERUSER, password);
  }

  /**
   * Starts a server of that major version: the one on the class path, or one whose jar of binaries
   * the system property {@code varve.test.binaries.VERSION} names.
   *
   * @param settings such as {@code max_connections=20}
   */
  public static OwnedServer start(String majorVersion, String... settings) {
    return start(Guard.onTemporaryDirectory(), majorVersion, settings);
  }

  /**
   * Like {@link #start(String, String...)} with all its data on a disk of its own of so many
   * megabytes, which must be 100 or more to begin with. Only root may make such a disk: the test is
   * left out for others.
   */
  public static OwnedServer startOnSmallDisk(
      int megabytes, String majorVersion, String... settings) {
    Guard guard = Guard.onTemporaryDirectory();
    try {
      guard.mountDisk(megabytes);
    } catch (IOException e) {
      guard.close();
      Assumptions.abort("no disk of its own: " + e.getMessage());
    }
    return start(guard, majorVersion, settings);
  }

  private static OwnedServer start(Guard guard, String majorVersion, String... settings) {
    try {
      return start(
          guard,
          binaries(majorVersion).unpackInto(cache(guard)),
          Names.password(),
          settings(settings));
    } catch (RuntimeException | Error e) {
      guard.close();
      throw e;
    }
  }

  private static OwnedServer start(
      Guard guard,
      PostgresInstallation installation,
      String password,
      Map<String, String> settings) {
    PostgresServer server =
        new PostgresServer(
            installation,
            ServerOptions.of(guard.data(), SUPERUSER, password)
                .withLog(guard.home().resolve("server.log"))
                .withSettings(settings));
    server.initialize();
    server.start();
    return new OwnedServer(guard, installation, server, password);
  }

  /**
   * Starts a replica: it follows what this server, which must be running, commits, and answers
   * queries. It is a server of its own, to be closed by the caller. This server keeps its log for
   * the replica from now on.
   *
   * @param settings such as {@code max_connections=20}, which must not be less than this server's
   */
  public OwnedServer startReplica(String... settings) {
    Guard copy = Guard.onTemporaryDirectory();
    try {
      String slot = Names.unique("replica");
      new BaseBackup(this, guard.data()).copyTo(copy.data(), slot);
      Files.createFile(copy.data().resolve("standby.signal"));
      Map<String, String> all = settings(settings);
      all.put("primary_conninfo", address.conninfo());
      all.put("primary_slot_name", slot);
      return start(copy, installation, address.password(), all);
    } catch (IOException e) {
      copy.close();
      throw new UncheckedIOException("no replica of " + address, e);
    } catch (RuntimeException | Error e) {
      copy.close();
      throw e;
    }
  }

  /** Makes a replica a server of its own that takes writes; does so on return. */
  public void promote() {
    query("select pg_promote()");
  }

  /**
   * From now on a commit is answered when a replica has it on its disk, too: so nothing that was
   * acknowledged is lost if the replica takes over. Returns when a replica follows closely enough.
   */
  public void commitWithReplica() {
    query("alter system set synchronous_standby_names = '*'");
    query("select pg_reload_conf()");
    String following =
        "select exists (select from pg_stat_replication where state = 'streaming' and sync_state ="
            + " 'sync')";
    while (!query(following).equals("t")) {
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  /** The database of whichever of the two servers takes writes when a connection is opened. */
  public TestDatabase orReplica(OwnedServer replica) {
    return address.or(replica.address);
  }

  private String query(String sql) {
    try (Connection connection = jdbc();
        Statement statement = connection.createStatement()) {
      if (!statement.execute(sql)) {
        return "";
      }
      try (ResultSet result = statement.getResultSet()) {
        result.next();
        return result.getString(1);
      }
    } catch (SQLException e) {
      throw new IllegalStateException("%s: %s".formatted(address, e.getMessage()), e);
    }
  }

  private static PostgresBinaries binaries(String majorVersion) {
    String jar = System.getProperty(JAR_PROPERTY + majorVersion);
    if (jar != null) {
      return PostgresBinaries.fromJar(Path.of(jar));
    }
    if (!majorVersion.equals(CLASS_PATH_VERSION)) {
      throw new IllegalArgumentException(
          "PostgreSQL %s: expected the system property %s to name the jar of its binaries"
              .formatted(majorVersion, JAR_PROPERTY + majorVersion));
    }
    return PostgresBinaries.fromClassPath();
  }

  /** Unpacking takes seconds: a build keeps the result for its next run. */
  private static Path cache(Guard guard) {
    String cache = System.getProperty(CACHE_PROPERTY);
    return cache == null ? guard.home().resolve("binaries") : Path.of(cache);
  }

  private static Map<String, String> settings(String... overrides) {
    Map<String, String> settings = new HashMap<>();
    settings.put("fsync", "off");
    settings.put("timezone", ZoneId.systemDefault().getId());
    // In the data directory they go with it, even if the server is killed.
    settings.put("dynamic_shared_memory_type", "mmap");
    for (String override : overrides) {
      String[] parts = override.split("=", 2);
      settings.put(parts[0], parts[1]);
    }
    return settings;
  }

  /** JDBC URL of the database {@code postgres}, without credentials. */
  @Override
  public String url() {
    return address.url();
  }

  /** The superuser. */
  @Override
  public String user() {
    return address.user();
  }

  @Override
  public String password() {
    return address.password();
  }

  @Override
  public Varve connect() {
    return address.connect();
  }

  @Override
  public Connection jdbc() {
    return address.jdbc();
  }

  ServerAddress address() {
    return address;
  }

  /** Starts it again after {@link #stop} or {@link #kill}; crash recovery is done on return. */
  public void start() {
    server.start();
  }

  /** Stops it, rolling back what is under way; does nothing if it is not running. */
  public void stop() {
    server.stop(Shutdown.FAST);
  }

  /** Ends all its processes at once with SIGKILL, as the machine's memory running out does. */
  public void kill() {
    List<ProcessHandle> processes = new ArrayList<>();
    processes.add(server.process());
    server.process().descendants().forEach(processes::add);
    processes.forEach(ProcessHandle::destroyForcibly);
    processes.forEach(Processes::awaitEnd);
  }

  /** Takes all space left on its disk until {@link #freeDisk}. */
  public void fillDisk() {
    guard.fillDisk();
  }

  /** Gives back what {@link #fillDisk} took. */
  public void freeDisk() {
    guard.freeDisk();
  }

  /** The server's own log, all of it. */
  public String log() {
    try {
      return Files.readString(guard.home().resolve("server.log"));
    } catch (IOException e) {
      throw new UncheckedIOException("the log of the server cannot be read", e);
    }
  }

  @Override
  public void close() {
    guard.close();
  }
}
