package io.varve.jdbc;

import io.varve.Tier;

/**
 * Installs and upgrades the {@code varve} and {@code varve_internal} schemas by numbered
 * migrations.
 */
public final class Toolkit {

  /** What is installed and what this Varve brings. */
  public record Status(int installed, int available) {
    public boolean isCurrent() {
      return installed == available;
    }
  }

  private final Database database;
  private final Tier tier;

  public Toolkit(Database database, Tier tier) {
    this.database = database;
    this.tier = tier;
  }

  /** What is installed; installed is 0 where nothing is. */
  public Status status() {
    throw new UnsupportedOperationException("owner: toolkit");
  }

  /**
   * Brings the schemas up to this Varve's version; safe when many processes do it at once, and
   * cheap when nothing is to do. Returns how many migrations ran.
   */
  public int install() {
    throw new UnsupportedOperationException("owner: toolkit");
  }
}
