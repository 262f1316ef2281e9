package io.varve;

/** What a server may be able to do. */
public enum Capability {
  HYPERTABLE("hypertables and chunks"),
  TIME_BUCKET("time_bucket"),
  FIRST_LAST("first and last"),
  HISTOGRAM("histogram"),
  GAP_FILL("gap filling"),
  CONTINUOUS_AGGREGATE("continuous aggregates"),
  COLUMNSTORE("the columnstore"),
  RETENTION("retention policies");

  private final String title;

  Capability(String title) {
    this.title = title;
  }

  /** The name a person would use. */
  public String title() {
    return title;
  }
}
