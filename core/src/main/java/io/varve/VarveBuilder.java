package io.varve;

import io.varve.jdbc.ConnectionSpec;
import io.varve.jdbc.Database;
import io.varve.jdbc.Secret;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/** Collects settings; see {@link Varve#builder}. Not thread-safe. */
public final class VarveBuilder {

  private final Map<Setting, String> values = new EnumMap<>(Setting.class);

  VarveBuilder() {}

  /** Sets a setting; its text is checked when {@link #connect} is called. */
  public VarveBuilder set(Setting setting, String value) {
    values.put(setting, value);
    return this;
  }

  /** Checks every setting and opens the connection. */
  public Varve connect() {
    return connect(() -> {});
  }

  Varve connect(Runnable leave) {
    return Varve.on(Database.open(spec()), leave);
  }

  private ConnectionSpec spec() {
    String url = values.getOrDefault(Setting.URL, "jdbc:postgresql://localhost/");
    Properties parsed =
        org.postgresql.Driver.parseURL(url.startsWith("jdbc:") ? url : "jdbc:" + url, null);
    if (parsed == null) {
      throw new ConfigException(
          "the setting url is not of the form jdbc:postgresql://host/database");
    }
    Map<String, String> driver = new HashMap<>();
    parsed.stringPropertyNames().forEach(name -> driver.put(name, parsed.getProperty(name)));
    String host = driver.remove("PGHOST") + ":" + driver.remove("PGPORT");
    String user = values.getOrDefault(Setting.USER, driver.remove("user"));
    String password = values.getOrDefault(Setting.PASSWORD, driver.remove("password"));
    if (user == null) {
      user = System.getProperty("user.name");
    }
    String database = driver.remove("PGDBNAME");
    return new ConnectionSpec(
        host,
        database == null ? user : database,
        user,
        Optional.ofNullable(password).map(Secret::new),
        driver,
        Map.of(),
        Map.of(),
        Duration.ofSeconds(10),
        5,
        0,
        Duration.ofSeconds(30),
        Duration.ofMinutes(30),
        Duration.ofMinutes(10));
  }
}
