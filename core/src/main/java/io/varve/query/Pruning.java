package io.varve.query;

import io.varve.jdbc.Database;
import io.varve.model.Table;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Internal: what becomes of a query that does not bound the time and so reads every chunk.
 *
 * @param policy what becomes of it
 * @param chunks how many chunks it may read
 */
public record Pruning(Policy policy, int chunks) {

  private static final Logger LOG = LoggerFactory.getLogger(Pruning.class);

  /** What becomes of a query that would read too many chunks. */
  public enum Policy {
    ALLOW,
    WARN,
    REFUSE
  }

  /** What holds where no settings do. */
  public static Pruning usual() {
    return new Pruning(Policy.WARN, 100);
  }

  /** Warns of the query, or refuses it, if it reads more chunks than it may. */
  void check(Database database, Selection<?> selection) {
    if (policy == Policy.ALLOW || selection.limit().isPresent() || isPruned(selection)) {
      return;
    }
    Table<?> table = selection.table();
    long found = chunks(database, table);
    if (found <= chunks) {
      return;
    }
    String reason =
        "reading %s: no bound in time, so all its %d chunks are read; expected range(…), since(…) or a limit, or a greater unbounded-chunks than %d"
            .formatted(table.name(), found, chunks);
    if (policy == Policy.REFUSE) {
      throw new IllegalStateException(reason);
    }
    LOG.warn("{}", reason);
  }

  private static boolean isPruned(Selection<?> selection) {
    String time = selection.table().time().name();
    return !selection.isUnbounded()
        || selection.conditions().stream().anyMatch(condition -> condition.bounds(time));
  }

  /** The same on every tier: chunks inherit from their hypertable. */
  private static long chunks(Database database, Table<?> table) {
    return database.call(
        "counting the chunks of " + table.name(),
        connection -> {
          String sql =
              "SELECT count(*) FROM pg_catalog.pg_inherits WHERE inhparent = pg_catalog.to_regclass(?)";
          try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, table.name().sql());
            try (ResultSet row = statement.executeQuery()) {
              row.next();
              return row.getLong(1);
            }
          }
        });
  }
}
