package io.varve;

import io.varve.Config.Given;
import io.varve.Config.Level;
import io.varve.jdbc.Secret;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds every setting's value as {@link Setting} describes. Nothing is read from the process:
 * builder, system properties and environment are handed in. All that is wrong is reported at once.
 */
final class ConfigResolver {

  /** Names with our prefix that are not settings: Varve's own, and what containers are given. */
  private static final List<String> RESERVED =
      List.of(
          "VARVE_HOME",
          "VARVE_JAVA_",
          "VARVE_LOG",
          "VARVE_TEST_",
          "VARVE_SERVICE_",
          "VARVE_PORT_",
          "varve.test.");

  private static final List<Level> WITH_URL =
      List.of(Level.BUILDER, Level.PROPERTY, Level.VARIABLE);

  /** What a default socket-timeout leaves the server to cancel a statement and say so. */
  private static final Duration GRACE = Duration.ofSeconds(30);

  private final Map<String, String> properties;
  private final Map<String, String> environment;
  private final List<String> problems = new ArrayList<>();
  private final Map<Level, Map<Setting, Given>> levels = new EnumMap<>(Level.class);
  private final Map<Setting, Given> given = new EnumMap<>(Setting.class);
  private final Map<Setting, Object> values = new EnumMap<>(Setting.class);

  private ConfigResolver(Map<String, String> properties, Map<String, String> environment) {
    this.properties = properties;
    this.environment = environment;
  }

  /**
   * @throws ConfigException naming everything that is wrong
   */
  static Config resolve(
      Map<Setting, String> builder,
      Map<String, String> properties,
      Map<String, String> environment) {
    return new ConfigResolver(properties, environment).resolve(builder);
  }

  private Config resolve(Map<Setting, String> builder) {
    refuseMisspelt(properties, "varve.", Setting::property);
    refuseMisspelt(environment, "VARVE_", Setting::variable);
    for (Setting setting : Setting.values()) {
      collect(setting, builder.get(setting));
    }
    Map<String, String> driver = takeUrlApart();
    Preset preset = preset();
    for (Setting setting : Setting.values()) {
      setting
          .defaultValue(preset)
          .ifPresent(text -> add(Level.PRESET, setting, text, "preset " + preset));
      read(setting);
    }
    refuseService();
    derive();
    relate();
    Optional<Secret> password = password();
    refuse();
    return new Config(given, values, driver, password);
  }

  private void collect(Setting setting, @Nullable String built) {
    String variable = environment.get(setting.variable());
    add(Level.BUILDER, setting, built, "builder");
    add(Level.PROPERTY, setting, properties.get(setting.property()), setting.property());
    if (!isServiceLink(variable)) {
      add(Level.VARIABLE, setting, variable, setting.variable());
    }
    setting
        .libpqVariable()
        .ifPresent(
            name -> add(Level.LIBPQ, setting, inUnits(setting, environment.get(name)), name));
  }

  private void add(Level level, Setting setting, @Nullable String text, String origin) {
    if (text != null && !text.isEmpty()) {
      levels
          .computeIfAbsent(level, any -> new EnumMap<>(Setting.class))
          .putIfAbsent(setting, new Given(text, level, origin));
    }
  }

  /** Where a service is called "varve", Kubernetes sets VARVE_PORT=tcp://… in every container. */
  private static boolean isServiceLink(@Nullable String text) {
    return text != null && text.startsWith("tcp://");
  }

  /** libpq's time limit is in seconds. */
  private static @Nullable String inUnits(Setting setting, @Nullable String text) {
    return setting == Setting.CONNECT_TIMEOUT && text != null && text.matches("\\d+")
        ? text + " s"
        : text;
  }

  private void refuseMisspelt(
      Map<String, String> names, String prefix, Function<Setting, String> nameOf) {
    List<String> known = Stream.of(Setting.values()).map(nameOf).toList();
    names.keySet().stream()
        .filter(name -> name.startsWith(prefix) && !known.contains(name))
        .filter(name -> RESERVED.stream().noneMatch(name::startsWith))
        .sorted()
        .forEach(
            name ->
                Spelling.nearest(name, known)
                    .ifPresent(
                        meant ->
                            problems.add(
                                name + ": there is no such setting, did you mean " + meant + "?")));
  }

  /** Spreads the first URL over the settings of its level; returns the driver's parameters. */
  private Map<String, String> takeUrlApart() {
    for (Level level : WITH_URL) {
      Given url = levels.getOrDefault(level, Map.of()).get(Setting.URL);
      if (url != null) {
        return takeApart(url);
      }
    }
    return Map.of();
  }

  private Map<String, String> takeApart(Given url) {
    try {
      ConnectionUrl parts = ConnectionUrl.parse(url.text().strip());
      parts
          .settings()
          .forEach((setting, text) -> add(url.level(), setting, text, "url in " + url.origin()));
      return parts.driver();
    } catch (IllegalArgumentException e) {
      problems.add("url (" + url.origin() + "): " + e.getMessage());
      return Map.of();
    }
  }

  private Preset preset() {
    return first(Setting.PRESET)
        .flatMap(value -> Setting.PRESET.read(value.text()))
        .map(word -> Preset.valueOf(word.toString().toUpperCase(Locale.ROOT)))
        .orElse(Preset.DEVELOPMENT);
  }

  private Optional<Given> first(Setting setting) {
    return Arrays.stream(Level.values())
        .map(level -> levels.getOrDefault(level, Map.of()).get(setting))
        .flatMap(Stream::ofNullable)
        .findFirst();
  }

  private void read(Setting setting) {
    first(setting)
        .ifPresent(
            value -> {
              given.put(setting, value);
              setting
                  .read(value.text())
                  .ifPresentOrElse(
                      read -> values.put(setting, read),
                      () -> problem(setting, setting.expectation()));
            });
  }

