package io.varve;

/** What kind of server Varve talks to. Found by probing, once per data source. */
public enum Tier {
  /** TimescaleDB with its Community (TSL) library: everything is native. */
  COMMUNITY("TimescaleDB Community"),
  /** TimescaleDB's Apache edition: hypertables and time buckets are native, the rest is Varve's. */
  APACHE("TimescaleDB Apache edition"),
  /** PostgreSQL without the extension: Varve provides the capabilities. */
  PLAIN("plain PostgreSQL");

  private final String title;

  Tier(String title) {
    this.title = title;
  }

  /** The name a person would use, for messages. */
  public String title() {
    return title;
  }
}
