package io.varve.query;

import io.varve.backend.Backend;

/**
 * What a query's statement depends on.
 *
 * @param timeBucket the SQL name of {@code time_bucket}
 * @param ordersRecords whether the server has {@code min} and {@code max} of records; all have them
 *     of arrays
 */
record Dialect(String timeBucket, boolean ordersRecords) {

  private static final int ORDERING_RECORDS = 18;

  static Dialect of(Backend backend) {
    String version = backend.capabilities().postgresVersion();
    int major = Integer.parseInt(version.split("\\D", 2)[0]);
    return new Dialect(backend.function("time_bucket"), major >= ORDERING_RECORDS);
  }
}
