package io.varve.backend;

import io.varve.Capabilities;
import io.varve.Capability;
import io.varve.CapabilityException;
import io.varve.Support;
import io.varve.Tier;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the tier and the server's version; the only class that asks. One statement, one round trip:
 * what is there is looked up in the catalogue, never in a table of versions.
 */
public final class BackendProbe {

  static final int OLDEST = 150000;

  /**
   * The extension's functions are found by membership, so neither the schema it was put in nor the
   * search path nor the arguments of a release matter.
   */
  private static final String FACTS =
      """
      SELECT current_setting('server_version_num')::int,
             current_setting('server_version'),
             (SELECT default_version FROM pg_catalog.pg_available_extensions
              WHERE name = 'timescaledb'),
             (SELECT extversion FROM pg_catalog.pg_extension WHERE extname = 'timescaledb'),
             (SELECT n.nspname FROM pg_catalog.pg_extension e
              JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
              WHERE e.extname = 'timescaledb'),
             current_setting('timescaledb.license', true),
             (SELECT array_agg(DISTINCT p.proname::text)
              FROM pg_catalog.pg_extension e
              JOIN pg_catalog.pg_depend d
                ON d.refclassid = 'pg_catalog.pg_extension'::regclass AND d.refobjid = e.oid
                   AND d.classid = 'pg_catalog.pg_proc'::regclass AND d.deptype = 'e'
              JOIN pg_catalog.pg_proc p ON p.oid = d.objid
              WHERE e.extname = 'timescaledb')
      """;

  /**
   * What the server said about itself.
   *
   * @param available the extension's version on the server's disk
   * @param installed the extension's version in this database
   * @param schema where the extension's functions are
   * @param license the extension's licence setting, known only where its library is loaded
   * @param functions names of the extension's functions
   */
  record Facts(
      int versionNumber,
      String version,
      @Nullable String available,
      @Nullable String installed,
      @Nullable String schema,
      @Nullable String license,
      Set<String> functions) {

    boolean isLoaded() {
      return installed != null && license != null;
    }
  }

  private BackendProbe() {}

  /** Asks the server what it is; refuses PostgreSQL older than 15. */
  public static Backend probe(Connection connection) throws SQLException {
    return choose(ask(connection));
  }

  static Backend choose(Facts facts) {
    if (facts.versionNumber() < OLDEST) {
      throw new CapabilityException(
          "this server is PostgreSQL %s: expected 15 or newer; upgrade it, or use another server"
              .formatted(facts.version()));
    }
    Tier tier = tier(facts);
    Capabilities capabilities =
        new Capabilities(
            tier,
            facts.version(),
            tier == Tier.PLAIN ? Optional.empty() : Optional.ofNullable(facts.installed()),
            entries(tier, facts));
    return tier == Tier.PLAIN
        ? new PlainBackend(capabilities)
        : new TimescaleBackend(capabilities, Objects.requireNonNull(facts.schema()));
  }

  private static Facts ask(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(FACTS);
        ResultSet row = statement.executeQuery()) {
      row.next();
      return new Facts(
          row.getInt(1),
          // Distributions append their own: "18.6 (Debian 18.6-1)".
          row.getString(2).split(" ", 2)[0],
          row.getString(3),
          row.getString(4),
          row.getString(5),
          row.getString(6),
          functions(row));
    }
  }

  private static Set<String> functions(ResultSet row) throws SQLException {
    Array names = row.getArray(7);
    return names == null ? Set.of() : Set.of((String[]) names.getArray());
  }

  private static Tier tier(Facts facts) {
    if (!facts.isLoaded() || !facts.functions().contains("create_hypertable")) {
      return Tier.PLAIN;
    }
    return "timescale".equals(facts.license()) ? Tier.COMMUNITY : Tier.APACHE;
  }

  private static Map<Capability, Capabilities.Entry> entries(Tier tier, Facts facts) {
    Map<Capability, Capabilities.Entry> entries = new EnumMap<>(Capability.class);
    for (Capability capability : Capability.values()) {
      entries.put(
          capability,
          tier == Tier.PLAIN ? plain(capability, facts) : timescale(capability, tier, facts));
    }
    return entries;
  }

  private static Capabilities.Entry plain(Capability capability, Facts facts) {
    return switch (capability) {
      case HYPERTABLE -> provided("declarative partitions kept by Varve");
      case TIME_BUCKET, FIRST_LAST, HISTOGRAM -> provided("Varve's SQL toolkit");
      case GAP_FILL -> gapFilling();
      case CONTINUOUS_AGGREGATE, COLUMNSTORE, RETENTION ->
          absent("TimescaleDB Community would give it" + nearby(facts));
    };
  }

  private static Capabilities.Entry timescale(Capability capability, Tier tier, Facts facts) {
    if (capability == Capability.GAP_FILL && tier != Tier.COMMUNITY) {
      return gapFilling();
    }
    String function = witness(capability);
    if (!facts.functions().contains(function)) {
      return absent(
          "TimescaleDB %s has no function %s; a newer version would give it"
              .formatted(facts.installed(), function));
    }
    return tier == Tier.COMMUNITY || isApache(capability)
        ? new Capabilities.Entry(Support.NATIVE, "TimescaleDB " + facts.installed())
        : absent(
            "it belongs to TimescaleDB Community; set timescaledb.license = 'timescale' where its"
                + " library is installed");
  }

  /** The function whose presence shows that this TimescaleDB knows the capability. */
  private static String witness(Capability capability) {
    return switch (capability) {
      case HYPERTABLE -> "by_range";
      case TIME_BUCKET -> "time_bucket";
      case FIRST_LAST -> "first";
      case HISTOGRAM -> "histogram";
      case GAP_FILL -> "time_bucket_gapfill";
      case CONTINUOUS_AGGREGATE -> "refresh_continuous_aggregate";
      case COLUMNSTORE -> "convert_to_columnstore";
      case RETENTION -> "add_retention_policy";
    };
  }

  /** Both editions install every function; under the Apache licence these alone may be called. */
  private static boolean isApache(Capability capability) {
    return switch (capability) {
      case HYPERTABLE, TIME_BUCKET, FIRST_LAST, HISTOGRAM -> true;
      case GAP_FILL, CONTINUOUS_AGGREGATE, COLUMNSTORE, RETENTION -> false;
    };
  }

  private static String nearby(Facts facts) {
    if (facts.installed() != null) {
      return "; it is installed here, but the server does not load it: add it to"
          + " shared_preload_libraries";
    }
    return facts.available() == null
        ? ""
        : "; the server has version %s ready: CREATE EXTENSION timescaledb"
            .formatted(facts.available());
  }

  /** TimescaleDB's own belongs to its Community edition; Varve's needs none. */
  private static Capabilities.Entry gapFilling() {
    return provided("queries with a fill, and gapfill in Varve's SQL toolkit");
  }

  private static Capabilities.Entry provided(String by) {
    return new Capabilities.Entry(Support.PROVIDED, by);
  }

  private static Capabilities.Entry absent(String remedy) {
    return new Capabilities.Entry(Support.ABSENT, "Varve does not do it itself; " + remedy);
  }
}
