package io.varve;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGProperty;

/**
 * A URL taken apart: what is a {@link Setting}, and what goes to the driver as it is.
 *
 * <p>Both dialects are read: the driver's ({@code jdbc:postgresql://host/db?user=…}) and libpq's
 * ({@code postgresql://user:password@host/db?sslmode=…}). No message repeats a part of the URL that
 * may be a password, or a piece of one with a special character in it.
 *
 * @param settings values as text
 * @param driver the driver's own parameters
 */
record ConnectionUrl(Map<Setting, String> settings, Map<String, String> driver) {

  private static final Pattern FORM =
      Pattern.compile("(jdbc:)?postgres(?:ql)?:(?://([^/?]*))?/?([^?]*)(?:\\?(.*))?");

  /** Parameters, in both dialects, that are settings of ours. */
  private static final Map<String, Setting> SETTINGS =
      Map.ofEntries(
          Map.entry("host", Setting.HOST),
          Map.entry("PGHOST", Setting.HOST),
          Map.entry("port", Setting.PORT),
          Map.entry("PGPORT", Setting.PORT),
          Map.entry("dbname", Setting.DATABASE),
          Map.entry("PGDBNAME", Setting.DATABASE),
          Map.entry("user", Setting.USER),
          Map.entry("password", Setting.PASSWORD),
          Map.entry("passfile", Setting.PGPASS_FILE),
          Map.entry("sslmode", Setting.SSLMODE),
          Map.entry("sslrootcert", Setting.SSL_ROOT_CERT),
          Map.entry("sslcert", Setting.SSL_CERT),
          Map.entry("sslkey", Setting.SSL_KEY),
          Map.entry("ApplicationName", Setting.APPLICATION_NAME),
          Map.entry("application_name", Setting.APPLICATION_NAME),
          Map.entry("connectTimeout", Setting.CONNECT_TIMEOUT),
          Map.entry("connect_timeout", Setting.CONNECT_TIMEOUT),
          Map.entry("socketTimeout", Setting.SOCKET_TIMEOUT),
          Map.entry("defaultRowFetchSize", Setting.FETCH_SIZE));

  /** Parameters libpq calls differently. */
  private static final Map<String, String> LIBPQ =
      Map.of(
          "channel_binding", "channelBinding",
          "gssencmode", "gssEncMode",
          "require_auth", "requireAuth",
          "sslnegotiation", "sslNegotiation",
          "target_session_attrs", "targetServerType");

  private static final Map<String, String> SERVER_TYPES =
      Map.of(
          "read-write", "primary",
          "read-only", "secondary",
          "standby", "secondary",
          "prefer-standby", "preferSecondary");

  private static final Set<String> KNOWN =
      Stream.of(
              SETTINGS.keySet().stream(),
              LIBPQ.keySet().stream(),
              Stream.of(PGProperty.values()).map(PGProperty::getName))
          .flatMap(names -> names)
          .collect(Collectors.toUnmodifiableSet());

