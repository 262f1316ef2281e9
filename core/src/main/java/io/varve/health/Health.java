package io.varve.health;

import java.time.Duration;
import java.util.Optional;

/**
 * The state of the connection at one moment.
 *
 * @param status UP if the server answers, else DOWN
 * @param roundTrip how long a trivial statement took, including taking a connection
 * @param problem what is wrong, if anything is
 */
public record Health(Status status, Duration roundTrip, Optional<String> problem) {

  /** UP works; DEGRADED works, but something waits to be put right; DOWN does not. */
  public enum Status {
    UP,
    DEGRADED,
    DOWN
  }
}
