/**
 * A durable local PostgreSQL that needs no install. {@link io.varve.embedded.EmbeddedPostgres} is
 * what {@code Varve.embedded(directory)} finds: one server per directory, shared by every process
 * that uses it, started by the first and stopped by the last.
 *
 * <p>Below it, and usable alone, {@link io.varve.embedded.PostgresBinaries} unpacks a PostgreSQL
 * and {@link io.varve.embedded.PostgresServer} runs one on a data directory.
 */
@NullMarked
package io.varve.embedded;

import org.jspecify.annotations.NullMarked;
