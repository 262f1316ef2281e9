/**
 * Loading a CSV file into a table: deciding what becomes of each column, then writing in batches.
 * Start at {@link io.varve.cli.ingest.IngestPlan}.
 */
@NullMarked
package io.varve.cli.ingest;

import org.jspecify.annotations.NullMarked;
