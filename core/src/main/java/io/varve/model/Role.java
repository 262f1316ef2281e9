package io.varve.model;

/** What a column is for. */
public enum Role {
  TIME,
  DIMENSION,
  MEASURE
}
