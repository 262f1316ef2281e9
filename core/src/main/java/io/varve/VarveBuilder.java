package io.varve;

/** Collects settings; see {@link Varve#builder}. Not thread-safe. */
public final class VarveBuilder {

  VarveBuilder() {}

  /** Sets a setting; its text is checked when {@link #connect} is called. */
  public VarveBuilder set(Setting setting, String value) {
    throw new UnsupportedOperationException("owner: connection");
  }

  /** Checks every setting and opens the connection. */
  public Varve connect() {
    throw new UnsupportedOperationException("owner: connection");
  }
}
