package io.varve;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.varve.jdbc.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Passwords kept in files.
 *
 * <p>The driver knows libpq's file too, but reads one that everybody can read, and takes its place
 * from the process; hence this reader.
 */
final class Passwords {

  private static final Set<PosixFilePermission> OWNERS =
      Set.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);

  private Passwords() {}

  /** The whole file without its last line end. */
  static Secret inFile(Path file) {
    String password = text(file).replaceFirst("\r?\n\\z", "");
    if (password.isEmpty()) {
      throw new IllegalArgumentException(
          "password-file " + file + " is empty: expected a password");
    }
    return new Secret(password);
  }

  /** Where libpq looks if nothing is said. */
  static Path usualPgpass(Map<String, String> properties, Map<String, String> environment) {
    boolean windows =
        properties.getOrDefault("os.name", "").toLowerCase(Locale.ROOT).contains("windows");
    return windows
        ? Path.of(environment.getOrDefault("APPDATA", ""), "postgresql", "pgpass.conf")
        : Path.of(properties.getOrDefault("user.home", ""), ".pgpass");
  }

  /**
   * The password of the first line that fits, in a file of lines {@code
   * host:port:database:user:password}. Of several hosts, each must have the same one: a password is
   * not shown to a server it was not meant for.
   *
   * @param hosts each with its port
   */
  static Optional<Secret> inPgpass(Path file, List<String> hosts, String database, String user) {
    List<List<String>> lines =
        text(file).lines().filter(line -> !line.startsWith("#")).map(Passwords::fields).toList();
    Set<Optional<String>> found =
        hosts.stream()
            .map(host -> password(lines, host, database, user))
            .collect(Collectors.toSet());
    if (found.size() != 1) {
      return Optional.empty();
    }
    Optional<Secret> secret = found.iterator().next().map(Secret::new);
    secret.ifPresent(any -> refuseIfOthersCanRead(file));
    return secret;
  }

  private static Optional<String> password(
      List<List<String>> lines, String hostAndPort, String database, String user) {
    int colon = hostAndPort.lastIndexOf(':');
    List<String> wanted =
        List.of(
            hostAndPort.substring(0, colon).replaceAll("[\\[\\]]", ""),
            hostAndPort.substring(colon + 1),
            database,
            user);
    return lines.stream()
        .filter(fields -> fits(fields, wanted))
        .map(fields -> unescaped(fields.get(wanted.size())))
        .findFirst();
  }

  private static boolean fits(List<String> fields, List<String> wanted) {
    if (fields.size() <= wanted.size()) {
      return false;
    }
    for (int i = 0; i < wanted.size(); i++) {
      if (!fields.get(i).equals("*") && !unescaped(fields.get(i)).equals(wanted.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** Splits at colons that have no backslash before them. */
  private static List<String> fields(String line) {
    List<String> fields = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < line.length(); i++) {
      if (line.charAt(i) == '\\') {
        i++;
      } else if (line.charAt(i) == ':') {
        fields.add(line.substring(start, i));
        start = i + 1;
      }
    }
    fields.add(line.substring(start));
    return fields;
  }

  private static String unescaped(String field) {
    return field.replaceAll("\\\\(.)", "$1");
  }

  private static void refuseIfOthersCanRead(Path file) {
    try {
      PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
      if (view != null && !OWNERS.containsAll(view.readAttributes().permissions())) {
        throw new IllegalArgumentException(
            "pgpass-file " + file + " can be read by others: expected mode 0600 (chmod 600)");
      }
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file, UTF_8);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static IllegalArgumentException unreadable(Path file, IOException e) {
    return new IllegalArgumentException(
        "the password file " + file + " cannot be read: " + e.getClass().getSimpleName(), e);
  }
}
