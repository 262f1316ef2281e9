package io.varve.query;

import io.varve.Tier;
import io.varve.backend.Backend;
import io.varve.model.QualifiedName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.OptionalLong;

/**
 * What a query's statement depends on.
 *
 * @param timeBucket the SQL name of {@code time_bucket}
 * @param postgres the server's major version
 * @param partitions whether chunks are PostgreSQL's own partitions: a statement that looks up one
 *     time after the other opens no other chunks than theirs, and where the newest begin is known
 *     at once
 * @param newest where the newest chunks begin
 */
record Dialect(String timeBucket, int postgres, boolean partitions, NewestChunks newest) {

  /** {@link Backend#newestFrom}. */
  @FunctionalInterface
  interface NewestChunks {
    OptionalLong from(Connection connection, QualifiedName table, int chunks) throws SQLException;
  }

  static Dialect of(Backend backend) {
    String version = backend.capabilities().postgresVersion();
    return new Dialect(
        backend.function("time_bucket"),
        Integer.parseInt(version.split("\\D", 2)[0]),
        backend.capabilities().tier() == Tier.PLAIN,
        backend::newestFrom);
  }

  /** Whether the server has {@code min} and {@code max} of records; all have them of arrays. */
  boolean ordersRecords() {
    return postgres >= 18;
  }

  /**
   * Whether the server passes over what it knows it will not find in an index; others read all
   * entries that lie between.
   */
  boolean skipsInIndexes() {
    return postgres >= 18;
  }
}
