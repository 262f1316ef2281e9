package io.varve.schema;

import io.varve.model.ColumnType.Kind;

/**
 * Internal: what a column stores below all domains; its elements' type, where it is an array.
 *
 * @param oid the type's object identifier
 * @param modifier its precision, scale or length as the catalogue encodes it; -1 where it has none
 * @param deterministic whether its collation, if it has one, takes only the same bytes for equal
 */
public record StoredType(int oid, int modifier, boolean deterministic) {

  private static final int NONE = -1;

  /** The most digits of a second PostgreSQL keeps, and keeps without a modifier. */
  private static final int FULL_PRECISION = 6;

  /** A type without a collation of its own. */
  public StoredType(int oid, int modifier) {
    this(oid, modifier, true);
  }

  /** The plain type of this kind. */
  public static StoredType of(Kind kind) {
    return new StoredType(kind.oid(), NONE);
  }

  /** Whether times lose digits in it. */
  public boolean roundsTimes() {
    boolean isTimestamp = oid == Kind.TIMESTAMPTZ.oid() || oid == Kind.TIMESTAMP.oid();
    return isTimestamp && modifier >= 0 && modifier < FULL_PRECISION;
  }
}
