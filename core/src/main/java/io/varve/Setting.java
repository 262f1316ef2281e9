package io.varve;

/** Every setting, one row each: name, unit, default, bounds, meaning. */
public enum Setting {
  URL,
  USER,
  PASSWORD
}
