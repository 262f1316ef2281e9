package io.varve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.jdbc.ConnectionSpec;
import io.varve.jdbc.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ConfigResolverTest {

  private static final String URL = "postgresql://url-user:url-password@url-host:1111/url-database";

  @TempDir private Path directory;

  private final Map<Setting, String> builder = new EnumMap<>(Setting.class);
  private final Map<String, String> properties =
      new HashMap<>(Map.of("user.name", "me", "user.home", "/nowhere"));
  private final Map<String, String> environment = new HashMap<>();

  @Test
  void nothingGivenIsThisMachineAsTheSystemsUser() {
    ConnectionSpec spec = resolve().connection();
    assertThat(spec.target()).isEqualTo("localhost:5432/me as me");
    assertThat(spec.password()).isEmpty();
    assertThat(spec.driver())
        .containsOnly(
            Map.entry("ApplicationName", "varve"),
            Map.entry("defaultRowFetchSize", "5000"),
            Map.entry("logServerErrorDetail", "false"),
            Map.entry("socketTimeout", "0"),
            Map.entry("sslmode", "prefer"),
            Map.entry("tcpKeepAlive", "true"));
    assertThat(spec.session()).isEmpty();
  }

  @Test
  void eachPlaceWinsOverTheNext() {
    assertThat(resolve().text(Setting.HOST)).contains("[localhost]");
    environment.put("PGHOST", "libpq");
    assertThat(resolve().text(Setting.HOST)).contains("[libpq]");
    environment.put("VARVE_HOST", "variable");
    assertThat(resolve().text(Setting.HOST)).contains("[variable]");
    properties.put("varve.host", "property");
    assertThat(resolve().text(Setting.HOST)).contains("[property]");
    builder.put(Setting.HOST, "builder");
    assertThat(resolve().text(Setting.HOST)).contains("[builder]");
  }

  @Test
  void originIsRemembered() {
    environment.put("PGPORT", "1");
    environment.put("VARVE_USER", "u");
    properties.put("varve.pool-size", "3");
    builder.put(Setting.URL, "postgresql://db/x");
    Config config = resolve();
    assertThat(
            List.of(
                config.origin(Setting.PORT).orElseThrow(),
                config.origin(Setting.USER).orElseThrow(),
                config.origin(Setting.POOL_SIZE).orElseThrow(),
                config.origin(Setting.HOST).orElseThrow(),
                config.origin(Setting.FETCH_SIZE).orElseThrow()))
        .containsExactly(
            "PGPORT", "VARVE_USER", "varve.pool-size", "url in builder", "preset DEVELOPMENT");
    assertThat(config.origin(Setting.SSL_KEY)).isEmpty();
  }

  @Test
  void urlStandsForItsPartsAtItsOwnLevel() {
    environment.put("VARVE_USER", "variable-user");
    environment.put("PGPASSWORD", "libpq-password");
    properties.put("varve.url", URL);
    Config config = resolve();
    assertThat(config.connection().target()).isEqualTo("url-host:1111/url-database as url-user");
    assertThat(config.password().map(Secret::reveal)).contains("url-password");
  }

  @Test
  void whatIsSaidBesideTheUrlWinsOverTheUrl() {
    builder.put(Setting.URL, URL);
    builder.put(Setting.PORT, "2222");
    builder.put(Setting.PASSWORD, "beside");
    Config config = resolve();
    assertThat(config.connection().hosts()).isEqualTo("url-host:2222");
    assertThat(config.password().map(Secret::reveal)).contains("beside");
  }

  @Test
  void whatIsSaidAboveTheUrlWinsOverTheUrl() {
    environment.put("VARVE_URL", URL);
    properties.put("varve.database", "above");
    assertThat(resolve().connection().target()).isEqualTo("url-host:1111/above as url-user");
  }

  @Test
  void onlyTheFirstUrlCounts() {
    builder.put(Setting.URL, "postgresql://first/x");
    environment.put("VARVE_URL", URL + "?sslmode=disable&prepareThreshold=7");
    Config config = resolve();
    assertThat(config.connection().target()).isEqualTo("first:5432/x as me");
    assertThat(config.password()).isEmpty();
    assertThat(config.sslMode()).isEqualTo("verify-full");
    assertThat(config.connection().driver()).doesNotContainKey("prepareThreshold");
  }

  @Test
  void emptyTextIsNotGiven() {
    environment.put("PGHOST", "db");
    environment.put("VARVE_HOST", "");
    environment.put("VARVE_PASSWORD", "");
    assertThat(resolve().connection().hosts()).isEqualTo("db:5432");
    assertThat(resolve().password()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "development, 5, , 0",
    "production, 10, 30000ms, 60",
    "test, 4, 30000ms, 60",
    "bulk, 4, 0ms, 0"
  })
  void presetSetsTheDefaults(String preset, int size, String statementTimeout, String socket) {
    environment.put("VARVE_PRESET", preset);
    ConnectionSpec spec = resolve().connection();
    assertThat(spec.poolSize()).isEqualTo(size);
    assertThat(spec.session().get("statement_timeout")).isEqualTo(statementTimeout);
    assertThat(spec.driver()).containsEntry("socketTimeout", socket);
  }

  @Test
  void settingWinsOverThePreset() {
    builder.put(Setting.PRESET, "PRODUCTION");
    environment.put("VARVE_POOL_SIZE", "7");
    Config config = resolve();
    assertThat(config.text(Setting.PRESET)).contains("production");
    assertThat(config.connection().poolSize()).isEqualTo(7);
  }

  @ParameterizedTest
  @CsvSource({
    "localhost, prefer",
    "LOCALHOST, prefer",
    "db.localhost, verify-full",
    "127.0.0.1, prefer",
    "127.1.2.3, prefer",
    "::1, prefer",
    "'localhost,127.0.0.1:5433', prefer",
    "db.example.com, verify-full",
    "192.168.0.7, verify-full",
    "localhost.example.com, verify-full",
    "127.0.0.1.example.com, verify-full",
    "0.0.0.0, verify-full",
    "'localhost,db', verify-full"
  })
  void otherMachinesMustProveWhoTheyAre(String host, String mode) {
    for (Preset preset : List.of(Preset.DEVELOPMENT, Preset.TEST, Preset.BULK)) {
      builder.put(Setting.PRESET, preset.name());
      builder.put(Setting.HOST, host);
      assertThat(resolve().sslMode()).isEqualTo(mode);
    }
  }

  @Test
  void inProductionEvenThisMachineMustProveWhoItIs() {
    builder.put(Setting.PRESET, "production");
    assertThat(resolve().sslMode()).isEqualTo("verify-full");
    builder.put(Setting.SSLMODE, "disable");
    assertThat(resolve().sslMode()).isEqualTo("disable");
  }

  @Test
  void authoritiesJavaTrustsAreUsedOnRequest() {
    builder.put(Setting.SSL_ROOT_CERT, "system");
    assertThat(resolve().connection().driver())
        .containsEntry("sslfactory", "org.postgresql.ssl.DefaultJavaSSLFactory")
        .doesNotContainKey("sslrootcert");
  }

  @Test
  void ofSeveralHostsThePrimaryIsWanted() {
    builder.put(Setting.HOST, "a,b:6432");
    ConnectionSpec spec = resolve().connection();
    assertThat(spec.hosts()).isEqualTo("a:5432,b:6432");
    assertThat(spec.driver()).containsEntry("targetServerType", "primary");
  }

  @Test
  void parametersOfTheUrlReachTheDriver() {
    builder.put(
        Setting.URL, "postgresql://a,b/x?target_session_attrs=any&tcpKeepAlive=false&foo=bar");
    assertThat(resolve().connection().driver())
        .containsEntry("targetServerType", "any")
        .containsEntry("tcpKeepAlive", "false")
        .containsEntry("foo", "bar");
  }

  @Test
  void libpqsTimeLimitIsInSeconds() {
    environment.put("PGCONNECT_TIMEOUT", "3");
    assertThat(resolve().duration(Setting.CONNECT_TIMEOUT)).isEqualTo(Duration.ofSeconds(3));
    environment.put("PGCONNECT_TIMEOUT", "0");
    assertThat(resolve().duration(Setting.CONNECT_TIMEOUT)).isZero();
  }

  @Test
  void everythingWrongIsReportedAtOnce() {
    properties.put("varve.pool-size", "0");
    environment.put("PGPORT", "no");
    environment.put("VARVE_STATEMENT_TIMEOUT", "30");
    builder.put(Setting.URL, "mysql://db/x");
    assertThatThrownBy(this::resolve)
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            """
            4 settings are unusable:
              url (builder): expected jdbc:postgresql://host:port/database or \
            postgresql://user@host:port/database
              port = "no" (PGPORT): expected a whole number from 1 to 65535
              pool-size = "0" (varve.pool-size): expected a whole number from 1 to 1000
              statement-timeout = "30" (VARVE_STATEMENT_TIMEOUT): expected a duration such as \
            "30 s" or "5 min", from 1 ms to 1 d, or 0 for no limit""");
  }

  @Test
  void valueThatIsNotUsedIsNotChecked() {
    environment.put("PGHOST", "/var/run/postgresql");
    builder.put(Setting.URL, "postgresql://db/x");
    assertThat(resolve().connection().hosts()).isEqualTo("db:5432");
  }

  @Test
  void socketDirectoryIsRefused() {
    environment.put("PGHOST", "/var/run/postgresql");
    assertThatThrownBy(this::resolve)
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "host = \"/var/run/postgresql\" (PGHOST): expected host names or addresses, each host"
                + " or host:port, joined by commas (a Unix socket's directory cannot be used)");
  }

  @Test
  void misspeltNamesAreRefused() {
    properties.put("varve.poolsize", "3");
    environment.put("VARVE_PASWORD", "canary");
    assertThatThrownBy(this::resolve)
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            """
            2 settings are unusable:
              varve.poolsize: there is no such setting, did you mean varve.pool-size?
              VARVE_PASWORD: there is no such setting, did you mean VARVE_PASSWORD?""");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "VARVE_HOME",
        "VARVE_JAVA_HOME",
        "VARVE_JAVA_OPTS",
        "VARVE_LOG",
        "VARVE_TEST_URL",
        "VARVE_SERVICE_HOST",
        "VARVE_PORT_5432_TCP",
        "VARVE_SOMETHING_ELSE",
        "varve_host",
        "PGTZ"
      })
  void otherVariablesAreLeftAlone(String name) {
    environment.put(name, "x");
    assertThat(resolve().connection().hosts()).isEqualTo("localhost:5432");
  }

  @Test
  void testPropertiesAreLeftAlone() {
    properties.put("varve.test.server", "embedded:15");
    properties.put("varve.test.url", "x");
    assertThat(resolve().connection().hosts()).isEqualTo("localhost:5432");
  }

  @Test
  void serviceLinksOfContainersAreNotPorts() {
    environment.put("VARVE_PORT", "tcp://10.0.0.7:5432");
    assertThat(resolve().connection().hosts()).isEqualTo("localhost:5432");
  }

  @Test
  void serviceFilesAreRefusedWhereTheyWouldMatter() {
    environment.put("PGSERVICE", "prod");
    assertThatThrownBy(this::resolve)
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "PGSERVICE: service files are not supported; give host, database and user themselves");
    environment.put("PGHOST", "db");
    assertThat(resolve().connection().hosts()).isEqualTo("db:5432");
  }

  @Test
  void unknownSystemUserIsAskedFor() {
    properties.remove("user.name");
    assertThatThrownBy(this::resolve)
        .isInstanceOf(ConfigException.class)
        .hasMessage("user: expected a value, because the system's user is not known");
  }

  @Test
  void defaultsGiveWayToWhatIsAskedFor() {
    builder.put(Setting.PRESET, "production");
    builder.put(Setting.POOL_SIZE, "1");
    builder.put(Setting.CONNECTION_LIFETIME, "5 min");
    builder.put(Setting.STATEMENT_TIMEOUT, "10 min");
    Config config = resolve();
    assertThat(config.whole(Setting.POOL_MIN_IDLE)).isEqualTo(1);
    assertThat(config.duration(Setting.IDLE_TIMEOUT)).isZero();
    assertThat(config.duration(Setting.SOCKET_TIMEOUT)).isEqualTo(Duration.ofSeconds(630));
    assertThat(config.origin(Setting.SOCKET_TIMEOUT)).contains("because of statement-timeout");
    builder.put(Setting.STATEMENT_TIMEOUT, "0");
    assertThat(resolve().duration(Setting.SOCKET_TIMEOUT)).isZero();
  }

  @Test
  void whatIsAskedForMustFitTogether() {
    builder.put(Setting.POOL_SIZE, "2");
    environment.put("VARVE_POOL_MIN_IDLE", "3");
    builder.put(Setting.CONNECTION_LIFETIME, "1 min");
    builder.put(Setting.IDLE_TIMEOUT, "1 min");
    builder.put(Setting.STATEMENT_TIMEOUT, "30 s");
    builder.put(Setting.SOCKET_TIMEOUT, "30 s");
    assertThatThrownBy(this::resolve)
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            """
            3 settings are unusable:
              pool-min-idle = "3" (VARVE_POOL_MIN_IDLE): expected at most pool-size, which is "2" \
            (builder)
              idle-timeout = "1 min" (builder): expected less than connection-lifetime, which is \
            "1 min" (builder)
              socket-timeout = "30 s" (builder): expected 0, or more than statement-timeout, \
            which is "30 s" (builder)""");
  }

  @Test
  void passwordIsTakenFromItsFile() throws IOException {
    environment.put("VARVE_PASSWORD_FILE", file("secret\n").toString());
    environment.put("PGPASSWORD", "libpq");
    assertThat(resolve().password().map(Secret::reveal)).contains("secret");
  }

  @Test
  void passwordOfAHigherPlaceWinsOverTheFile() throws IOException {
    environment.put("VARVE_PASSWORD_FILE", file("secret\n").toString());
    builder.put(Setting.PASSWORD, "builder");
    assertThat(resolve().password().map(Secret::reveal)).contains("builder");
  }

  @Test
  void passwordAndItsFileInOnePlaceAreRefused() throws IOException {
    environment.put("VARVE_PASSWORD_FILE", file("canary").toString());
    environment.put("VARVE_PASSWORD", "canary");
    assertThatThrownBy(this::resolve)
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "password (VARVE_PASSWORD) and password-file (VARVE_PASSWORD_FILE) are both given:"
                + " expected one of them");
  }

  @Test
  void missingPasswordFileIsRefused() {
    environment.put("VARVE_PASSWORD_FILE", "/nowhere/password");
    assertThatThrownBy(this::resolve)
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "password-file = \"/nowhere/password\" (VARVE_PASSWORD_FILE): expected a readable"
                + " file");
  }

  @Test
  void libpqsPasswordFileIsLookedAtLast() throws IOException {
    environment.put("PGPASSFILE", file("db:5432:x:me:secret").toString());
    builder.put(Setting.URL, "postgresql://db/x");
    assertThat(resolve().password().map(Secret::reveal)).contains("secret");
    environment.put("PGPASSWORD", "first");
    assertThat(resolve().password().map(Secret::reveal)).contains("first");
  }

  @Test
  void libpqsPasswordFileInTheHomeDirectoryIsFound() throws IOException {
    Files.move(file("*:*:*:*:secret"), directory.resolve(".pgpass"));
    properties.put("user.home", directory.toString());
    assertThat(resolve().password().map(Secret::reveal)).contains("secret");
  }

  @Test
  void libpqsPasswordFileMayBeAbsentUnlessItWasAskedForByOurName() {
    environment.put("PGPASSFILE", "/nowhere/pgpass");
    assertThat(resolve().password()).isEmpty();
    environment.put("VARVE_PGPASS_FILE", "/nowhere/pgpass");
    assertThatThrownBy(this::resolve)
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "pgpass-file = \"/nowhere/pgpass\" (VARVE_PGPASS_FILE): expected a readable file");
  }

  @Test
  void secretsAreNotShown() {
    builder.put(Setting.URL, "postgresql://app:canary@db/x?sslpassword=canary");
    builder.put(Setting.PASSWORD, "canary");
    Config config = resolve();
    assertThat(
            List.of(
                config.toString(),
                config.connection().toString(),
                config.connection().password().toString(),
                config.origin(Setting.PASSWORD).toString()))
        .noneMatch(text -> text.contains("canary"))
        .anyMatch(text -> text.contains("password=***"));
  }

  private Config resolve() {
    return ConfigResolver.resolve(builder, properties, environment);
  }

  private Path file(String text) throws IOException {
    Path file = Files.writeString(Files.createTempFile(directory, "p", ""), text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }
}
