package io.varve.series;

/** What makes one change greater than another; its sign does not. */
public enum ChangeOrder {
  /** The difference of the values. */
  VALUE,
  /** The difference in percent of the first value; entities whose first value is 0 are left out. */
  PERCENT
}
