package io.varve.spool;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Internal: what a log holds at one moment.
 *
 * @param batches batches that are not replayed yet
 * @param rows their rows
 * @param bytes what the log takes on disk
 * @param oldest when the oldest of them was spooled
 * @param bytesCut what was cut off as an incomplete last batch when the log was opened
 * @param damaged files put aside because acknowledged batches in them could not be read
 */
public record SpoolState(
    long batches,
    long rows,
    long bytes,
    Optional<Instant> oldest,
    long bytesCut,
    List<Path> damaged) {

  public SpoolState {
    damaged = List.copyOf(damaged);
  }
}
