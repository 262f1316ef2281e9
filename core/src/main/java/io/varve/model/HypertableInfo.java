package io.varve.model;

/**
 * A hypertable in a list.
 *
 * @param name schema and table
 * @param timeColumn the column it is partitioned by
 * @param chunks how many chunks it has
 * @param rows the planner's estimate of its rows; -1 where a chunk that is not empty was never
 *     analysed
 * @param bytes size of all chunks with indexes and TOAST
 */
public record HypertableInfo(
    QualifiedName name, String timeColumn, long chunks, long rows, long bytes) {}
