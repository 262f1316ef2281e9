package io.varve;

import io.varve.ingest.WriteListener;
import io.varve.ingest.WriteReports;
import io.varve.jdbc.Database;
import io.varve.jdbc.Retry;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/** Collects settings; see {@link Varve#builder}. Not thread-safe. */
public final class VarveBuilder {

  private final Map<String, String> properties;
  private Map<String, String> environment;
  private final Map<Setting, String> values = new EnumMap<>(Setting.class);
  private WriteReports reports = WriteReports.none();

  VarveBuilder(Map<String, String> properties, Map<String, String> environment) {
    this.properties = properties;
    this.environment = environment;
  }

  /** With what surrounds this process. */
  static VarveBuilder here() {
    Properties system = System.getProperties();
    Map<String, String> properties = new HashMap<>();
    system.stringPropertyNames().forEach(name -> properties.put(name, system.getProperty(name)));
    return new VarveBuilder(properties, System.getenv());
  }

  /**
   * Sets a setting, over anything said outside the program; empty text takes that back. The text is
   * checked when {@link #connect} is called.
   */
  public VarveBuilder set(Setting setting, String value) {
    values.put(setting, value);
    return this;
  }

  /** Reads {@code VARVE_*} and {@code PG*} from here instead of this process's environment. */
  public VarveBuilder environment(Map<String, String> variables) {
    environment = Map.copyOf(variables);
    return this;
  }

  /** Tells this listener, and no other, what becomes of every write; by default nobody is told. */
  public VarveBuilder writeListener(WriteListener listener) {
    reports = new WriteReports(listener);
    return this;
  }

  /**
   * Checks every setting and opens the connection.
   *
   * @throws ConfigException naming every setting that cannot be used, and where it was set
   * @throws ConnectionException if the server cannot be reached
   * @throws AccessException if user, password, database or certificate are refused
   * @throws CapacityException if the server takes no more connections
   * @throws CapabilityException if the server is older than PostgreSQL 15
   */
  public Varve connect() {
    return connect(() -> {});
  }

  /**
   * @param leave what to do when the connection is closed, or cannot be opened
   */
  Varve connect(Runnable leave) {
    try {
      Config config = config();
      Retry retry = config.retry();
      return Varve.on(
          Database.open(config.connection(), retry), retry, reports, config.pruning(), leave);
    } catch (RuntimeException | Error e) {
      Varve.undo(e, leave);
      throw e;
    }
  }

  Config config() {
    return ConfigResolver.resolve(values, properties, environment);
  }

  @Override
  public String toString() {
    return "VarveBuilder" + values.keySet();
  }
}
