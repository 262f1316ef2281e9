/**
 * Internal: connections, transactions, SQLSTATE translation, identifiers and the toolkit's
 * installation. Start at {@link io.varve.jdbc.Database}.
 */
@NullMarked
package io.varve.jdbc;

import org.jspecify.annotations.NullMarked;
