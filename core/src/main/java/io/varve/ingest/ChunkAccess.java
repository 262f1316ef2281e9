package io.varve.ingest;

import io.varve.ConflictException;
import io.varve.backend.Backend;
import io.varve.backend.Backend.ChunkSpan;
import io.varve.backend.Backend.ChunkTarget;
import io.varve.jdbc.Database;
import io.varve.model.QualifiedName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.NavigableSet;
import java.util.Optional;

/** Finds the chunks of one table that rows go to, and makes those that are missing. Thread-safe. */
final class ChunkAccess {

  /** Retention may drop a chunk between its creation and its use; not that often. */
  static final int ATTEMPTS = 5;

  private final Database database;
  private final Backend backend;
  private final QualifiedName table;

  ChunkAccess(Database database, Backend backend, QualifiedName table) {
    this.database = database;
    this.backend = backend;
    this.table = table;
  }

  /** Whether rows need a chunk made for them. */
  boolean areOurs() {
    return backend.writesToChunks();
  }

  /** Where rows of that time go, made if need be and locked until the transaction ends. */
  ChunkTarget open(Connection connection, long time) throws SQLException {
    if (!backend.writesToChunks()) {
      return whole();
    }
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Optional<ChunkTarget> chunk = backend.openChunk(connection, table, time);
      if (chunk.isPresent()) {
        return chunk.get();
      }
      if (attempt > 0) {
        backend.refuseClosedChunk(connection, table, time);
      }
      create(time);
    }
    throw new ConflictException(
        "inserting into %s: the chunk of time %d was dropped %d times right after its creation; is"
                .formatted(table, time, ATTEMPTS)
            + " that older than the table's retention?");
  }

  /** The table itself, as the place of that chunk's rows. */
  ChunkTarget through(ChunkTarget chunk) {
    return new ChunkTarget(table.sql(), chunk.start(), chunk.end(), true);
  }

  /** The table itself, as the place of all rows. */
  ChunkTarget whole() {
    return new ChunkTarget(table.sql(), Long.MIN_VALUE, Long.MAX_VALUE, true);
  }

  /**
   * On a connection of its own, so that other writers see the chunk at once and its locks are not
   * held until the rows are stored.
   */
  private void create(long time) {
    database.transactionDirect(
        "creating a chunk of " + table, connection -> backend.createChunk(connection, table, time));
  }

  /** Makes the chunks of all these times, on one connection; whether any was missing. */
  boolean createAll(NavigableSet<Long> times) {
    String task = "creating chunks of " + table;
    return database.callDirect(
        task,
        connection -> {
          boolean created = false;
          Long next = times.isEmpty() ? null : times.first();
          while (next != null) {
            long time = next;
            ChunkSpan chunk =
                Database.inTransaction(
                    connection, task, each -> backend.createChunk(each, table, time));
            created |= chunk.created();
            next = times.ceiling(chunk.end());
          }
          return created;
        });
  }
}
