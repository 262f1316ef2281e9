package io.varve.query;

import io.varve.Tier;
import io.varve.backend.Backend;
import io.varve.model.QualifiedName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/**
 * What a query's statement depends on.
 *
 * @param timeBucket the SQL name of {@code time_bucket}
 * @param ordersRecords whether the server has {@code min} and {@code max} of records; all have them
 *     of arrays
 * @param findsChunks whether a statement that looks up one time after the other opens no other
 *     chunks than theirs
 * @param newest where the newest chunks begin
 */
record Dialect(String timeBucket, boolean ordersRecords, boolean findsChunks, NewestChunks newest) {

  /** {@link Backend#newestFrom}. */
  @FunctionalInterface
  interface NewestChunks {
    Optional<String> from(Connection connection, QualifiedName table, int chunks)
        throws SQLException;
  }

  private static final int ORDERING_RECORDS = 18;

  static Dialect of(Backend backend) {
    String version = backend.capabilities().postgresVersion();
    int major = Integer.parseInt(version.split("\\D", 2)[0]);
    return new Dialect(
        backend.function("time_bucket"),
        major >= ORDERING_RECORDS,
        backend.capabilities().tier() == Tier.PLAIN,
        backend::newestFrom);
  }
}
