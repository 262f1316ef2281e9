package io.varve.ingest;

import io.varve.model.QualifiedName;
import java.util.Optional;

/**
 * A batch that is in the ledger: its rows are committed.
 *
 * @param id its name
 * @param table the table its rows went to, as it is called now; empty if it has been dropped
 * @param written rows stored
 * @param skipped rows left out on purpose, such as duplicates
 * @param failed rows refused and put aside
 */
public record StoredBatch(
    String id, Optional<QualifiedName> table, long written, long skipped, long failed) {}
