package io.varve.embedded;

import io.varve.ConfigException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An unpacked PostgreSQL.
 *
 * @param directory holds {@code bin}, {@code lib} and {@code share}
 * @param version such as {@code 18.6.0}
 */
public record PostgresInstallation(Path directory, String version) {

  private static final Pattern REPORTED = Pattern.compile("\\(PostgreSQL\\) (\\d+)");

  /** Checks the path: PostgreSQL's own programs hand it to a shell in double quotes. */
  public PostgresInstallation {
    directory = PlainPath.require(directory);
    majorOf(version);
  }

  /** The major version, such as 18. */
  public int majorVersion() {
    return majorOf(version);
  }

  Path program(String name) {
    return directory.resolve("bin").resolve(name);
  }

  /** Runs its server once to see that this machine can, and that it is what its name says. */
  void verify() {
    String reported = new Programs(this).run("postgres", List.of("--version"));
    Matcher matcher = REPORTED.matcher(reported);
    if (!matcher.find() || Integer.parseInt(matcher.group(1)) != majorVersion()) {
      throw new ConfigException(
          "the binaries named PostgreSQL %s say they are: %s".formatted(version, reported.strip()));
    }
  }

  static int majorOf(String version) {
    Matcher matcher = Pattern.compile("(\\d+)(?:\\..*)?").matcher(version);
    if (!matcher.matches()) {
      throw new ConfigException(
          "version %s of the PostgreSQL binaries: expected one such as 18.6.0".formatted(version));
    }
    return Integer.parseInt(matcher.group(1));
  }
}