  /**
   * @throws IllegalArgumentException with the reason, free of secrets
   */
  static ConnectionUrl parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException(
          "expected jdbc:postgresql://host:port/database or postgresql://user@host:port/database");
    }
    return new Reader(form.group(1) != null).read(form);
  }

  @Override
  public String toString() {
    return "ConnectionUrl" + settings.keySet() + driver.keySet();
  }

  private static final class Reader {

    private final boolean jdbc;
    private final Map<Setting, String> settings = new EnumMap<>(Setting.class);
    private final Map<String, String> driver = new LinkedHashMap<>();

    Reader(boolean jdbc) {
      this.jdbc = jdbc;
    }

    ConnectionUrl read(Matcher form) {
      authority(form.group(2));
      database(form.group(3));
      parameters(form.group(4));
      tls();
      return new ConnectionUrl(settings, driver);
    }

    private void authority(@Nullable String authority) {
      if (authority == null) {
        return;
      }
      int at = authority.lastIndexOf('@');
      if (at >= 0) {
        user(authority.substring(0, at));
      }
      hosts(authority.substring(at + 1));
    }

    private void user(String user) {
      int colon = user.indexOf(':');
      put(Setting.USER, decode(colon < 0 ? user : user.substring(0, colon)));
      if (colon >= 0) {
        put(Setting.PASSWORD, decode(user.substring(colon + 1)));
      }
    }

    /** A single port is a setting of its own; of several hosts, each keeps its port. */
    private void hosts(String hosts) {
      for (String host : hosts.split(",", -1)) {
        Optional<String> port = port(host);
        if (port.isPresent() && !port.get().matches("\\d*")) {
          throw new IllegalArgumentException(
              "the port is not a number; special characters of user and password must be percent-"
                  + "encoded");
        }
      }
      if (hosts.contains(",")) {
        put(Setting.HOST, hosts);
        return;
      }
      Optional<String> port = port(hosts);
      put(
          Setting.HOST,
          decode(port.isPresent() ? hosts.substring(0, hosts.lastIndexOf(':')) : hosts));
      port.ifPresent(number -> put(Setting.PORT, number));
    }

    private static Optional<String> port(String host) {
      int colon = host.lastIndexOf(':');
      return colon < 0 || colon < host.lastIndexOf(']')
          ? Optional.empty()
          : Optional.of(host.substring(colon + 1));
    }

    private void database(String database) {
      if (database.contains("@") || database.contains("/")) {
        throw new IllegalArgumentException(
            "a / or @ after the host is not expected; special characters of user, password and"
                + " database must be percent-encoded");
      }
      put(Setting.DATABASE, decode(database));
    }

    private void parameters(@Nullable String query) {
      if (query == null) {
        return;
      }
      for (String parameter : query.split("&")) {
        int equals = parameter.indexOf('=');
        if (equals > 0) {
          parameter(parameter.substring(0, equals), decode(parameter.substring(equals + 1)));
        } else if (!parameter.isEmpty()) {
          parameter(parameter, "");
        }
      }
    }

    private void parameter(String name, String value) {
      if (!name.matches("[A-Za-z_][A-Za-z0-9_.]*")) {
        throw new IllegalArgumentException(
            "after the ? only name=value is expected; special characters of user and password must"
                + " be percent-encoded");
      }
      if (name.equals("service")) {
        throw new IllegalArgumentException(
            "the parameter service is not supported: give host, database and user themselves");
      }
      Setting setting = SETTINGS.get(name);
      if (setting != null) {
        put(setting, withUnit(setting, value));
        return;
      }
      refuseMisspelt(name);
      String renamed = LIBPQ.getOrDefault(name, name);
      driver.put(renamed, renamed.equals(name) ? value : SERVER_TYPES.getOrDefault(value, value));
    }

    /** In a URL, time limits are whole seconds. */
    private static String withUnit(Setting setting, String value) {
      boolean duration = setting == Setting.CONNECT_TIMEOUT || setting == Setting.SOCKET_TIMEOUT;
      return duration && value.matches("\\d+") ? value + " s" : value;
    }

    /** The driver ignores names it does not know, and a misspelt {@code sslmode} must not go by. */
    private static void refuseMisspelt(String name) {
      if (!KNOWN.contains(name)) {
        Spelling.nearest(name, List.copyOf(KNOWN))
            .ifPresent(
                known -> {
                  throw new IllegalArgumentException(
                      "unknown parameter \"" + name + "\", did you mean \"" + known + "\"?");
                });
      }
    }

    /** {@code ssl=true} is the driver's older word for {@code sslmode=verify-full}. */
    private void tls() {
      String ssl = driver.remove("ssl");
      if (ssl != null && (ssl.isEmpty() || ssl.equalsIgnoreCase("true"))) {
        settings.putIfAbsent(Setting.SSLMODE, "verify-full");
      }
    }

    private void put(Setting setting, String value) {
      if (!value.isEmpty()) {
        settings.put(setting, value);
      }
    }

    /** In the driver's dialect a plus sign is a blank; in libpq's it is itself. */
    private String decode(String text) {
      try {
        return URLDecoder.decode(jdbc ? text : text.replace("+", "%2B"), StandardCharsets.UTF_8);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "a percent sign must be followed by two hexadecimal digits; write %25 for the sign"
                + " itself");
      }
    }
  }
}
