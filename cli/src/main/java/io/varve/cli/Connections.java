package io.varve.cli;

import io.varve.ConfigException;
import io.varve.Preset;
import io.varve.Setting;
import io.varve.Varve;
import io.varve.VarveBuilder;
import io.varve.cli.shell.CommandException;
import io.varve.cli.shell.Shell;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which database a command works on: {@code --url}, else {@code VARVE_URL}, else what {@code
 * VARVE_*} and {@code PG*} describe, else the local PostgreSQL in the user's data directory.
 */
final class Connections {

  /** Stands for the local PostgreSQL where a variable would win otherwise. */
  static final String LOCAL = "local";

  /** Of a command that writes from several threads. */
  private static final int LEAST_POOL = 4;

  private static final List<String> VARIABLES =
      List.of(
          "VARVE_HOST",
          "VARVE_PORT",
          "VARVE_DATABASE",
          "PGHOST",
          "PGPORT",
          "PGDATABASE",
          "PGSERVICE");

  private static final Pattern PASSWORD =
      Pattern.compile("//[^/@?]*:[^/@?]+@|[?&](ssl)?password=[^&]", Pattern.CASE_INSENSITIVE);

  private final Shell shell;
  private final @Nullable String url;
  private final String origin;

  Connections(Shell shell, @Nullable String option) {
    this.shell = shell;
    this.url = option != null ? withoutPassword(option) : shell.variable("VARVE_URL");
    this.origin = option != null ? "--url" : "VARVE_URL";
  }

  /** Every user of the machine can read the process list. */
  private static String withoutPassword(String url) {
    if (PASSWORD.matcher(url).find()) {
      throw CommandException.usage(
          "--url must not hold a password: other users can see it in the process list",
          "leave it out and set VARVE_PASSWORD or PGPASSWORD, or put it into ~/.pgpass; or set the"
              + " whole URL as VARVE_URL");
    }
    return url;
  }

  /** Whether commands work on the local PostgreSQL. */
  boolean isLocal() {
    return url == null
        ? VARIABLES.stream().allMatch(name -> shell.variable(name) == null)
        : url.equals(LOCAL);
  }

  /** Whether there is a database yet; the local one is made when it is first opened. */
  boolean exists() {
    return !isLocal() || Files.isDirectory(directory());
  }

  /**
   * Opens the database; the caller closes it.
   *
   * @param preset the one that suits the command, unless the user names one
   */
  Varve open(Preset preset) {
    return open(preset, Map.of());
  }

  /** Like {@link #open(Preset)}, with a pool of so many connections at least. */
  Varve open(Preset preset, int connections) {
    int least = Math.max(LEAST_POOL, connections);
    String named = shell.variable(Setting.POOL_SIZE.variable());
    boolean suffices =
        named != null && named.matches("\\d{1,4}") && Integer.parseInt(named) >= least;
    return open(preset, suffices ? Map.of() : Map.of(Setting.POOL_SIZE, Integer.toString(least)));
  }

  private Varve open(Preset preset, Map<Setting, String> settings) {
    if (isLocal()) {
      Path directory = directory();
      if (!Files.isDirectory(directory)) {
        shell.say("creating a local PostgreSQL in " + directory);
      }
      return Varve.embedded(directory, settings);
    }
    VarveBuilder builder = Varve.builder(preset).environment(shell.env());
    settings.forEach(builder::set);
    if (isPresetNamed()) {
      builder.set(Setting.PRESET, "");
    }
    try {
      return (url == null ? builder : builder.set(Setting.URL, url)).connect();
    } catch (ConfigException e) {
      throw new ConfigException(inUsersWords(e), null, e);
    }
  }

  private boolean isPresetNamed() {
    return shell.variable(Setting.PRESET.variable()) != null
        || !System.getProperty(Setting.PRESET.property(), "").isEmpty();
  }

  /** To the library it was the program that gave the URL. */
  private String inUsersWords(ConfigException e) {
    return String.valueOf(e.getMessage()).replace("url (builder)", origin);
  }

  /** Where the local PostgreSQL lives. */
  Path directory() {
    return home().resolve("postgres");
  }

  private Path home() {
    String home = shell.variable("VARVE_HOME");
    if (home != null) {
      return Path.of(home).toAbsolutePath();
    }
    String data = shell.variable("XDG_DATA_HOME");
    if (data != null && Path.of(data).isAbsolute()) {
      return Path.of(data, "varve");
    }
    String user = shell.variable("HOME");
    return Path.of(user != null ? user : System.getProperty("user.home"), ".local/share/varve");
  }
}
