package io.varve;

import static io.varve.Format.choice;
import static io.varve.Format.duration;
import static io.varve.Format.durationOrZero;
import static io.varve.Format.file;
import static io.varve.Format.fileOrSystem;
import static io.varve.Format.hosts;
import static io.varve.Format.path;
import static io.varve.Format.secret;
import static io.varve.Format.text;
import static io.varve.Format.whole;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Every setting, one row each: key, accepted values, default per {@link Preset}, meaning, and the
 * name libpq knows it by.
 *
 * <p>A setting is looked for in five places; the first that has it wins:
 *
 * <ol>
 *   <li>the builder: {@link VarveBuilder#set}, {@link Varve#connect(String)}
 *   <li>the system property {@code varve.<key>}
 *   <li>the environment variable {@code VARVE_<KEY>}, with underscores
 *   <li>libpq's environment variable, such as {@code PGHOST}
 *   <li>the preset
 * </ol>
 *
 * <p>In each of the first three a {@link #URL} can stand for host, port, database, user, password,
 * TLS and time-out settings; a setting given beside the URL in the same place wins over the URL's
 * part. If several places give a URL, only the first URL counts. Empty text means <em>not
 * given</em>.
 *
 * <p>A value that does not fit another is refused if both were given; a default gives way.
 *
 * <p>Durations are a number with a unit ({@code 500 ms}, {@code 30 s}, {@code 5 min}, {@code 1 h},
 * {@code 1 d}) or ISO 8601 ({@code PT30S}); in {@code PGCONNECT_TIMEOUT} and in a URL they are
 * seconds without a unit, as libpq and the driver have it.
 */
public enum Setting {
  PRESET(
      "preset",
      choice("development", "production", "test", "bulk"),
      all("development"),
      "Which defaults to start from."),
  URL(
      "url",
      secret(),
      none(),
      "jdbc:postgresql://host:port/database?parameter=value, or postgresql://user@host/database as"
          + " libpq has it; the driver's own parameters are handed on."),
  HOST(
      "host",
      hosts(),
      all("localhost"),
      "The server; of several, joined by commas, the primary.",
      "PGHOST"),
  PORT("port", whole(1, 65535), all("5432"), "The port of each host that names none.", "PGPORT"),
  DATABASE(
      "database",
      text(63),
      none(),
      "The database; if not given, named like the user.",
      "PGDATABASE"),
  USER("user", text(63), none(), "Who connects; if not given, the system's user.", "PGUSER"),
  PASSWORD("password", secret(), none(), "The user's password.", "PGPASSWORD"),
  PASSWORD_FILE(
      "password-file",
      file(),
      none(),
      "A file that holds the password and nothing else, such as a mounted secret."),
  PGPASS_FILE(
      "pgpass-file",
      path(),
      none(),
      "A password file in libpq's format, looked at if no password is given; if not given, the one"
          + " in the user's home directory. Others must not be able to read it.",
      "PGPASSFILE"),
  SSLMODE(
      "sslmode",
      choice("auto", "disable", "allow", "prefer", "require", "verify-ca", "verify-full"),
      each("auto", "verify-full", "auto", "auto"),
      "Whether to use TLS: auto is prefer to this machine and verify-full to any other, so that no"
          + " password crosses a network in the open unless that is asked for.",
      "PGSSLMODE"),
  SSL_ROOT_CERT(
      "ssl-root-cert",
      fileOrSystem(),
      none(),
      "The authorities that sign the server's certificate; \"system\" for those Java trusts; if not"
          + " given, .postgresql/root.crt in the user's home directory.",
      "PGSSLROOTCERT"),
  SSL_CERT("ssl-cert", file(), none(), "The client's certificate.", "PGSSLCERT"),
  SSL_KEY(
      "ssl-key",
      file(),
      none(),
      "The key of the client's certificate, as PEM, PKCS-8 or PKCS-12.",
      "PGSSLKEY"),
  APPLICATION_NAME(
      "application-name",
      text(63),
      all("varve"),
      "How the sessions are called in pg_stat_activity.",
      "PGAPPNAME"),
  POOL_SIZE("pool-size", whole(1, 1000), each("5", "10", "4", "4"), "The most connections held."),
  POOL_MIN_IDLE(
      "pool-min-idle",
      whole(0, 1000),
      each("0", "2", "0", "0"),
      "How many connections are kept ready; at most pool-size."),
  CONNECTION_LIFETIME(
      "connection-lifetime",
      durationOrZero("30 s", "7 d"),
      all("30 min"),
      "After which a connection is replaced; shorter than what any firewall in between allows."),
  IDLE_TIMEOUT(
      "idle-timeout",
      durationOrZero("10 s", "7 d"),
      all("10 min"),
      "After which a connection nobody uses is closed; shorter than connection-lifetime."),
  CONNECT_TIMEOUT(
      "connect-timeout",
      durationOrZero("100 ms", "1 h"),
      each("10 s", "10 s", "5 s", "30 s"),
      "How long one attempt to connect may take, greeting and password included.",
      "PGCONNECT_TIMEOUT"),
  ACQUIRE_TIMEOUT(
      "acquire-timeout",
      duration("250 ms", "1 h"),
      each("10 s", "30 s", "5 s", "5 min"),
      "How long to wait for a connection of the pool to become free."),
  SOCKET_TIMEOUT(
      "socket-timeout",
      durationOrZero("1 s", "1 d"),
      each("0", "60 s", "60 s", "0"),
      "How long to wait for the server's next byte, after which the connection is given up; longer"
          + " than statement-timeout."),
  STATEMENT_TIMEOUT(
      "statement-timeout",
      durationOrZero("1 ms", "1 d"),
      each(null, "30 s", "30 s", "0"),
      "After which the server cancels a statement; if not given, as the server is configured."),
  LOCK_TIMEOUT(
      "lock-timeout",
      durationOrZero("1 ms", "1 d"),
      each(null, "10 s", "10 s", null),
      "How long a statement waits for a lock; if not given, as the server is configured."),
  FETCH_SIZE(
      "fetch-size",
      whole(1, 1_000_000),
      all("5000"),
      "How many rows a stream brings at a time; of rows with documents or arrays, a tenth."),
  UNBOUNDED_QUERIES(
      "unbounded-queries",
      choice("allow", "warn", "refuse"),
      all("warn"),
      "What becomes of a query without any bound in time or limit that reads more than"
          + " unbounded-chunks."),
  UNBOUNDED_CHUNKS(
      "unbounded-chunks",
      whole(0, 1_000_000),
      all("100"),
      "How many chunks a query without a bound in time may read."),
  RETRY_ATTEMPTS(
      "retry-attempts",
      whole(1, 100),
      each("1", "20", "1", "5"),
      "How often to try to connect to a server that is away, full or starting, and to write what"
          + " failed for a reason that time heals."),
  RETRY_BUDGET(
      "retry-budget",
      duration("100 ms", "1 h"),
      each("5 s", "30 s", "5 s", "60 s"),
      "How long to go on trying; an attempt that has begun is not cut short.");

  /** One default per preset; null where the preset has none. */
  private record Defaults(
      @Nullable String development,
      @Nullable String production,
      @Nullable String test,
      @Nullable String bulk) {

    Map<Preset, String> byPreset() {
      Map<Preset, String> byPreset = new EnumMap<>(Preset.class);
      put(byPreset, Preset.DEVELOPMENT, development);
      put(byPreset, Preset.PRODUCTION, production);
      put(byPreset, Preset.TEST, test);
      put(byPreset, Preset.BULK, bulk);
      return byPreset;
    }

    private static void put(Map<Preset, String> map, Preset preset, @Nullable String value) {
      if (value != null) {
        map.put(preset, value);
      }
    }
  }

  private final String key;
  private final Format format;
  private final Map<Preset, String> defaults;
  private final String meaning;
  private final @Nullable String libpqVariable;

  Setting(String key, Format format, Defaults defaults, String meaning) {
    this(key, format, defaults, meaning, null);
  }

  Setting(
      String key,
      Format format,
      Defaults defaults,
      String meaning,
      @Nullable String libpqVariable) {
    this.key = key;
    this.format = format;
    this.defaults = defaults.byPreset();
    this.meaning = meaning;
    this.libpqVariable = libpqVariable;
  }

  private static Defaults none() {
    return all(null);
  }

  private static Defaults all(@Nullable String value) {
    return each(value, value, value, value);
  }

  private static Defaults each(
      @Nullable String development,
      @Nullable String production,
      @Nullable String test,
      @Nullable String bulk) {
    return new Defaults(development, production, test, bulk);
  }

  /** The name, e.g. {@code pool-size}. */
  public String key() {
    return key;
  }

  /** The system property, e.g. {@code varve.pool-size}. */
  public String property() {
    return "varve." + key;
  }

  /** The environment variable, e.g. {@code VARVE_POOL_SIZE}. */
  public String variable() {
    return "VARVE_" + key.replace('-', '_').toUpperCase(Locale.ROOT);
  }

  /** The environment variable libpq reads for it, e.g. {@code PGPORT}. */
  public Optional<String> libpqVariable() {
    return Optional.ofNullable(libpqVariable);
  }

  /** What the value is if nothing else is given; empty if there is no fixed default. */
  public Optional<String> defaultValue(Preset preset) {
    return Optional.ofNullable(defaults.get(preset));
  }

  /** The values accepted, with bounds. */
  public String expectation() {
    return format.expectation();
  }

  /** What it is for, in a sentence. */
  public String meaning() {
    return meaning;
  }

  /** Whether the value must not be shown. */
  public boolean isSecret() {
    return format.visibility() == Format.Visibility.SECRET;
  }

  /** The value the text stands for; empty if it is not what is expected. */
  Optional<Object> read(String text) {
    return format.reader().apply(text);
  }
}
