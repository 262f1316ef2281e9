package io.varve;

/** How a capability is there. */
public enum Support {
  /** The server does it itself. */
  NATIVE,
  /** Varve does it on this server. */
  PROVIDED,
  /** It is not there; the explanation says why and what would give it. */
  ABSENT
}
