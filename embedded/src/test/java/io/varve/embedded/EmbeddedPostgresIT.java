package io.varve.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.varve.ConfigException;
import io.varve.EmbeddedProvider;
import io.varve.EmbeddedProvider.Server;
import io.varve.Varve;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postgresql.util.PSQLException;

/** One process and its server. */
class EmbeddedPostgresIT {

  @RegisterExtension final Sandbox sandbox = new Sandbox();

  private final EmbeddedProvider provider = new EmbeddedPostgres();

  @Test
  void isFoundByTheServiceLoader() {
    assertThat(ServiceLoader.load(EmbeddedProvider.class))
        .singleElement()
        .isInstanceOf(EmbeddedPostgres.class);
  }

  @Test
  void firstStartMakesEverythingInADirectoryOnlyItsOwnerMayEnter() throws Exception {
    Path home = sandbox.directory().resolve("some/where");
    try (Server server = provider.start(home)) {
      assertThat(server.url()).matches("jdbc:postgresql://127\\.0\\.0\\.1:\\d+/varve");
      assertThat(server.user()).isEqualTo("varve");
      assertThat(Sandbox.query(server, "select current_database() || ' ' || current_user"))
          .isEqualTo("varve varve");
      assertThat(names(home))
          .containsExactly("binaries", "clients", "data", "log", "password", "server.lock");
      assertThat(permissions(home)).isEqualTo("rwx------");
      assertThat(permissions(home.resolve("data"))).isEqualTo("rwx------");
      assertThat(permissions(home.resolve("password"))).isEqualTo("rw-------");
      assertThat(Files.readString(home.resolve("password")).strip())
          .isEqualTo(server.password())
          .hasSizeGreaterThanOrEqualTo(32);
    }
    assertThat(sandbox.remaining()).isEmpty();
  }

  @Test
  void dataSurvivesARestart() throws Exception {
    Path home = sandbox.home();
    try (Server server = provider.start(home)) {
      Sandbox.execute(server, "create table kept as select 42 as answer");
    }
    assertThat(sandbox.remaining()).isEmpty();
    try (Server server = provider.start(home)) {
      assertThat(Sandbox.query(server, "select answer from kept")).isEqualTo("42");
    }
  }

  /** The user and the toolkit's schema have one name. */
  @Test
  void sqlWithoutASchemaFindsTheToolkitAndMakesItsTablesInPublic() throws Exception {
    Path home = sandbox.home();
    try (Varve varve = Varve.embedded(home)) {
      varve.toolkit().install();
      varve.sql("CREATE TABLE made AS SELECT 1 AS a").execute();
      assertThat(varve.sql("SELECT a FROM public.made").list()).hasSize(1);
      assertThat(
              varve
                  .sql("SELECT time_bucket('1 day', date '2026-03-01')::text AS day")
                  .first()
                  .get())
          .hasToString("{day=2026-03-01}");
    }
  }

  @Test
  void theServerIsDurableAndSpeaksUtf8AndUtc() throws Exception {
    Map<String, String> expected =
        Map.ofEntries(
            Map.entry("fsync", "on"),
            Map.entry("full_page_writes", "on"),
            Map.entry("synchronous_commit", "on"),
            Map.entry("data_checksums", "on"),
            Map.entry("wal_level", "replica"),
            Map.entry("password_encryption", "scram-sha-256"),
            Map.entry("listen_addresses", "127.0.0.1"),
            Map.entry("unix_socket_directories", ""),
            Map.entry("server_encoding", "UTF8"),
            Map.entry("max_wal_size", "2GB"),
            Map.entry("log_timezone", "UTC"));
    try (Server server = provider.start(sandbox.home())) {
      Map<String, String> found = new TreeMap<>();
      for (String name : expected.keySet()) {
        found.put(name, Sandbox.query(server, "select current_setting('%s')".formatted(name)));
      }
      assertThat(found).containsExactlyInAnyOrderEntriesOf(expected);
      // The driver sets a session's own to the zone of this machine.
      assertThat(
              Sandbox.query(
                  server, "select setting from pg_file_settings where lower(name) = 'timezone'"))
          .isEqualTo("UTC");
      assertThat(Sandbox.query(server, "select datlocale from pg_database where datname = 'varve'"))
          .isEqualTo("C.UTF-8");
      assertThat(Sandbox.query(server, "select lower('ÄÖ')")).isEqualTo("äö");
    }
  }

