package io.varve.cli;

import io.varve.cli.ingest.ImportId;
import io.varve.cli.ingest.OnConflict;
import io.varve.cli.shell.CommandException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say how the rows of a file are written. */
final class LoadOptions {

  private static final int DEFAULT_WORKERS = 2;
  private static final int MOST_WORKERS = 8;
  private static final int MOST_ROWS = 1_000_000;

  @Option(
      names = "--import-id",
      paramLabel = "ID",
      description =
          "A name for this load. If it breaks off, the same command goes on with it and sends no row"
              + " twice; another run after its end adds nothing, or the rows the file has grown by."
              + " Without a name a load that breaks off says with which one to go on.")
  private @Nullable String importId;

  @Option(
      names = "--workers",
      paramLabel = "N",
      description =
          "How many threads write, 1 to 8, each with a connection of its own (default: 2; 1 with"
              + " --on-conflict update, where the order of rows counts).")
  private @Nullable Long workers;

  @Option(
      names = "--batch",
      paramLabel = "ROWS",
      description =
          "Rows of a transaction, up to 1,000,000; fewer where they are long or wide (default:"
              + " 50,000).")
  private long batch = 50_000;

  @Option(
      names = "--max-rejects",
      paramLabel = "N",
      description =
          "End the load when more rows than that are rejected (default: only after 1,000 that the"
              + " server refused before it took one).")
  private long maxRejects = Long.MAX_VALUE;

  @Option(
      names = "--from-line",
      paramLabel = "N",
      description = "Leave out the rows before this line.")
  private long fromLine = 1;

  private @Nullable ImportId generated;

  /** The name of the load. */
  ImportId importId() {
    if (importId != null) {
      return ImportId.parse(importId);
    }
    if (generated == null) {
      generated = ImportId.generated(Instant.now());
    }
    return generated;
  }

  /** Whether the user has named it, and may come back to it. */
  boolean isNamed() {
    return importId != null;
  }

  /** Refuses what is out of range, or cannot go together. */
  void check(OnConflict onConflict) {
    workers(onConflict);
    batchRows();
  }

  int workers(OnConflict onConflict) {
    boolean inOrder = onConflict == OnConflict.update;
    if (workers == null) {
      return inOrder ? 1 : DEFAULT_WORKERS;
    }
    if (workers < 1 || workers > MOST_WORKERS) {
      throw CommandException.usage(
          "--workers: " + workers + " is out of range", "expected 1 to " + MOST_WORKERS);
    }
    if (inOrder && workers > 1) {
      throw CommandException.usage(
          "--workers %d: with --on-conflict update rows with the same key must be written in order"
              .formatted(workers),
          "leave --workers out, or give 1");
    }
    return workers.intValue();
  }

  int batchRows() {
    if (batch < 1 || batch > MOST_ROWS) {
      throw CommandException.usage(
          "--batch: " + batch + " is out of range", "expected 1 to 1000000 rows");
    }
    return (int) batch;
  }

  long maxRejects() {
    return maxRejects;
  }

  long fromLine() {
    return fromLine;
  }
}
