/** Hypertables and their chunks. Start at {@link io.varve.schema.Schema}. */
@NullMarked
package io.varve.schema;

import org.jspecify.annotations.NullMarked;
