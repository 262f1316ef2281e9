/**
 * Varve: the time-series layer for any PostgreSQL. Start at {@link io.varve.Varve}, which opens a
 * connection, tells what the server can do ({@link io.varve.Capabilities}) and hands out everything
 * else. Errors are one sealed family, {@link io.varve.VarveException}; settings are rows of data,
 * {@link io.varve.Setting}.
 */
@NullMarked
package io.varve;

import org.jspecify.annotations.NullMarked;
