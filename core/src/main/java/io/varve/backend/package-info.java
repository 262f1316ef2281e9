/** Internal: the three tiers behind one interface. Start at {@link io.varve.backend.Backend}. */
@NullMarked
package io.varve.backend;

import org.jspecify.annotations.NullMarked;