  @Test
  void nobodyGetsInWithoutThePassword() throws Exception {
    try (Server server = provider.start(sandbox.home())) {
      for (String database : List.of("varve", "postgres", "template1")) {
        String url = server.url().replace("/varve", "/" + database);
        assertThatThrownBy(() -> DriverManager.getConnection(url, server.user(), "wrong").close())
            .isInstanceOf(PSQLException.class)
            .hasMessageContaining("password authentication failed for user \"varve\"")
            .extracting(e -> ((SQLException) e).getSQLState())
            .isEqualTo("28P01");
      }
      assertThat(
              Sandbox.query(
                  server, "select string_agg(distinct auth_method, ',') from pg_hba_file_rules"))
          .isEqualTo("scram-sha-256");
    }
  }

  @Test
  void nothingListensOnOtherAddresses() throws Exception {
    try (Server server = provider.start(sandbox.home())) {
      int port = Integer.parseInt(server.url().replaceAll(".*:(\\d+)/varve", "$1"));
      String suffix = ":%04X".formatted(port);
      assertThat(listeners("/proc/net/tcp", suffix)).containsExactly("0100007F" + suffix);
      assertThat(listeners("/proc/net/tcp6", suffix)).isEmpty();
      assertThat(Sandbox.query(server, "show unix_socket_directories")).isEmpty();
    }
  }

  private static List<String> listeners(String table, String suffix) throws IOException {
    return Files.readAllLines(Path.of(table)).stream()
        .map(line -> line.strip().split("\\s+"))
        .filter(fields -> fields[3].equals("0A"))
        .map(fields -> fields[1])
        .filter(address -> address.endsWith(suffix))
        .toList();
  }

  @Test
  void digitsOfAnotherLanguageAreNoneOfTheServersBusiness() throws Exception {
    UserProcess user =
        sandbox.launched(
            List.of("env", "JAVA_TOOL_OPTIONS=-Duser.language=fa -Duser.country=IR"),
            "join",
            sandbox.home().toString());
    assertThat(user.url()).matches("jdbc:postgresql://127\\.0\\.0\\.1:[0-9]+/varve");
    user.close();
  }

  @Test
  void settingsOfTheUserLastLongerThanOurs() throws Exception {
    Path home = sandbox.home();
    try (Server server = provider.start(home)) {
      Sandbox.execute(server, "alter system set work_mem = '7MB'");
    }
    try (Server server = provider.start(home)) {
      assertThat(Sandbox.query(server, "show work_mem")).isEqualTo("7MB");
    }
  }

  @Test
  void theServerLogsIntoTheDirectoryAndNotPasswords() throws Exception {
    Path home = sandbox.home();
    try (Server server = provider.start(home)) {
      assertThatThrownBy(() -> Sandbox.execute(server, "select no_such_thing"))
          .isInstanceOf(PSQLException.class);
      Path log = home.resolve(Sandbox.query(server, "select pg_current_logfile()"));
      Sandbox.await(() -> contentOf(log).contains("no_such_thing"));
      assertThat(log.getParent()).isEqualTo(home.resolve("log"));
      assertThat(contentOf(log)).doesNotContain(server.password());
    }
  }

  @Test
  void aSecondCloseDoesNothing() throws Exception {
    Server server = provider.start(sandbox.home());
    server.close();
    server.close();
    assertThat(sandbox.remaining()).isEmpty();
  }

