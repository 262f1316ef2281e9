package io.varve;

import io.varve.jdbc.ConnectionSpec;
import io.varve.jdbc.Retry;
import io.varve.jdbc.Secret;
import io.varve.query.Pruning;
import io.varve.query.Pruning.Policy;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Every setting's value and where it came from, checked. Immutable; prints no secret. Made by
 * {@link ConfigResolver}.
 */
final class Config {

  /** Where a value can come from; earlier ones win. */
  enum Level {
    BUILDER,
    PROPERTY,
    VARIABLE,
    LIBPQ,
    PRESET,
    /** Follows from other values. */
    DERIVED
  }

  /**
   * A value as it was given.
   *
   * @param origin where, for messages
   */
  record Given(String text, Level level, String origin) {
    @Override
    public String toString() {
      return origin;
    }
  }

  private final Map<Setting, Given> given;
  private final Map<Setting, Object> values;
  private final Map<String, String> driver;
  private final Optional<Secret> password;

  Config(
      Map<Setting, Given> given,
      Map<Setting, Object> values,
      Map<String, String> driver,
      Optional<Secret> password) {
    this.given = Collections.unmodifiableMap(given);
    this.values = Collections.unmodifiableMap(values);
    this.driver = Map.copyOf(driver);
    this.password = password;
  }

  /** Where the setting's value came from; empty if it has none. */
  Optional<String> origin(Setting setting) {
    return Optional.ofNullable(given.get(setting)).map(Given::origin);
  }

  Optional<String> text(Setting setting) {
    return Optional.ofNullable(values.get(setting)).map(Object::toString);
  }

  int whole(Setting setting) {
    return (int) values.get(setting);
  }

  /** What becomes of queries that say nothing about the time. */
  Pruning pruning() {
    return new Pruning(
        Policy.valueOf(text(Setting.UNBOUNDED_QUERIES).orElseThrow().toUpperCase(Locale.ROOT)),
        whole(Setting.UNBOUNDED_CHUNKS));
  }

  Duration duration(Setting setting) {
    return optionalDuration(setting).orElseThrow();
  }

  private Optional<Duration> optionalDuration(Setting setting) {
    return Optional.ofNullable((Duration) values.get(setting));
  }

  Optional<Secret> password() {
    return password;
  }

  /** Each host with its port. */
  List<String> hosts() {
    return hosts(values);
  }

  static List<String> hosts(Map<Setting, Object> values) {
    return ((List<?>) values.get(Setting.HOST))
        .stream()
            .map(Object::toString)
            .map(host -> host.matches(".*:\\d+") ? host : host + ":" + values.get(Setting.PORT))
            .toList();
  }

  /** The TLS mode, {@code auto} decided. */
  String sslMode() {
    String mode = text(Setting.SSLMODE).orElseThrow();
    if (!mode.equals("auto")) {
      return mode;
    }
    return hosts().stream().allMatch(Config::isThisMachine) ? "prefer" : "verify-full";
  }

  /** By name alone: what a name server says must not decide whether a password is in the open. */
  private static boolean isThisMachine(String hostAndPort) {
    String host = hostAndPort.substring(0, hostAndPort.lastIndexOf(':')).toLowerCase(Locale.ROOT);
    return host.equals("localhost") || host.matches("127(\\.\\d{1,3}){3}") || host.equals("[::1]");
  }

  /** How to connect. */
  ConnectionSpec connection() {
    return new ConnectionSpec(
        String.join(",", hosts()),
        text(Setting.DATABASE).orElseThrow(),
        text(Setting.USER).orElseThrow(),
        password,
        driverProperties(),
        session(),
        duration(Setting.CONNECT_TIMEOUT),
        whole(Setting.POOL_SIZE),
        whole(Setting.POOL_MIN_IDLE),
        duration(Setting.ACQUIRE_TIMEOUT),
        duration(Setting.CONNECTION_LIFETIME),
        duration(Setting.IDLE_TIMEOUT));
  }

  /** How to try again. */
  Retry retry() {
    return Retry.of(whole(Setting.RETRY_ATTEMPTS), duration(Setting.RETRY_BUDGET));
  }

  private Map<String, String> driverProperties() {
    Map<String, String> properties = new HashMap<>();
    properties.put("tcpKeepAlive", "true");
    // Rows appear in the server's "detail"; what is logged should not hold any.
    properties.put("logServerErrorDetail", "false");
    if (hosts().size() > 1) {
      properties.put("targetServerType", "primary");
    }
    properties.putAll(driver);
    properties.put("sslmode", sslMode());
    text(Setting.SSL_ROOT_CERT).ifPresent(authorities -> properties.putAll(trust(authorities)));
    text(Setting.SSL_CERT).ifPresent(file -> properties.put("sslcert", file));
    text(Setting.SSL_KEY).ifPresent(file -> properties.put("sslkey", file));
    properties.put("ApplicationName", text(Setting.APPLICATION_NAME).orElseThrow());
    properties.put("socketTimeout", seconds(duration(Setting.SOCKET_TIMEOUT)));
    properties.put("defaultRowFetchSize", String.valueOf(whole(Setting.FETCH_SIZE)));
    return properties;
  }

  private static Map<String, String> trust(String authorities) {
    return authorities.equals(Format.SYSTEM)
        ? Map.of("sslfactory", "org.postgresql.ssl.DefaultJavaSSLFactory")
        : Map.of("sslrootcert", authorities);
  }

  private static String seconds(Duration duration) {
    return String.valueOf(duration.plusMillis(999).toSeconds());
  }

  private Map<String, String> session() {
    Map<String, String> session = new HashMap<>();
    optionalDuration(Setting.STATEMENT_TIMEOUT)
        .ifPresent(limit -> session.put("statement_timeout", limit.toMillis() + "ms"));
    optionalDuration(Setting.LOCK_TIMEOUT)
        .ifPresent(limit -> session.put("lock_timeout", limit.toMillis() + "ms"));
    return session;
  }

  @Override
  public String toString() {
    return values.keySet().stream()
        .map(setting -> setting.key() + "=" + (setting.isSecret() ? "***" : values.get(setting)))
        .collect(Collectors.joining(", ", "Config[", "]"));
  }
}
