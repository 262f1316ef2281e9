package io.varve.jdbc;

/** A text that must not be seen: it prints as asterisks. Immutable. */
public final class Secret {

  private final String value;

  public Secret(String value) {
    this.value = value;
  }

  /** The text itself, for the driver alone. */
  public String reveal() {
    return value;
  }

  @Override
  public String toString() {
    return "***";
  }
}
