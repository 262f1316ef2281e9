package io.varve.embedded;

import io.varve.ConfigException;
import io.varve.ConnectionException;
import io.varve.jdbc.Identifiers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of one database cluster.
 *
 * <p>They are made in a sibling {@code <name>.new-<random>} and renamed when complete, database
 * included. The sibling's name is never used twice: the {@code initdb} of a process that was killed
 * lives on for a while and must not meet ours.
 *
 * <p>Settings go to a file of their own, written at every start and included by {@code
 * postgresql.conf}: {@code ALTER SYSTEM} still has the last word.
 */
final class DataDirectory {

  private static final Logger LOG = LoggerFactory.getLogger(DataDirectory.class);

  private static final int FIRST_WITH_BUILTIN_LOCALE = 17;
  private static final String MAINTENANCE_DATABASE = "postgres";
  private static final String UNFINISHED = ".new-";
  private static final Pattern UNFINISHED_SUFFIX =
      Pattern.compile("\\.new-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(\\.password(\\.new)?)?");
  private static final String SETTINGS_FILE = "varve.conf";
  private static final String START_FILE = "varve.start";

  /** The initdb of a killed process ends with the step it is in. */
  private static final Duration PATIENCE_WITH_INITDB = Duration.ofSeconds(10);

  private static final Pattern LAST_PORT = Pattern.compile("\"-p\" \"(\\d{1,5})\"");

  private final Path path;

  DataDirectory(Path path) {
    this.path = path;
  }

  Path path() {
    return path;
  }

  boolean exists() {
    return Files.exists(path);
  }

  /**
   * Refuses data of another major version, leaving it as it is.
   *
   * @param version of the binaries
   */
  void requireVersion(String version) {
    String found = majorVersion();
    if (!found.equals(Integer.toString(PostgresInstallation.majorOf(version)))) {
      throw new ConfigException(
          "%s holds data of PostgreSQL %s, but this Varve brings PostgreSQL %s, which cannot read it;"
                  .formatted(path, found, version)
              + " nothing was changed. Use the Varve that made it, or dump the database with that one"
              + " and restore the dump into a new directory");
    }
  }

