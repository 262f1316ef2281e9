package io.varve.spool;

import java.time.Instant;

/**
 * Internal: a batch as the log keeps it.
 *
 * @param id its name in the ledger
 * @param spooledAt when it was handed to the log, to the microsecond
 * @param rows how many rows the body holds
 * @param body the rows; not copied
 */
public record SpoolBatch(String id, Instant spooledAt, int rows, byte[] body) {}
