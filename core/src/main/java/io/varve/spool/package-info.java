/**
 * Internal: a log on local disk for batches that cannot be written yet. It knows bytes, not rows.
 * Start at {@link io.varve.spool.SpoolLog}.
 */
@NullMarked
package io.varve.spool;

import org.jspecify.annotations.NullMarked;
