package io.varve.ingest;

import org.jspecify.annotations.Nullable;

/**
 * A row that was refused, for whoever keeps such rows.
 *
 * @param row the row as it was offered; null where a null was
 * @param failure why it was refused
 */
public record DeadLetter<T>(@Nullable T row, RowFailure failure) {}
