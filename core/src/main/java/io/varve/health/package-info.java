/** Is the database there, and is it well? Start at {@link io.varve.health.Health}. */
@NullMarked
package io.varve.health;

import org.jspecify.annotations.NullMarked;
