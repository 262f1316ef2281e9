package io.varve.model;

/**
 * The width of a chunk in the units of its time column: microseconds for timestamps, days for
 * dates, plain units for bigint. Chunks are aligned to the Unix epoch (zero for bigint), as
 * TimescaleDB's are, so the default of seven days starts on Thursdays.
 *
 * @param units the width, positive
 */
public record ChunkInterval(long units) {}
