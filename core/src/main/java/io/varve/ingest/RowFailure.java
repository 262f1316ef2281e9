package io.varve.ingest;

import org.jspecify.annotations.Nullable;

/**
 * One row that was refused.
 *
 * @param index its position among the rows offered, from 0; -1 where another call stored the batch,
 *     and it is not known which rows it refused
 * @param column the column at fault, if the server names it or the row did not fit the model
 * @param sqlState the server's code, if the server refused it
 * @param constraint the constraint it violates, if the server names one; a unique key is named as
 *     the chunk's is, which differs from the table's and from chunk to chunk
 * @param message why
 */
public record RowFailure(
    long index,
    @Nullable String column,
    @Nullable String sqlState,
    @Nullable String constraint,
    String message) {}