  @Test
  void aDirectoryWithOtherThingsIsRefusedAndLeftAlone() throws Exception {
    Path home = Files.createDirectory(sandbox.directory().resolve("photos"));
    Files.createFile(home.resolve("cat.jpg"));
    assertThatThrownBy(() -> provider.start(home))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "%s holds [cat.jpg]: expected an empty directory, or one with a Varve database (known by its server.lock)",
            home);
    assertThat(names(home)).containsExactly("cat.jpg");
  }

  @Test
  void aFileIsRefused() throws Exception {
    Path file = Files.createFile(sandbox.directory().resolve("file"));
    assertThatThrownBy(() -> provider.start(file))
        .isInstanceOf(ConfigException.class)
        .hasMessage("%s is a file: expected a directory, or nothing", file);
  }

  @Test
  void aDirectoryOfAnotherUserIsRefused() throws Exception {
    assumeTrue(CurrentUser.isRoot(), "only root can give a directory away");
    Path home = Files.createDirectory(sandbox.directory().resolve("theirs"));
    Files.setAttribute(home, "unix:uid", 65_534);
    assertThatThrownBy(() -> provider.start(home))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("directory %s belongs to the user ", home)
        .hasMessageEndingWith(": expected one of the current user, root");
    assertThat(names(home)).isEmpty();
  }

  @Test
  void aDirectoryThatCannotBeMadeIsRefused() throws Exception {
    assumeFalse(CurrentUser.isRoot(), "root may write anywhere");
    Path locked = Files.createDirectory(sandbox.directory().resolve("locked"));
    Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("r-x------"));
    Path home = locked.resolve("home");
    assertThatThrownBy(() -> provider.start(home))
        .isInstanceOf(ConfigException.class)
        .hasMessage("directory %s cannot be used: Permission denied: %1$s", home);
  }

  @Test
  void rootWithoutUnshareIsToldWhatToDo() throws Exception {
    assumeTrue(CurrentUser.isRoot(), "others need no namespace");
    UserProcess user =
        sandbox.launched(
            List.of("env", "PATH=/nonexistent"), "join", sandbox.emptyHome().toString());
    assertThat(user.readLine())
        .isEqualTo(
            "io.varve.ConfigException: PostgreSQL refuses to run as root, and unshare, which would"
                + " run it in a user namespace, cannot be run: install it (package util-linux) or"
                + " use an ordinary user");
  }

  @Test
  void aPathTheShellWouldChangeIsRefused() {
    Path home = sandbox.directory().resolve("a$HOME");
    assertThatThrownBy(() -> provider.start(home))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "directory %s cannot be used: expected a path without \", $, `, \\ or control characters",
            home);
    assertThat(home).doesNotExist();
  }

  @Test
  void blanksQuotesAndLettersOfAnyLanguageInThePathAreFine() throws Exception {
    Path home = Files.createDirectory(sandbox.directory().resolve("it's ä day; or 100%"));
    Files.move(sandbox.home(), home, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    try (Server server = provider.start(home)) {
      assertThat(Sandbox.query(server, "select 1")).isEqualTo("1");
    }
  }

  @Test
  void dataOfAnotherMajorVersionIsRefusedAndLeftAsItIs() throws Exception {
    Path home = sandbox.home();
    provider.start(home).close();
    Files.writeString(sandbox.data().resolve("PG_VERSION"), "17\n");
    String before = snapshot(sandbox.data());
    assertThatThrownBy(() -> provider.start(home))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(
            "%s holds data of PostgreSQL 17, but this Varve brings PostgreSQL 18.", sandbox.data())
        .hasMessageEndingWith(
            "nothing was changed. Use the Varve that made it, or dump the database with that one and"
                + " restore the dump into a new directory");
    assertThat(snapshot(sandbox.data())).isEqualTo(before);
    assertThat(names(home.resolve("clients"))).isEmpty();
  }

  @Test
  void dataWithoutItsPasswordIsRefused() throws Exception {
    Path home = sandbox.home();
    provider.start(home).close();
    Files.delete(home.resolve("password"));
    assertThatThrownBy(() -> provider.start(home))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "%s is missing: expected the password of the database in %s; restore it from a backup",
            home.resolve("password"), sandbox.data());
  }

  private static String snapshot(Path directory) throws IOException {
    StringBuilder text = new StringBuilder();
    try (var paths = Files.walk(directory)) {
      for (Path path : paths.sorted().toList()) {
        text.append(
            "%s %d %s\n".formatted(path, Files.size(path), Files.getLastModifiedTime(path)));
      }
    }
    return text.toString();
  }

  private static List<String> names(Path directory) throws IOException {
    return FileTree.list(directory).stream()
        .map(each -> each.getFileName().toString())
        .sorted()
        .toList();
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private static String contentOf(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
