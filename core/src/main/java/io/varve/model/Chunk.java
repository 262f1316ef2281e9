package io.varve.model;

/**
 * One partition of a hypertable: the rows whose time is in {@code [start, end)}.
 *
 * @param name the chunk's own table
 * @param start first instant, date or integer, in the time column's units since the Unix epoch
 *     (microseconds for timestamps, days for dates)
 * @param end the end, exclusive, in the same units
 * @param startText {@code start} as PostgreSQL prints it, timestamptz in UTC
 * @param endText {@code end} likewise
 * @param rows the planner's estimate of its rows; -1 where it was never analysed
 * @param bytes size with indexes and TOAST
 */
public record Chunk(
    QualifiedName name,
    long start,
    long end,
    String startText,
    String endText,
    long rows,
    long bytes) {}