  private String majorVersion() {
    Path file = path.resolve("PG_VERSION");
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new ConfigException(
          "%s is no data directory of PostgreSQL: expected a readable file PG_VERSION in it"
              .formatted(path),
          null,
          e);
    }
  }

  /**
   * Makes the files, complete and durable or not at all. PostgreSQL's programs are told not to
   * force them to disk one after the other; all are forced at the end.
   */
  void create(Programs programs, int majorVersion, ServerOptions options) {
    Path fresh = path.resolveSibling(path.getFileName() + UNFINISHED + UUID.randomUUID());
    try {
      Files.createDirectories(path.getParent());
      initialize(programs, majorVersion, options, fresh);
      includeSettings(fresh);
      if (!options.database().equals(MAINTENANCE_DATABASE)) {
        createDatabase(programs, options.database(), fresh);
      }
      if (!"off".equals(options.settings().get("fsync"))) {
        FileTree.forceAll(fresh);
      }
      FileTree.moveIntoPlace(fresh, path);
    } catch (IOException e) {
      throw Failures.of("data directory %s cannot be made".formatted(path), e);
    } finally {
      deleteUnfinished();
    }
  }

  private static void initialize(
      Programs programs, int majorVersion, ServerOptions options, Path fresh) throws IOException {
    Path passwordFile = fresh.resolveSibling(fresh.getFileName() + ".password");
    List<String> arguments =
        new ArrayList<>(
            List.of(
                dataOption(fresh),
                "--username=" + options.user(),
                "--auth=scram-sha-256",
                "--pwfile=" + passwordFile,
                "--encoding=UTF8",
                "--locale=C",
                "--data-checksums",
                "--no-sync",
                "--no-instructions"));
    if (majorVersion >= FIRST_WITH_BUILTIN_LOCALE) {
      arguments.addAll(List.of("--locale-provider=builtin", "--builtin-locale=C.UTF-8"));
    }
    try {
      FileTree.writePrivate(passwordFile, options.password() + "\n");
      programs.run("initdb", arguments);
    } finally {
      Files.deleteIfExists(passwordFile);
    }
  }

  private static void includeSettings(Path fresh) throws IOException {
    Files.writeString(
        fresh.resolve("postgresql.conf"),
        "\n# Written at every start; ALTER SYSTEM and lines below this one override it.\n"
            + "include_if_exists = '%s'\n".formatted(SETTINGS_FILE),
        StandardOpenOption.APPEND);
  }

  private static void createDatabase(Programs programs, String database, Path fresh) {
    programs.run(
        "postgres",
        List.of(
            "--single",
            "-c",
            "exit_on_error=on",
            "-c",
            "fsync=off",
            "-D",
            fresh.toString(),
            MAINTENANCE_DATABASE),
        "CREATE DATABASE %s\n".formatted(Identifiers.quote(database)));
  }

  /** What resists is being written by a dying {@code initdb}, and is deleted another time. */
  private void deleteUnfinished() {
    try {
      for (Path sibling : FileTree.list(path.getParent())) {
        if (isUnfinished(sibling) && isAbandoned(sibling)) {
          FileTree.delete(sibling);
        }
      }
    } catch (IOException e) {
      LOG.debug("{}: an unfinished data directory beside it cannot be deleted yet", path, e);
    }
  }

  /** Whether the name is one that {@link #create} gives, and nobody else. */
  private boolean isUnfinished(Path sibling) {
    String name = sibling.getFileName().toString();
    String own = path.getFileName().toString();
    return name.startsWith(own)
        && UNFINISHED_SUFFIX.matcher(name.substring(own.length())).matches();
  }

  /**
   * Waits for those who still work there: a server whose files vanish panics and leaves its shared
   * memory.
   */
  private static boolean isAbandoned(Path unfinished) {
    Deadline deadline = Deadline.after(PATIENCE_WITH_INITDB);
    while (isInUse(unfinished) && !deadline.isOver()) {
      deadline.pause();
    }
    return !isInUse(unfinished);
  }

  private static boolean isInUse(Path unfinished) {
    return !Postmaster.processesOf(unfinished).isEmpty()
        || ProcessHandle.allProcesses().anyMatch(each -> isInitdbOf(unfinished, each));
  }

  private static boolean isInitdbOf(Path unfinished, ProcessHandle process) {
    String[] arguments = process.info().arguments().orElse(new String[0]);
    return List.of(arguments).contains(dataOption(unfinished));
  }

  private static String dataOption(Path data) {
    return "--pgdata=" + data;
  }

  /** Notes where the server about to be started will be seen. */
  void markStart() {
    Whereabouts here = Whereabouts.here();
    try {
      FileTree.writePrivate(path.resolve(START_FILE), here.boot() + "\n" + here.container() + "\n");
    } catch (IOException e) {
      throw Failures.of("the start of the server on %s cannot be noted".formatted(path), e);
    }
  }

  /**
   * Refuses data on which a server may run that was started in another container of this machine:
   * its processes cannot be seen from here. A reboot ends it for certain.
   */
  void requireNotStartedElsewhere() {
    Path mark = path.resolve(START_FILE);
    try {
      if (Postmaster.recorded(path).isEmpty() || !Files.exists(mark)) {
        return;
      }
      List<String> start = Files.readAllLines(mark);
      Whereabouts here = Whereabouts.here();
      if (start.size() == 2
          && start.get(0).equals(here.boot())
          && !start.get(1).equals(here.container())) {
        throw new ConnectionException(
            "the server on %s was started in another container and may still run there: expected it"
                    .formatted(path)
                + " to be stopped; if that container is gone, delete "
                + path.resolve(Postmaster.FILE));
      }
    } catch (IOException e) {
      throw Failures.of("%s cannot be read".formatted(mark), e);
    }
  }

  void writeSettings(Map<String, String> settings) {
    StringBuilder text = new StringBuilder();
    settings.forEach((name, value) -> text.append("%s = '%s'\n".formatted(name, escaped(value))));
    try {
      FileTree.writePrivate(path.resolve(SETTINGS_FILE), text.toString());
    } catch (IOException e) {
      throw Failures.of("settings in %s cannot be written".formatted(path), e);
    }
  }

  private static String escaped(String value) {
    return value.replace("\\", "\\\\").replace("'", "''").replace("\n", "\\n");
  }

  /** The port of the last start, or 0: worth trying again for whoever still knows it. */
  int lastPort() {
    Path file = path.resolve("postmaster.opts");
    try {
      Matcher matcher = LAST_PORT.matcher(Files.exists(file) ? Files.readString(file) : "");
      return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
    } catch (IOException e) {
      throw Failures.of("%s cannot be read".formatted(file), e);
    }
  }
}
