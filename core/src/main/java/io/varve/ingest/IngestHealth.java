package io.varve.ingest;

import io.varve.health.Health;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How an {@link Ingester} is at one moment.
 *
 * @param status DEGRADED while batches wait in the spool, or damaged files lie there; else UP
 * @param batches batches in the spool
 * @param rows their rows
 * @param bytes what the spool takes on disk
 * @param oldest since when the oldest of them has been there
 * @param bytesCut what was cut off as an incomplete batch when the spool was opened: a crash left
 *     it, and nobody was told that it was kept
 * @param damaged files put aside because acknowledged rows in them could not be read; they are kept
 *     until somebody removes them
 * @param problem what kept the spool from being replayed last, without rows or credentials
 */
public record IngestHealth(
    Health.Status status,
    long batches,
    long rows,
    long bytes,
    Optional<Instant> oldest,
    long bytesCut,
    List<Path> damaged,
    Optional<String> problem) {

  public IngestHealth {
    damaged = List.copyOf(damaged);
  }
}
