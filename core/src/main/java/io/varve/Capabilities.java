package io.varve;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * What this server can do, found by probing when the connection was opened. Immutable.
 *
 * @param tier the kind of server
 * @param postgresVersion as the server prints it, e.g. {@code 18.6}
 * @param timescaleVersion the extension's version; empty on {@link Tier#PLAIN}, even where the
 *     extension is installed but the server does not load it
 * @param entries one per {@link Capability}
 */
public record Capabilities(
    Tier tier,
    String postgresVersion,
    Optional<String> timescaleVersion,
    Map<Capability, Entry> entries) {

  /**
   * @param support how it is there
   * @param explanation who does it, or why it is absent and what would give it
   */
  public record Entry(Support support, String explanation) {}

  public Capabilities {
    entries = Collections.unmodifiableMap(new EnumMap<>(entries));
  }

  /** How a capability is there. */
  public Support support(Capability capability) {
    return entries.get(capability).support();
  }

  /** Refuses with the explanation if the capability is absent. */
  public void require(Capability capability) {
    Entry entry = entries.get(capability);
    if (entry.support() == Support.ABSENT) {
      throw new CapabilityException(
          "%s: not available on %s: %s"
              .formatted(capability.title(), tier.title(), entry.explanation()));
    }
  }
}
