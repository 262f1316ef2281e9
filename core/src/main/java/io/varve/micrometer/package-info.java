/**
 * Metrics for Micrometer, which the program brings: no other package needs it. Start at {@link
 * io.varve.micrometer.VarveMetrics}.
 */
@NullMarked
package io.varve.micrometer;

import org.jspecify.annotations.NullMarked;
