package io.varve;

/** A stable code for what went wrong; {@link #actor()} says who has to act. */
public enum ErrorCode {
  /** A setting is missing, unknown or out of bounds. */
  CONFIGURATION(Actor.CALLER),
  /** A record, row or value does not fit the table's model. */
  MAPPING(Actor.CALLER),
  /** The object was used after it had been closed. */
  CLOSED(Actor.CALLER),
  /** The server cannot be reached, refused the connection or went away. */
  CONNECTION(Actor.RETRY),
  /** User, password, database, certificate or privilege was refused. */
  ACCESS(Actor.OPERATOR),
  /** A time limit ran out, or the thread was interrupted. */
  DEADLINE(Actor.RETRY),
  /** Serialization failure, deadlock or lock timeout. */
  CONFLICT(Actor.RETRY),
  /** A constraint of the table refused a row. */
  CONSTRAINT(Actor.CALLER),
  /** The server refused a value. */
  DATA(Actor.CALLER),
  /** A table, column or function is absent, or is not what Varve expects. */
  SCHEMA(Actor.CALLER),
  /** Disk, memory, connections or chunks ran out. */
  CAPACITY(Actor.OPERATOR),
  /** This server cannot do what was asked. */
  CAPABILITY(Actor.OPERATOR),
  /** The commit was sent and its outcome is unknown. */
  IN_DOUBT(Actor.CALLER),
  /** Anything the server reported that has no better code. */
  DATABASE(Actor.OPERATOR);

  /** Who has to act on an error. */
  public enum Actor {
    /** The program that called Varve. */
    CALLER,
    /** Whoever runs the server. */
    OPERATOR,
    /** Nobody: the same call may go through later. */
    RETRY
  }

  private final Actor actor;

  ErrorCode(Actor actor) {
    this.actor = actor;
  }

  /** Who has to act. */
  public Actor actor() {
    return actor;
  }
}