  private void problem(Setting setting, String expectation) {
    Given value = given.get(setting);
    problems.add(
        "%s = %s (%s): expected %s"
            .formatted(
                setting.key(),
                setting.isSecret() ? "***" : '"' + value.text() + '"',
                value.origin(),
                expectation));
  }

  /** Ignored, it would connect to another server than psql does. */
  private void refuseService() {
    String service = environment.getOrDefault("PGSERVICE", "");
    if (!service.isEmpty() && given.get(Setting.HOST).level() == Level.PRESET) {
      problems.add(
          "PGSERVICE: service files are not supported; give host, database and user themselves");
    }
  }

  /** Who connects and where, as libpq has it. */
  private void derive() {
    String systemUser = properties.get("user.name");
    if (!given.containsKey(Setting.USER)) {
      if (systemUser == null) {
        problems.add("user: expected a value, because the system's user is not known");
        return;
      }
      derive(Setting.USER, systemUser, "the system's user");
    }
    Object user = values.get(Setting.USER);
    if (!given.containsKey(Setting.DATABASE) && user != null) {
      derive(Setting.DATABASE, user, "named like the user");
    }
  }

  private void derive(Setting setting, Object value, String origin) {
    given.put(setting, new Given(value.toString(), Level.DERIVED, origin));
    values.put(setting, value);
  }

  /** Values that must fit each other: a default gives way, what was asked for is refused. */
  private void relate() {
    if (problems.isEmpty()) {
      relateIdleConnections();
      relateIdleTime();
      relateSocketTimeout();
    }
  }

  private void relateIdleConnections() {
    int most = (int) values.get(Setting.POOL_SIZE);
    if ((int) values.get(Setting.POOL_MIN_IDLE) > most) {
      giveWay(Setting.POOL_MIN_IDLE, most, Setting.POOL_SIZE, "at most");
    }
  }

  private void relateIdleTime() {
    Duration lifetime = duration(Setting.CONNECTION_LIFETIME);
    if (!lifetime.isZero() && duration(Setting.IDLE_TIMEOUT).compareTo(lifetime) >= 0) {
      giveWay(Setting.IDLE_TIMEOUT, Duration.ZERO, Setting.CONNECTION_LIFETIME, "less than");
    }
  }

  /** A socket that times out first would turn every cancelled statement into a lost connection. */
  private void relateSocketTimeout() {
    Duration socket = duration(Setting.SOCKET_TIMEOUT);
    if (socket.isZero() || !values.containsKey(Setting.STATEMENT_TIMEOUT)) {
      return;
    }
    Duration statement = duration(Setting.STATEMENT_TIMEOUT);
    if (statement.isZero() || statement.compareTo(socket) >= 0) {
      giveWay(
          Setting.SOCKET_TIMEOUT,
          statement.isZero() ? Duration.ZERO : statement.plus(GRACE),
          Setting.STATEMENT_TIMEOUT,
          "0, or more than");
    }
  }

  private void giveWay(Setting setting, Object value, Setting other, String relation) {
    if (given.get(setting).level() == Level.PRESET) {
      derive(setting, value, "because of " + other.key());
    } else {
      Given against = given.get(other);
      problem(
          setting,
          "%s %s, which is \"%s\" (%s)"
              .formatted(relation, other.key(), against.text(), against.origin()));
    }
  }

  private Duration duration(Setting setting) {
    return (Duration) values.get(setting);
  }

  /** Password, password file or pgpass, in this order unless one is given at a higher level. */
  private Optional<Secret> password() {
    Given inline = given.get(Setting.PASSWORD);
    Given file = given.get(Setting.PASSWORD_FILE);
    if (inline != null && file != null && inline.level() == file.level()) {
      problems.add(
          "password (%s) and password-file (%s) are both given: expected one of them"
              .formatted(inline.origin(), file.origin()));
      return Optional.empty();
    }
    boolean fromFile =
        file != null && (inline == null || file.level().compareTo(inline.level()) < 0);
    try {
      return fromFile ? inFile() : inline != null ? secret(inline) : inPgpass();
    } catch (IllegalArgumentException e) {
      problems.add(e.getMessage());
      return Optional.empty();
    }
  }

  private static Optional<Secret> secret(Given inline) {
    return Optional.of(new Secret(inline.text()));
  }

  private Optional<Secret> inFile() {
    return path(Setting.PASSWORD_FILE).map(Passwords::inFile);
  }

  /** Only where it is known who connects to what. */
  private Optional<Secret> inPgpass() {
    if (!problems.isEmpty()) {
      return Optional.empty();
    }
    Path file =
        path(Setting.PGPASS_FILE).orElseGet(() -> Passwords.usualPgpass(properties, environment));
    if (!Files.isReadable(file)) {
      refuseMissingPgpass();
      return Optional.empty();
    }
    return Passwords.inPgpass(
        file,
        Config.hosts(values),
        values.get(Setting.DATABASE).toString(),
        values.get(Setting.USER).toString());
  }

  /** PGPASSFILE may name a file that is not there, as with libpq. */
  private void refuseMissingPgpass() {
    Given file = given.get(Setting.PGPASS_FILE);
    if (file != null && file.level() != Level.LIBPQ) {
      problem(Setting.PGPASS_FILE, "a readable file");
    }
  }

  private Optional<Path> path(Setting setting) {
    return Optional.ofNullable((Path) values.get(setting));
  }

  private void refuse() {
    if (!problems.isEmpty()) {
      throw new ConfigException(
          problems.size() == 1
              ? problems.get(0)
              : problems.size() + " settings are unusable:\n  " + String.join("\n  ", problems));
    }
  }
}
